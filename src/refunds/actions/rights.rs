//! Rights to learn that go with the money, and come back with it.

use uuid::Uuid;

use crate::db::Tx;
use crate::enrollment;
use crate::kernel::{OrderLineId, Result};

use super::super::store;

/// Takes every right these lines paid for: the buyer's own, a bundle's, a gift's. Remembers which, under its cause.
pub async fn take_rights(tx: &mut Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    for id in enrollment::store::live_of_lines(tx.conn(), lines).await? {
        if enrollment::actions::revoke(tx, id).await? {
            store::insert_taken_right(tx, cause, id).await?;
        }
    }
    Ok(())
}

/// Gives back what [`take_rights`] took for this cause.
pub async fn return_rights(tx: &mut Tx, cause: Uuid) -> Result<()> {
    for id in store::return_taken_rights(tx, cause).await? {
        enrollment::actions::restore(tx, id).await?;
    }
    Ok(())
}
