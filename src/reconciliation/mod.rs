//! Comparing our book with Stripe's, so that nothing stays wrong because nobody told us.
//!
//! Words: a *movement* is one line of Stripe's own list of what changed our balance there (a balance transaction); its
//! *source* is the charge, refund, transfer, dispute or payout behind it. What the book says about a source must be
//! what Stripe says, in both directions.
//!
//! Kept true: nothing is corrected by a program; a difference opens a case with both sides, and a person decides. What
//! moved within the last hour is left for the next round, since its events may still be on their way; and what the daily
//! round finds of single sources is looked at once more two hours later, since after a silence of ours it may only be
//! late. Not here:
//! finding lost events and overdue things, which each room's sweep does every few minutes.

pub mod actions;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod store;
