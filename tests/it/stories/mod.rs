//! What people do, from beginning to end, on both databases.

mod signing_in;
mod storefront;
