//! Asking for money, and no longer asking for it.

use crate::app::App;
use crate::catalog::model::{AnyOffering, MOST_PRICES, NewPrice};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators;
use crate::events::Event;
use crate::kernel::text::Checks;
use crate::kernel::{Denied, OfferingId, PriceId, Refusal, Result, Viewer};

use super::editing::Editing;

/// Adds a price; the first one is the default. What costs nothing is in the creator's currency.
pub async fn create_price(
    app: &App,
    viewer: &Viewer,
    offering: OfferingId,
    price: NewPrice,
) -> Result<PriceId> {
    let edit = Editing::of(app, viewer, offering).await?;
    if price.is_recurring() != matches!(edit.offering, AnyOffering::Plan(_)) {
        return Err(CatalogRefusal::RecurringIsForPlans.at(["price"]).into());
    }
    let creator = creators::store::by_id(edit.tx.conn(), edit.offering.creator).await?;
    let home = creator.ok_or(Denied::NotFound)?.currency;
    let mut checks = Checks::default();
    let terms = price.terms(home, edit.tx.now(), &mut checks);
    checks.done()?;
    if store::active_count(&edit.tx, offering).await? >= MOST_PRICES {
        return Err(CatalogRefusal::PricesFull(MOST_PRICES).at(["offeringId"]).into());
    }
    let id = store::insert_price(&edit.tx, offering, terms).await?;
    let made = of_price("price.created", id, &edit);
    edit.finish(&["offeringId"], made).await?;
    Ok(id)
}

/// Withdraws a price; quotes already given stay good for their time. Withdrawing it twice changes nothing.
pub async fn archive_price(app: &App, viewer: &Viewer, id: PriceId) -> Result<PriceId> {
    let known = store::price(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let edit = Editing::of(app, viewer, known.offering).await?;
    let price = store::price(edit.tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if price.archived_at.is_some() {
        return Ok(id);
    }
    store::archive(&edit.tx, id).await?;
    if edit.offering.status.is_public() && store::active_count(&edit.tx, known.offering).await? == 0 {
        return Err(CatalogRefusal::NeededWhilePublished("a price").at(["id"]).into());
    }
    if price.is_default {
        store::promote_oldest(&edit.tx, known.offering).await?;
    }
    let gone = of_price("price.archived", id, &edit);
    edit.finish(&["id"], gone).await?;
    Ok(id)
}

/// An event about a price, with the offering under the id and name of its kind.
fn of_price(kind: &'static str, price: PriceId, edit: &Editing) -> Event {
    match &edit.offering {
        AnyOffering::Course(course) => Event::new(kind, price).with("course", course.id),
        AnyOffering::Workshop(workshop) => Event::new(kind, price).with("workshop", workshop.id),
        AnyOffering::Bundle(bundle) => Event::new(kind, price).with("bundle", bundle.id),
        AnyOffering::Plan(plan) => Event::new(kind, price).with("plan", plan.id),
    }
}
