//! What people do, from beginning to end, on both databases.

mod operating;
mod signing_in;
mod storefront;
