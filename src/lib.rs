//! Atelier: a backend for creators.

pub mod graphql;
pub mod http;
