//! What anybody may see of a creator: its page, made of sections in an order.
//!
//! A read model: the facts belong to `creators` and `catalog`, and are read together with the creator, so that a page
//! costs few statements. Kept true: a closed page is null for everybody but the team. Not here: editing sections,
//! custom domains, digital cards.

pub mod graphql;
pub mod model;
