//! Rights to learn that go with the money, and come back with it; so do gifts nobody has redeemed.

use uuid::Uuid;

use crate::checkout::model::Order;
use crate::db::Tx;
use crate::enrollment;
use crate::gifts;
use crate::kernel::{OrderLineId, Result};

use super::super::store;

/// Takes every right these lines paid for: the buyer's own, a bundle's, a gift's. Remembers which, under its cause. A
/// gift that nobody has redeemed is void.
pub async fn take_rights(tx: &mut Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    gifts::actions::void(tx, cause, lines).await?;
    for id in enrollment::store::live_of_lines(tx.conn(), lines).await? {
        if enrollment::actions::revoke(tx, id).await? {
            store::insert_taken_right(tx, cause, id).await?;
        }
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

/// Gives back what [`take_rights`] took for this cause.
pub async fn return_rights(tx: &mut Tx, cause: Uuid) -> Result<()> {
    gifts::actions::unvoid(tx, cause).await?;
    for id in store::return_taken_rights(tx, cause).await? {
        enrollment::actions::restore(tx, id).await?;
    }
    Ok(())
}
