//! Asking for money, and no longer asking for it.

use crate::app::App;
use crate::catalog::model::{MOST_PRICES, NewPrice};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators;
use crate::kernel::text::Checks;
use crate::kernel::{CourseId, Denied, PriceId, Refusal, Result, Viewer};

use super::editing::{Editing, event};

/// Adds a price; the first one is the default. What costs nothing is in the creator's currency.
pub async fn create_price(app: &App, viewer: &Viewer, course: CourseId, price: NewPrice) -> Result<PriceId> {
    let edit = Editing::of(app, viewer, course).await?;
    let creator = creators::store::by_id(edit.tx.conn(), edit.course.creator).await?;
    let home = creator.ok_or(Denied::NotFound)?.currency;
    let mut checks = Checks::default();
    let terms = price.terms(home, edit.tx.now(), &mut checks);
    checks.done()?;
    if store::active_count(&edit.tx, course).await? >= MOST_PRICES {
        return Err(CatalogRefusal::PricesFull(MOST_PRICES).at(["offeringId"]).into());
    }
    let id = store::insert_price(&edit.tx, course, terms).await?;
    edit.finish(&["offeringId"], event("price.created", id, course)).await?;
    Ok(id)
}

/// Withdraws a price; quotes already given stay good for their time. Withdrawing it twice changes nothing.
pub async fn archive_price(app: &App, viewer: &Viewer, id: PriceId) -> Result<PriceId> {
    let known = store::price(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let edit = Editing::of(app, viewer, known.course).await?;
    let price = store::price(edit.tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if price.archived_at.is_some() {
        return Ok(id);
    }
    store::archive(&edit.tx, id).await?;
    if edit.course.status.is_public() && store::active_count(&edit.tx, known.course).await? == 0 {
        return Err(CatalogRefusal::NeededWhilePublished("a price").at(["id"]).into());
    }
    if price.is_default {
        store::promote_oldest(&edit.tx, known.course).await?;
    }
    edit.finish(&["id"], event("price.archived", id, known.course)).await?;
    Ok(id)
}
