//! What creators make and sell: courses of sections and lessons, bundles of them, workshops, and their prices.
//!
//! Words: an *offering* is anything that can be on sale; a *course* is one kind, a *bundle* of courses another, and a
//! *workshop* is taught live, at its *venue* or over the net; a course's *outline* is its sections and their lessons; a
//! *body* is what a lesson teaches with (a video, a recording, an article, files), and it is what people pay for; a
//! *price* never changes, it is only replaced; a *part* is what another creator gets of each sale, offered by the owner
//! and counting once it is accepted.
//!
//! Kept true: every edit locks its offering, raises its version and keeps its counts; positions are dense; what is
//! published has words, a price, something to learn (a lesson with a body; items) and a venue where one has to come; an
//! old link keeps leading to its offering; a body is read only after `enrollment` has said yes. Not here: who may learn
//! (`enrollment`), when a workshop takes place (`workshops`), files (`media`), selling (`checkout`).

pub mod actions;
pub mod graphql;
pub mod invariants;
mod letters;
pub mod model;
pub mod refusals;
pub mod store;
