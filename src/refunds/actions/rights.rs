//! Rights to learn that go with the money, and come back with it; so do seats, and gifts nobody has redeemed.

use serde_json::json;
use uuid::Uuid;

use crate::checkout;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::enrollment;
use crate::enrollment::model::Source;
use crate::gifts;
use crate::kernel::{EnrollmentId, OrderLineId, Result};
use crate::payments;
use crate::workshops;

use super::super::store::{self, TakenRight};

/// Takes every right these lines paid for: the buyer's own, a bundle's, a gift's. Remembers which, under its cause. What
/// was paid for a second time, alone, in a bundle or as a gift that they redeemed, stays theirs. A gift that nobody has redeemed is void.
pub async fn take_rights(tx: &mut Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    gifts::actions::void(tx, cause, lines).await?;
    workshops::actions::take_seats(tx, cause, lines).await?;
    for id in enrollment::store::live_of_lines(tx.conn(), lines).await? {
        if let Some((line, source)) = paid_otherwise(tx, id, lines).await? {
            enrollment::store::rest_on(tx, id, line, source).await?;
            store::insert_taken_right(tx, cause, TakenRight { id, is_moved: true }).await?;
            continue;
        }
        if enrollment::actions::revoke(tx, id).await? {
            store::insert_taken_right(tx, cause, TakenRight { id, is_moved: false }).await?;
        }
    }
    Ok(())
}

/// Another line, bought by them or given to them, that pays for the same thing and was not given back.
async fn paid_otherwise(
    tx: &Tx,
    right: EnrollmentId,
    lines: &[OrderLineId],
) -> Result<Option<(OrderLineId, Source)>> {
    for also in store::also_paid(tx.conn(), right).await? {
        if lines.contains(&also.line) {
            continue;
        }
        let Some(order) = checkout::store::order(tx.conn(), also.order).await? else { continue };
        let left = store::lines_left(tx.conn(), &order).await?;
        if left.iter().any(|line| line.id == also.line && !line.is_returned()) {
            return Ok(Some((also.line, also.source)));
        }
    }
    Ok(None)
}

/// Makes gifts void that nobody has redeemed and whose line was given back whole, even where rights stay.
pub(super) async fn void_returned(
    tx: &mut Tx,
    order: &Order,
    cause: Uuid,
    lines: &[OrderLineId],
) -> Result<()> {
    let left = store::lines_left(tx.conn(), order).await?;
    let whole = left.iter().filter(|line| line.is_returned() && lines.contains(&line.id));
    gifts::actions::void(tx, cause, &whole.map(|line| line.id).collect::<Vec<_>>()).await
}

/// Gives back what [`take_rights`] took for this cause, resting on what it rested on: another purchase may have had it
/// meanwhile and been given back too. Also what went with another payment while this one was in doubt. What its owner has got in another way meanwhile is a person's; what rests on something
/// else since then, and still does, stays as it is.
pub async fn return_rights(tx: &mut Tx, cause: Uuid) -> Result<()> {
    gifts::actions::unvoid(tx, cause).await?;
    workshops::actions::return_seats(tx, cause).await?;
    for TakenRight { id, is_moved } in store::return_taken_rights(tx, cause).await? {
        if enrollment::actions::restore(tx, id).await? {
            if let Some((line, source)) = store::line_of_cause(tx.conn(), cause, id).await? {
                enrollment::store::rest_on(tx, id, line, source).await?;
            }
        } else if !is_moved {
            let detail = json!({ "cause": cause });
            payments::store::open_case(tx, "RIGHT_NOT_RETURNED", &id.to_string(), detail).await?;
        }
    }
    for (id, line, source) in store::owed_rights(tx.conn(), cause).await? {
        if enrollment::actions::restore(tx, id).await? {
            enrollment::store::rest_on(tx, id, line, source).await?;
        }
    }
    Ok(())
}
