//! Giving somebody the right to learn, taking it back, and asking whether they have it.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{CreatorId, EnrollmentId, Fault, OrderLineId, Result, UserId};
use crate::queue::Job;

use super::model::{Enrollment, Source, State};
use super::store;

/// Gives `user` the right to `offering` inside the transaction of its cause. `None` if they have it already, which
/// changes nothing; a right that had run out or was taken back begins again, and one lent by a membership becomes theirs.
pub async fn grant(
    tx: &mut Tx,
    user: UserId,
    offering: Uuid,
    source: Source,
    line: Option<OrderLineId>,
) -> Result<Option<EnrollmentId>> {
    if let Some(id) = store::insert(tx, (user, offering), source, line).await? {
        let creator = store::count_learners(tx, offering, 1).await?;
        granted(tx, id, user, creator);
        return Ok(Some(id));
    }
    let was = store::locked(tx, (user, offering)).await?;
    let was = was.ok_or_else(|| Fault::away("granting", "the enrollment that was in the way is gone"))?;
    if was.may_learn_at(tx.now()) && (!was.is_borrowed() || source == Source::Membership) {
        return Ok(None);
    }
    store::revive(tx, &was, source, line).await?;
    // Who was revoked is not counted; who merely ran out of time still is.
    let back = i32::from(was.written == State::Revoked);
    let creator = store::count_learners(tx, offering, back).await?;
    granted(tx, was.id, user, creator);
    Ok(Some(was.id))
}

fn granted(tx: &mut Tx, id: EnrollmentId, user: UserId, creator: CreatorId) {
    tx.record(Event::new("enrollment.granted", id).of_user(user).of_creator(creator));
}

/// Takes a right back. False if it was not there or had been taken back before. What is open in a player stays open
/// until its link ends.
pub async fn revoke(tx: &mut Tx, id: EnrollmentId) -> Result<bool> {
    let held = store::locked_by_id(tx, id).await?.filter(|held| held.written != State::Revoked);
    let Some(held) = held else { return Ok(false) };
    store::set_revoked(tx, id).await?;
    reconsider(tx, &held);
    let creator = store::count_learners(tx, held.offering, -1).await?;
    tx.record(Event::new("enrollment.revoked", id).of_user(held.user).of_creator(creator));
    Ok(true)
}

/// What else a membership opens depends on the right to its plan.
fn reconsider(tx: &mut Tx, changed: &Enrollment) {
    if let Some(membership) = changed.membership {
        tx.enqueue(Job::new("memberships.reconsider", json!({ "membership": membership })));
    }
}

/// Gives a right back that [`revoke`] took, as it was. False if it was given again meanwhile.
pub async fn restore(tx: &mut Tx, id: EnrollmentId) -> Result<bool> {
    let lost = store::locked_by_id(tx, id).await?.filter(|lost| lost.written == State::Revoked);
    let Some(lost) = lost else { return Ok(false) };
    store::set_restored(tx, &lost).await?;
    reconsider(tx, &lost);
    let creator = store::count_learners(tx, lost.offering, 1).await?;
    granted(tx, id, lost.user, creator);
    Ok(true)
}

/// Which of these offerings the user may learn now, by a right of their own. What a membership lends can still be bought.
pub async fn offerings_held(app: &App, user: UserId, offerings: &[Uuid]) -> Result<HashSet<Uuid>> {
    let found = store::of_user(app.db.read(), user, offerings).await?;
    let now = app.now();
    let held = found.into_values().filter(|held| held.may_learn_at(now) && !held.is_borrowed());
    Ok(held.map(|held| held.offering).collect())
}
