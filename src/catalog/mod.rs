//! What creators make and sell: courses of sections and lessons, and their prices.
//!
//! Words: an *offering* is anything that can be on sale, and a course is the one kind there is so far; its *outline*
//! is its sections and their lessons; a *body* is what a lesson teaches with (a video, a recording, an article,
//! files), and it is what people pay for; a *price* never changes, it is only replaced; a *part* is what another creator
//! gets of each sale, offered by the owner and counting once it is accepted.
//!
//! Kept true: every edit locks its course, raises its version and keeps its counts; positions are dense; a published
//! course has words, a lesson with a body and a price; an old link keeps leading to its course; a body is read only
//! after `enrollment` has said yes. Not here: who may learn (`enrollment`), files (`media`), selling (`checkout`).

pub mod actions;
pub mod graphql;
pub mod invariants;
mod letters;
pub mod model;
pub mod refusals;
pub mod store;
