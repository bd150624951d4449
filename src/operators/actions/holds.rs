//! Keeping a creator's money from being transferred, and letting it go.

use crate::app::App;
use crate::creators;
use crate::events::Event;
use crate::kernel::{CreatorId, Denied, Result};
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};

use super::{Operator, words};

/// Holds a creator's money back, or lets it go; saying so twice changes nothing. What is under way to Stripe already
/// arrives; nothing more is begun.
pub async fn set_hold(
    app: &App,
    operator: &Operator,
    creator: CreatorId,
    hold: bool,
    reason: &str,
) -> Result<()> {
    let reason = words(reason, 1000, No::ReasonMissing, "reason")?;
    creators::store::by_id(app.db.read(), creator).await?.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let (changed, action, event) = if hold {
        (store::hold(&tx, creator, operator, &reason).await?, "payout.hold", "payout.held")
    } else {
        (store::lift(&tx, creator, operator).await?, "payout.release", "payout.hold_lifted")
    };
    if !changed {
        return Ok(());
    }
    let act = Act { action, subject: creator.to_string(), creator: Some(creator), reason: Some(&reason) };
    store::audit(&tx, operator, act).await?;
    tx.record(Event::new(event, creator).of_creator(creator));
    tx.commit().await
}
