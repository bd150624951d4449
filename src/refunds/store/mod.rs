//! Requests, refunds, what they took and which rights went with it in the database.

mod requests;
mod rights;
mod rows;
mod taken;

pub use requests::*;
pub use rights::*;
pub use rows::*;
pub use taken::*;

use crate::kernel::{Error, Fault};

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::new("reading a refund", cause))
}
