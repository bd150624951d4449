//! On what somebody's review would rest: the one place that decides who may review.

use sea_orm::ConnectionTrait;

use crate::catalog::model::{AnyOffering, OfferingStatus};
use crate::enrollment;
use crate::kernel::{Denied, Error, Instant, PublicId, Refusal, Result, UserId};
use crate::reviews::model::{By, Right};
use crate::reviews::refusals::ReviewRefusal as No;
use crate::reviews::store::{self, SeatFacts};

/// What the person's review of this offering rests on, or why they may write none.
pub(super) async fn standing(
    conn: &impl ConnectionTrait,
    offering: &AnyOffering,
    user: UserId,
    now: Instant,
) -> Result<Right> {
    let refused = |no: No| Error::from(no.at(["offeringId"]));
    if offering.status == OfferingStatus::TakenDown {
        return Err(Denied::NotFound.into());
    }
    if offering.is_taught() && store::earns_by(conn, offering.id, user).await? {
        return Err(refused(No::OwnOffering));
    }
    let found = match offering {
        AnyOffering::Course(_) => of_course(conn, offering, user).await?,
        AnyOffering::Workshop(_) => of_workshop(conn, offering, user, now).await?,
        AnyOffering::Bundle(_) | AnyOffering::Plan(_) => Err(No::NotReviewed),
    };
    // Who may not even see it learns nothing of it.
    if matches!(found, Err(No::NotThere | No::NotReviewed)) && !offering.is_public() {
        return Err(Denied::NotFound.into());
    }
    found.map_err(refused)
}

/// A right that ended is one that was; one that was taken back is none.
async fn of_course(
    conn: &impl ConnectionTrait,
    offering: &AnyOffering,
    user: UserId,
) -> Result<std::result::Result<Right, No>> {
    let key = offering.id.uuid();
    let held = enrollment::store::of_user(conn, user, &[key]).await?.remove(&key);
    let Some(held) = held.filter(|held| held.written != enrollment::model::State::Revoked) else {
        return Ok(Err(No::NotThere));
    };
    if held.completed_lessons == 0 && held.completed_at.is_none() {
        return Ok(Err(No::NoLessonYet));
    }
    let is_paid = store::is_paid_enrollment(conn, held.id).await?;
    Ok(Ok(Right { by: By::Enrollment(held.id), is_paid }))
}

async fn of_workshop(
    conn: &impl ConnectionTrait,
    offering: &AnyOffering,
    user: UserId,
    now: Instant,
) -> Result<std::result::Result<Right, No>> {
    let seats = store::seats_at(conn, offering.id, user).await?;
    if seats.is_empty() {
        return Ok(Err(No::NotThere));
    }
    let was_there = seats.iter().filter(|seat| seat.begins_at <= now && seat.attended != Some(false));
    // The one that says most: paid for, then seen there.
    let best = was_there.max_by_key(|seat: &&SeatFacts| (seat.is_paid, seat.attended == Some(true)));
    Ok(best.map(|seat| Right { by: By::Seat(seat.id), is_paid: seat.is_paid }).ok_or(No::NoSessionYet))
}
