//! What is done about money that goes back, one file per verb.

mod adopt;
mod ask;
mod decide;
mod fail;
mod give;
mod note;
mod read;
mod rights;
mod seats;
mod send;

pub use ask::{ask, may_ask};
pub use decide::decide;
pub use give::{Alongside, Override, give, give_by_operator};
pub use read::{read, sweep};
pub use rights::{return_rights, take_rights};
pub use seats::{pay_back_seat, release_seat};
pub use send::send;
