//! tmp
pub mod jobs;
pub mod judge;
pub mod ledger;
