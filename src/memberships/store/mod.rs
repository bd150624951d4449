//! Memberships in the database.

mod changes;
mod invoices;
mod memberships;

pub use changes::*;
pub use invoices::*;
pub use memberships::*;
