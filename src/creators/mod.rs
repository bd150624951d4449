//! Public teaching identities and their teams.
//!
//! Words: a *creator* is who teaches, under a *handle*; its *storefront* is its page; its *team* are people with roles;
//! a *desk* is the proof that somebody may do one kind of thing in a studio; a *follower* wants to hear of news.
//!
//! Kept true: every creator has an owner and a storefront; handles are unique; an unpublished creator exists only for
//! its team; the follower count is the number of followers after every commit. Not here: what a page shows
//! (`storefront`), the workspace (`studio`), invitations, custom domains, handle changes.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod model;
pub mod refusals;
pub mod store;

pub use actions::{Desk, desk, membership, owner_desk};
pub use model::{Membership, Permission, TeamRole};
