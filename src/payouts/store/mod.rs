//! Payout accounts, transfers and reversals in the database, and what the book says may move.

mod accounts;
mod due;
mod reversals;
mod transfers;

pub use accounts::*;
pub use due::*;
pub use reversals::*;
pub use transfers::*;
