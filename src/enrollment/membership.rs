//! Rights that a membership keeps open: rows like any other, with an end that moves as the membership is paid.
//!
//! Kept true: what somebody has by their own purchase is left alone; what several memberships lend is open as long as the
//! longest of them; a right taken back by somebody stays taken back until the membership is looked at again.

use std::collections::HashSet;

use uuid::Uuid;

use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{EnrollmentId, Instant, OrderLineId, Result, UserId};

use super::model::{Source, State};
use super::store;

/// How long a membership opens what.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Whose.
    pub user: UserId,
    /// The membership.
    pub membership: Uuid,
    /// The plan itself; its right was granted by the sale.
    pub plan: Uuid,
    /// What the plan opens beside itself now.
    pub included: &'a [Uuid],
    /// Until when.
    pub until: Instant,
    /// Whether a payment is late.
    pub past_due: bool,
}

/// Opens the plan and all it includes until then. What the plan no longer includes keeps its end, or loses it if that
/// would be later.
pub async fn open(tx: &mut Tx, opening: &Opening<'_>) -> Result<()> {
    let mut all = opening.included.to_vec();
    all.push(opening.plan);
    let state = if opening.past_due { State::PastDue } else { State::Active };
    store::tie_plan(tx, (opening.user, opening.plan), opening.membership, state).await?;
    let held: HashSet<Uuid> = store::extend(tx, opening.membership, &all, opening.until).await?;
    store::shorten(tx, opening.membership, opening.until).await?;
    if !held.contains(&opening.plan) {
        // Never paid, or taken back: then nothing comes with it either.
        let now = tx.now();
        return store::shorten(tx, opening.membership, now).await;
    }
    if opening.until <= tx.now() {
        return Ok(());
    }
    for offering in opening.included.iter().filter(|offering| !held.contains(offering)) {
        include(tx, opening, *offering).await?;
    }
    Ok(())
}

/// The right to the plan is that of its newest payment: whoever gets that one back loses it, and with it the rest.
pub async fn paid_by(tx: &Tx, plan_right: (UserId, Uuid), membership: Uuid, line: OrderLineId) -> Result<()> {
    store::set_line(tx, plan_right, membership, line).await
}

/// Closes everything a membership opened by then, also a right to its plan that a late payment has just given.
pub async fn close(tx: &Tx, plan_right: (UserId, Uuid), membership: Uuid, until: Instant) -> Result<()> {
    store::adopt(tx, plan_right, membership).await?;
    store::shorten(tx, membership, until).await
}

async fn include(tx: &mut Tx, opening: &Opening<'_>, offering: Uuid) -> Result<()> {
    let pair = (opening.user, offering);
    let id = match store::insert(tx, pair, Source::Membership, None).await? {
        Some(id) => {
            count(tx, opening.user, offering, 1, id).await?;
            id
        }
        None => {
            let Some(was) = store::locked(tx, pair).await? else { return Ok(()) };
            if was.may_learn_at(tx.now()) {
                let is_longer = was.access_ends_at.is_some_and(|end| end < opening.until);
                return match was.is_borrowed() && is_longer {
                    true => store::tie(tx, was.id, opening.membership, opening.until).await,
                    false => Ok(()),
                };
            }
            store::revive(tx, &was, Source::Membership, None).await?;
            count(tx, opening.user, offering, i32::from(was.written == State::Revoked), was.id).await?;
            was.id
        }
    };
    store::tie(tx, id, opening.membership, opening.until).await
}

async fn count(tx: &mut Tx, user: UserId, offering: Uuid, by: i32, id: EnrollmentId) -> Result<()> {
    let creator = store::count_learners(tx, offering, by).await?;
    tx.record(Event::new("enrollment.granted", id).of_user(user).of_creator(creator));
    Ok(())
}
