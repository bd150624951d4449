//! Rights to learn that go with the money, and come back with it; so do seats, and gifts nobody has redeemed.

use serde_json::json;
use uuid::Uuid;

use crate::checkout::model::Order;
use crate::db::Tx;
use crate::enrollment;
use crate::gifts;
use crate::kernel::{OrderLineId, Result};
use crate::payments;
use crate::workshops;

use super::super::store::{self, TakenRight};

/// Takes every right these lines paid for: the buyer's own, a bundle's, a gift's. Remembers which, under its cause, which has
/// taken its parts of the lines. What was paid for a second time, alone, in a bundle or as a gift that they redeemed, stays
/// theirs. A gift that nobody has redeemed is void.
pub async fn take_rights(tx: &mut Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    gifts::actions::void(tx, cause, lines).await?;
    workshops::actions::take_seats(tx, cause, lines).await?;
    hold_rights(tx, cause).await?;
    for id in enrollment::store::live_of_lines(tx.conn(), lines).await? {
        let others = store::also_paid(tx.conn(), id).await?;
        let other = others.into_iter().find(|other| !lines.contains(&other.line));
        let right = TakenRight { id, is_moved: other.is_some() };
        let is_taken = match other {
            Some(other) => {
                enrollment::store::rest_on(tx, id, other.line, other.source).await?;
                true
            }
            None => enrollment::actions::revoke(tx, id).await?,
        };
        if is_taken {
            store::insert_taken_right(tx, cause, right).await?;
        }
    }
    Ok(())
}

/// Whatever these lines give is held until the commit: what else pays for it, or ceases to, is noted by others before or after.
async fn hold_rights(tx: &Tx, cause: Uuid) -> Result<()> {
    for (holder, thing) in store::holders(tx.conn(), cause).await? {
        enrollment::store::locked(tx, (holder, thing)).await?;
    }
    Ok(())
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
    hold_rights(tx, cause).await?;
    let returned = store::return_taken_rights(tx, cause).await?;
    let owed = store::owed(tx.conn(), cause).await?;
    for TakenRight { id, is_moved } in returned {
        if !enrollment::actions::restore(tx, id).await? && !is_moved {
            let detail = json!({ "cause": cause });
            payments::store::open_case(tx, "RIGHT_NOT_RETURNED", &id.to_string(), detail).await?;
        }
    }
    for paying in owed {
        enrollment::actions::restore(tx, paying.right).await?;
        enrollment::store::rest_on(tx, paying.right, paying.line, paying.source).await?;
    }
    Ok(())
}
