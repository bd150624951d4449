//! Having an event handled again.

use crate::app::App;
use crate::kernel::{Denied, PublicId, Refusal, Result, StripeEventId};
use crate::operators::model::StripeEvent;
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};
use crate::payments::{self, actions::Replay};

use super::Operator;

/// Puts an event back as if it had just come. Handling twice is harmless, so any event may be handled again but one
/// that was never for us.
pub async fn replay(app: &App, operator: &Operator, id: StripeEventId) -> Result<StripeEvent> {
    let mut tx = app.begin().await?;
    match payments::actions::replay(&mut tx, id.uuid()).await? {
        Replay::Unknown => return Err(Denied::NotFound.into()),
        Replay::Misfit => return Err(No::EventMisfit.at(["eventId"]).into()),
        Replay::Queued => {}
    }
    let event = store::event(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    let act = Act { action: "event.replay", subject: event.stripe_id.clone(), creator: None, reason: None };
    store::audit(&tx, operator, act).await?;
    tx.commit().await?;
    Ok(event)
}
