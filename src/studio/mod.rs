//! The private workspace of a creator.

pub mod graphql;
