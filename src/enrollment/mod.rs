//! Entitlements: who may learn what, and why.

pub mod graphql;
