//! Giving with a payment, redeeming with a code, and taking back with the money.

use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderLine};
use crate::db::Tx;
use crate::enrollment::{self, model::Source};
use crate::events::Event;
use crate::kernel::{EnrollmentId, Error, Fault, OrderLineId, Refusal, Result, UserId, Viewer};
use crate::throttle::{self, Rate};

use super::model::{self, Gift, Standing};
use super::refusals::GiftRefusal as No;
use super::{letters, store};

/// More tries than this are guesses.
const TRIES: Rate = Rate { burst: 10, every_seconds: 30 };

/// Makes the gifts of an order that is being paid, and writes to whom they are for. The caller holds the order's lock
/// and marks it paid in the same transaction.
pub async fn give(app: &App, tx: &mut Tx, order: &Order, lines: &[OrderLine]) -> Result<()> {
    for line in lines {
        let Some(recipient) = &line.gift_recipient else { continue };
        let code = model::written(&app.entropy.readable(model::LETTERS));
        let hash = model::hash_of(&code).ok_or_else(|| Fault::new("giving", "a new code is none"))?;
        let gift = store::insert(tx, line.id, hash).await?;
        tx.record(Event::new("gift.given", gift).of_creator(order.creator).with("order", order.id));
        letters::given(app, tx, order, line, recipient, (gift, &code)).await?;
    }
    Ok(())
}

/// Turns a code into the right to learn. The same person's same code gives the same right again.
pub async fn redeem(app: &App, viewer: &Viewer, code: &str) -> Result<EnrollmentId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    throttle::take(app, "gift:redeem", &viewer.user_id.to_string(), TRIES).await?;
    let unknown = || at_code(No::Unknown);
    let hash = model::hash_of(code).ok_or_else(unknown)?;
    let seen = store::of_code(app.db.read(), &hash).await?.ok_or_else(unknown)?;
    let line = checkout::store::line(app.db.read(), seen.line).await?.ok_or_else(gone)?;

    let mut tx = app.begin().await?;
    let order = checkout::store::lock_order(&tx, line.order).await?.ok_or_else(gone)?;
    let gift = store::gift(tx.conn(), seen.id).await?.ok_or_else(gone)?;
    let is_void = store::is_void(tx.conn(), gift.id).await?;
    let things = things_of(&tx, &line).await?;
    match model::standing(&gift, order.status, is_void, viewer.user_id).map_err(at_code)? {
        Standing::Theirs => given_before(&tx, viewer.user_id, &things).await,
        Standing::Open => {
            let right = grant(&mut tx, viewer.user_id, &gift, &things).await?;
            store::set_redeemed(&tx, gift.id, viewer.user_id).await?;
            let redeemed = Event::new("gift.redeemed", gift.id).of_creator(order.creator);
            tx.record(redeemed.of_user(viewer.user_id));
            if order.buyer != Some(viewer.user_id) {
                letters::redeemed(&mut tx, &order, &line, gift.id).await?;
            }
            tx.commit().await?;
            Ok(right)
        }
    }
}

/// Makes gifts of these lines void that nobody has redeemed, under their cause: a refund or a dispute. The caller holds
/// the order's lock.
pub async fn void(tx: &Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    for gift in store::unredeemed(tx.conn(), lines).await? {
        store::insert_void(tx, cause, gift).await?;
    }
    Ok(())
}

/// Takes back what [`void`] did for this cause.
pub async fn unvoid(tx: &Tx, cause: Uuid) -> Result<()> {
    store::lift_voids(tx, cause).await
}

/// What the line gives, in order.
async fn things_of(tx: &Tx, line: &OrderLine) -> Result<Vec<Uuid>> {
    let things = checkout::store::things(tx.conn(), std::slice::from_ref(line)).await?.remove(&line.id);
    Ok(things.unwrap_or_default())
}

/// Gives all of it; what somebody had before stays as it was. Who had all of it is refused, and nothing happens.
async fn grant(tx: &mut Tx, user: UserId, gift: &Gift, things: &[Uuid]) -> Result<EnrollmentId> {
    // Always in the same order, so that two purchases at once never wait for each other.
    let mut things = things.to_vec();
    things.sort_unstable();
    let mut first = None;
    for thing in things {
        let given = enrollment::actions::grant(tx, user, thing, Source::Gift, Some(gift.line)).await?;
        first = first.or(given);
    }
    first.ok_or_else(|| at_code(No::Owned))
}

async fn given_before(tx: &Tx, user: UserId, things: &[Uuid]) -> Result<EnrollmentId> {
    let held = enrollment::store::of_user(tx.conn(), user, things).await?;
    let mut things = things.to_vec();
    things.sort_unstable();
    things.iter().find_map(|thing| held.get(thing)).map(|right| right.id).ok_or_else(gone)
}

fn at_code(no: No) -> Error {
    no.at(["code"]).into()
}

fn gone() -> Error {
    Fault::new("redeeming a gift", "what belongs to it is gone").into()
}
