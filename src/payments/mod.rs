//! Money that arrived, Stripe's messages, and the ledger.

pub mod actions;
pub mod jobs;
pub mod judge;
pub mod ledger;
