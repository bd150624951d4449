//! What can happen to a membership.

mod access;
mod begin;
mod changes;
mod follow;
mod invoices;
mod portal;
mod sweep;

pub use access::{include, reconsider};
pub use changes::{carry_out, change};
pub use follow::{follow, follow_checkout, follow_invoice};
pub use portal::portal;
pub use sweep::sweep;

use crate::app::App;
use crate::kernel::Result;

use super::model::Membership;
use super::store;

/// A membership by key.
pub async fn membership(app: &App, id: uuid::Uuid) -> Result<Option<Membership>> {
    store::by_id(app.db.read(), id, app.stripe.livemode()).await
}
