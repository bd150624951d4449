//! Opening and closing a creator's page.

use crate::app::App;
use crate::creators::store;
use crate::events::Event;
use crate::kernel::Result;
use crate::search;

use super::Desk;

/// Opens or closes the page; doing so twice is the same as once. Needs a desk with SETTINGS.
pub async fn publish(app: &App, desk: &Desk, published: bool) -> Result<()> {
    let mut tx = app.begin().await?;
    if !store::publish(&tx, desk.creator_id, published).await? {
        return Ok(());
    }
    search::store::refresh_creator(&tx, desk.creator_id).await?;
    let kind = if published { "storefront.published" } else { "storefront.unpublished" };
    tx.record(Event::new(kind, desk.creator_id).of_creator(desk.creator_id).of_user(desk.user_id));
    tx.commit().await
}
