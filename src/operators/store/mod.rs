//! Staff, the audit log, holds, cases and the inbox in the database.

mod audit;
mod cases;
mod events;
mod holds;
mod staff;

pub use audit::*;
pub use cases::*;
pub use events::*;
pub use holds::*;
pub use staff::*;

use crate::kernel::{PageRequest, PublicId};

/// The row a page goes on behind. Keys are made in the order of time, so the key alone is the cursor.
fn behind<T: PublicId>(page: &PageRequest) -> Option<uuid::Uuid> {
    let key = page.after.as_ref()?.first()?;
    T::from_str(key).ok().map(PublicId::uuid)
}
