//! What payouts are about: accounts, transfers and what comes back of them.

mod account;
mod transfer;

pub use account::*;
pub use transfer::*;
