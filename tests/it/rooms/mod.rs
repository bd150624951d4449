//! What each room refuses, on both databases.

pub mod creators;
mod identity;
