//! How far a learner is.

pub mod graphql;
