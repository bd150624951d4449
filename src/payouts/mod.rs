//! The way to a creator's bank.

pub mod jobs;
