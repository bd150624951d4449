//! Requests, refunds and what they took in the database.

mod requests;
mod rows;
mod taken;

pub use requests::*;
pub use rows::*;
pub use taken::*;

use crate::kernel::{Error, Fault};

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::new("reading a refund", cause))
}
