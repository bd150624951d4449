//! What each room refuses, on both databases.

mod catalog;
mod identity;
