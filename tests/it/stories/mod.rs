//! What people do, from beginning to end, on both databases.

mod operating;
mod publishing;
mod signing_in;
