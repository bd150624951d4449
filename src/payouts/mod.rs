//! The way to a creator's bank: their account at Stripe, what is sent to it, and what is taken back.
//!
//! Words: a *payout account* is a creator's connected account, opened once; a *link* leads to Stripe's own form, works
//! once and for minutes; to *release* is to move a share from held to due when its buyer can no longer ask for the
//! money back; a *transfer* sends what is due of one order to one payee; a *reversal* takes a part of it back after a
//! refund or a dispute; an operator's *hold* keeps a creator's money here.
//! Kept true: whoever wants a link has the finance permission when they click; the account's state is what Stripe says
//! when asked, never what an event or a returning browser claims; selling works before the account is ready, the money
//! waits; a transfer names the charge it comes from and never exceeds it; nothing is sent that is not released; what a
//! creator owes back on one order is kept from what is due on others. Not here: deciding refunds and disputes; they
//! book first and then call [`actions::request_reversals`].

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod refusals;
pub mod store;
