//! What each room refuses, on both databases.

mod checkout;
mod identity;
