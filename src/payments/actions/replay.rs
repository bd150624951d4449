//! Putting an event back as if it had just come.

use serde_json::json;
use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::Result;
use crate::queue::Job;

use super::super::store;

/// What became of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It will be handled.
    Queued,
    /// It is of another mode or came to the wrong address: never handled.
    Misfit,
    /// There is no such event.
    Unknown,
}

/// Has an event handled again, in the caller's transaction. Handling is idempotent, whatever became of it before.
pub async fn replay(tx: &mut Tx, id: Uuid) -> Result<Replay> {
    let Some(event) = store::event(tx.conn(), id).await? else { return Ok(Replay::Unknown) };
    if store::is_case_known(tx.conn(), "EVENT_MISFIT", &event.stripe_id).await? {
        return Ok(Replay::Misfit);
    }
    store::reopen_event(tx, id).await?;
    tx.enqueue(Job::new("payments.handle_event", json!({ "event": id })));
    Ok(Replay::Queued)
}
