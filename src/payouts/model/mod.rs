//! What payouts are about: accounts, transfers and what comes back of them, payouts to banks and their statements.

mod account;
mod payout;
mod statement;
mod transfer;

pub use account::*;
pub use payout::*;
pub use statement::*;
pub use transfer::*;
