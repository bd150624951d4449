//! What each room refuses, on both databases.

mod checkout;
pub mod creators;
mod identity;
