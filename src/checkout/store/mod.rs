//! Orders and checkouts in the database.

mod checkouts;
mod lists;
mod orders;
mod parts;
mod taxes;

pub use checkouts::*;
pub use lists::*;
pub use orders::*;
pub use parts::{parts, things};
pub use taxes::*;

use crate::kernel::{Error, Fault};

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::new("reading an order or checkout", cause))
}
