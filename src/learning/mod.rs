//! How far a learner is.
//!
//! Words: *progress* is one learner's state in one lesson; an *event* is what a device saw happen, perhaps offline and
//! hours ago; the *library* is everything somebody may learn or once might.
//!
//! Kept true: an event counts once, whatever is sent twice; the outcome does not depend on the order of arrival, only on
//! when things occurred; nobody makes progress in what they may not learn; an enrollment's count of finished lessons
//! equals its finished rows. Not here: goals, notes, quizzes, certificates, drip schedules.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod refusals;
pub mod store;
