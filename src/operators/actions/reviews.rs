//! Taking a review down, and showing it again.

use crate::app::App;
use crate::kernel::{Result, ReviewId};
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};
use crate::reviews;

use super::{Operator, words};

/// Takes a review down for everybody, or shows it again; saying so twice changes nothing.
pub async fn take_down_review(
    app: &App,
    operator: &Operator,
    id: ReviewId,
    down: bool,
    reason: &str,
) -> Result<()> {
    let reason = words(reason, 1000, No::ReasonMissing, "reason")?;
    let mut tx = app.begin().await?;
    let Some(review) = reviews::actions::take_down(&mut tx, id, down).await? else { return Ok(()) };
    let action = if down { "review.take_down" } else { "review.put_back" };
    let act = Act { action, subject: id.to_string(), creator: Some(review.creator), reason: Some(&reason) };
    store::audit(&tx, operator, act).await?;
    tx.commit().await
}
