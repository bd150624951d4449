//! Quotes, orders and checkouts.

pub mod graphql;
pub mod jobs;
