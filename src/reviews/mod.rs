//! What learners think of what they have learnt with, for everybody to read.
//!
//! Words: a *review* is one person's stars and words for one course or workshop; it rests on a *right*: the enrollment in
//! the course, of which a lesson was finished, or the seat at a session that has begun; the team may *reply*; others *vote*
//! that it was helpful; an *invitation* is the one letter that asks for it.
//!
//! Kept true: one review of each person and offering, written by who was there and never by who earns by it; the stars that
//! an offering and its creator are shown with are those of their reviews, in the same commit; nobody votes twice or for
//! themselves; nobody is invited twice. Who loses the right keeps the review, without the mark of a purchase (decision
//! 0039). Only the platform takes a review down. Not here: what the stars mean to lists (`creators`), questions, threads.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod letters;
pub mod model;
pub mod refusals;
pub mod store;
