//! Offering a part of what is earned, and taking it or not. Only sales from then on are divided so.

use std::collections::HashMap;

use crate::app::App;
use crate::catalog::letters;
use crate::catalog::model::{AnyOffering, MOST_PAYEES, Part, PartState, Wish, check, wished};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators::{self, Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::identity::{self, model::Account};
use crate::kernel::text::Checks;
use crate::kernel::{CreatorId, Denied, OfferingId, Refusal, Result, Viewer};
use crate::throttle::{self, Rate};

/// Each change may write letters.
const CHANGES: Rate = Rate { burst: 20, every_seconds: 60 };

/// Makes these the parts of an offering; needs FINANCE. New and changed parts wait for their payee's yes.
pub async fn set_split(
    app: &App,
    viewer: &Viewer,
    offering: OfferingId,
    wishes: &[Wish],
) -> Result<OfferingId> {
    let known = store::offering(app.db.read(), offering).await?.ok_or(Denied::NotFound)?;
    desk(app, viewer, known.creator, Permission::Finance).await?;
    if !known.is_taught() {
        return Err(CatalogRefusal::NotTaught.at(["offeringId"]).into());
    }
    throttle::take(app, "split", &viewer.user_id.to_string(), CHANGES).await?;
    if wishes.len() > MOST_PAYEES {
        return Err(CatalogRefusal::TooManyOf("creators", MOST_PAYEES).at(["shares"]).into());
    }
    let mut checks = Checks::default();
    for (at, no) in check(known.creator, wishes) {
        checks.add(no.at(["shares".to_owned(), at.to_string()]));
    }
    for (at, wish) in wishes.iter().enumerate() {
        let payee = creators::store::by_id(app.db.read(), wish.payee).await?;
        if !payee.is_some_and(|payee| payee.is_public()) {
            checks.add(CatalogRefusal::PayeeUnknown.at([
                "shares".to_owned(),
                at.to_string(),
                "payee".to_owned(),
            ]));
        }
    }
    checks.done()?;
    let owners = owners(app, wishes).await?;
    let mut tx = app.begin().await?;
    let taught = locked(&tx, offering).await?;
    let before = store::parts(tx.conn(), offering).await?;
    let parts = wished(offering, &before, wishes, tx.now()).map_err(|no| no.at(["shares"]))?;
    store::set_parts(&tx, offering, &parts).await?;
    for part in parts.iter().filter(|part| part.state == PartState::Invited && !before.contains(part)) {
        tx.record(Event::new("offering.split_offered", offering).of_creator(part.payee));
        if let Some(owner) = owners.get(&part.payee) {
            letters::offer(&mut tx, owner, &taught, part).await?;
        }
    }
    tx.record(Event::new("offering.split_changed", offering).of_creator(taught.creator));
    tx.commit().await?;
    Ok(offering)
}

/// What several creators may teach together, locked; nothing else has parts.
async fn locked(tx: &Tx, id: OfferingId) -> Result<AnyOffering> {
    let found = store::locked(tx, id).await?.filter(AnyOffering::is_taught);
    Ok(found.ok_or(Denied::NotFound)?)
}

/// Who is told of an offer: the payees' owners.
async fn owners(app: &App, wishes: &[Wish]) -> Result<HashMap<CreatorId, Account>> {
    let payees: Vec<CreatorId> = wishes.iter().map(|wish| wish.payee).collect();
    let owners = creators::store::owners(app, &payees).await?;
    let accounts = identity::store::accounts(app, &owners.values().copied().collect::<Vec<_>>()).await?;
    let known =
        owners.into_iter().filter_map(|(creator, user)| Some((creator, accounts.get(&user)?.clone())));
    Ok(known.collect())
}

/// Takes the part offered to `payee`, whose FINANCE the viewer is; it counts from the next sale on.
pub async fn accept_split(
    app: &App,
    viewer: &Viewer,
    offering: OfferingId,
    payee: CreatorId,
) -> Result<Part> {
    decide(app, viewer, offering, payee, |part| {
        part.accepted = Some(part.offered);
        part.state = PartState::Accepted;
    })
    .await
}

/// Wants no part, or no part any more: it stops counting with the next sale.
pub async fn decline_split(
    app: &App,
    viewer: &Viewer,
    offering: OfferingId,
    payee: CreatorId,
) -> Result<Part> {
    decide(app, viewer, offering, payee, |part| {
        part.accepted = None;
        part.state = PartState::Declined;
    })
    .await
}

/// Doing it twice changes nothing. Who declined must be asked again before they can accept.
async fn decide(
    app: &App,
    viewer: &Viewer,
    offering: OfferingId,
    payee: CreatorId,
    answer: impl Fn(&mut Part),
) -> Result<Part> {
    desk(app, viewer, payee, Permission::Finance).await?;
    let mut tx = app.begin().await?;
    let taught = locked(&tx, offering).await?;
    let parts = store::parts(tx.conn(), offering).await?;
    let before = *parts.iter().find(|part| part.payee == payee).ok_or(Denied::NotFound)?;
    let mut after = before;
    answer(&mut after);
    if after == before {
        return Ok(before);
    }
    if before.state == PartState::Declined {
        return Err(CatalogRefusal::PartDeclined.at(["offeringId"]).into());
    }
    store::set_part(&tx, &after).await?;
    tx.record(
        Event::new("offering.split_answered", offering).of_creator(taught.creator).with("payee", payee),
    );
    tx.commit().await?;
    Ok(after)
}
