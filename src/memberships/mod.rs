//! Memberships: a plan bought once that is paid again and again, until its member or a refused card ends it.
//!
//! Words: a *plan* is an offering with a recurring price (it lives in `catalog`); a *membership* is one person's
//! subscription to one plan; each *paid invoice* is a sale of its own; *paid until* is the end of what is paid or on
//! trial; *grace* is the week after it in which a late payment may still come.
//!
//! Kept true: whatever wakes us (an event, the buyer, the clock), the subscription and its invoices are read at Stripe
//! and one function moves the membership there; each paid invoice is compared with the price that was agreed to and
//! becomes exactly one order, one payment and one journal, or a case; one person has at most one live membership of a
//! plan; what a membership opens closes by itself when its time is over, without anybody having to run.
//! Deliberately not here: changing from one plan to another, proration, pauses, coupons on memberships, and what an
//! order's refund or dispute means for the right it paid for.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod letters;
pub mod model;
pub mod refusals;
pub mod store;
