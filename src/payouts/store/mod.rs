//! Accounts, transfers, payouts and statements in the database, and what the book says may move.

mod accounts;
mod due;
mod memo;
mod payouts;
mod reversals;
mod statements;
mod transfers;
mod waiting;

pub use accounts::*;
pub use due::*;
pub use memo::*;
pub use payouts::*;
pub use reversals::*;
pub use statements::*;
pub use transfers::*;
pub use waiting::*;
