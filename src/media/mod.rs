//! Files: promised, uploaded, verified, played.

pub mod actions;
pub mod graphql;
pub mod jobs;
