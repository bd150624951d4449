//! What is done about money, one file per occasion.

mod apply;
mod book;
mod buy_offered;
mod buyer;
mod catch_up;
mod claim;
mod close;
mod fees;
mod handle;
mod receive;
mod replay;
mod sweep;
pub mod tax;

pub use apply::{apply, fulfil};
pub use book::{book_of, holdings_of};
pub use buy_offered::buy_offered;
pub use buyer::{cancel, sync};
pub use catch_up::{catch_up, catch_up_account};
pub use claim::claim_guest_orders;
pub use close::{close, close_overdue};
pub use fees::note_fee;
pub use handle::handle;
pub use receive::receive;
pub use replay::{Replay, replay};
pub use sweep::sweep;
