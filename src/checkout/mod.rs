//! Buying: what something costs right now, the order that keeps it, and the attempt to pay for it.
//!
//! Words: a *quote* is a signed, itemised price that holds for 15 minutes; an *order* is what somebody agreed to buy,
//! frozen: titles, amounts, the platform's fee and who gets which share; a *checkout* is one attempt to pay for one
//! order, on Stripe's page, in an app's sheet or, when nothing is due, at once.
//!
//! Kept true: one creator and one currency per order; nobody pays another price than the quote they saw; the same
//! idempotency key makes one order; line = tax + fee + shares, to the unit; the page at Stripe is asked for with a key
//! written down before, so a crash never opens two.
//! A line may be a *gift*: bought for an address that is not the buyer's; it gives the buyer nothing (`gifts`).
//! A *guest* buys with an address alone: a secret given once opens the purchase, and who proves the address owns it.
//! Not here: whether money arrived and what then happens (`payments`), refunds, which coupons there
//! are (`coupons`), which places there are (`workshops`): a line that is a seat holds one while it is paid.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod refusals;
pub mod shares;
pub mod store;
mod token;
