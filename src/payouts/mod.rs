//! The way to a creator's bank: their account at Stripe, what is sent to it, and what is taken back.
//!
//! Words: a *payout account* is a creator's connected account, opened once; a *link* leads to Stripe's own form, works
//! once and for minutes; to *release* is to move a share from held to due when its buyer can no longer ask for the
//! money back; a *transfer* sends what is due of one order to one payee; a *reversal* takes a part of it back after a
//! refund or a dispute; an operator's *hold* keeps a creator's money here; a *payout* goes from the creator's balance at
//! Stripe to their bank; the *second book* is what came in and went out of that balance; a *statement* explains one
//! payout and is sealed with the one before.
//! Kept true: whoever wants a link has the finance permission when they click; the account's state is what Stripe says
//! when asked, never what an event or a returning browser claims; selling works before the account is ready, the money
//! waits; a transfer names the charge it comes from and never exceeds it; nothing is sent that is not released; what a
//! creator owes back on one order is kept from what is due on others; a sealed statement is never changed. Not here: deciding refunds and disputes; they
//! book first and then call [`actions::request_reversals`]; asking who they are again before money moves (step-up).

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod letters;
pub mod model;
pub mod refusals;
pub mod store;
