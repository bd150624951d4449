//! The way to a creator's bank: their account at Stripe, and how far it is.
//!
//! Words: a *payout account* is a creator's connected account, opened once; a *link* leads to Stripe's own form, works
//! once and for minutes. Kept true: whoever wants a link has the finance permission when they click; the account's
//! state is what Stripe says when asked, never what an event or a returning browser claims; selling works before the
//! account is ready, the money waits. Not here: releasing and transferring money, payout schedules.

pub mod actions;
pub mod graphql;
pub mod jobs;
pub mod model;
pub mod refusals;
pub mod store;
