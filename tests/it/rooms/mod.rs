//! What each room refuses, on both databases.

mod identity;
