//! What each room refuses, on both databases.

mod catalog;
mod checkout;
pub mod creators;
mod identity;
