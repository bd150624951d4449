//! What payouts do: accounts, releasing what is held, sending what is due, taking back what was sent too much, paying
//! out and explaining it.

mod account;
mod look;
mod note_payout;
mod observe;
mod pay_out;
mod release;
mod reverse;
mod send;
mod statement;
mod sweep;
mod unclaimed;

pub use account::*;
pub use look::*;
pub use note_payout::*;
pub use observe::*;
pub use pay_out::*;
pub use release::*;
pub use reverse::*;
pub use send::*;
pub use statement::*;
pub use sweep::*;
pub use unclaimed::*;
