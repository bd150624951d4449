//! Creators: public teaching identities, their teams, storefronts, links and followers.

pub mod graphql;
