//! Entitlements: who may learn what, and why.
//!
//! Words: an *enrollment* is one person's right to one offering, at most one of each pair; its *source* says why it was
//! given; *access* is the answer to "may this caller see this course or lesson now, and if not, why not".
//!
//! Kept true: a right is given inside the transaction of its cause (a sale, a claim), never before; giving it twice
//! changes nothing; the offering's number of learners is counted in that same transaction; a right that was bought
//! names the order line that paid for it. Whether a right has run out follows from its end and now, never from a flag.
//! Not here: money, what a lesson contains, and how far a learner is.

pub mod access;
pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod membership;
pub mod model;
pub mod store;
