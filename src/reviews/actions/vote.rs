//! Saying that a review was helpful.

use crate::app::App;
use crate::catalog;
use crate::kernel::{Denied, Error, Refusal, Result, ReviewId, Viewer};
use crate::reviews::refusals::ReviewRefusal as No;
use crate::reviews::store;
use crate::throttle::{self, Rate};

use super::happened;

const VOTES: Rate = Rate { burst: 30, every_seconds: 2 };

/// Says whether the caller finds a review helpful; saying it again changes nothing. Not for who wrote it, or earns by what it
/// is about: what is read first is not theirs to choose.
pub async fn vote(app: &App, viewer: &Viewer, id: ReviewId, on: bool) -> Result<()> {
    throttle::take(app, "review:vote", &viewer.user_id.to_string(), VOTES).await?;
    let mut tx = app.begin().await?;
    let review = store::locked(&tx, id).await?.filter(|review| review.hidden_at.is_none());
    let review = review.ok_or(Denied::NotFound)?;
    let offering = catalog::store::offering(tx.conn(), review.offering).await?;
    offering.filter(|offering| offering.is_public()).ok_or(Denied::NotFound)?;
    let is_own = review.author == Some(viewer.user_id);
    if is_own || store::earns_by(tx.conn(), review.offering, viewer.user_id).await? {
        return Err(Error::from(No::OwnVote.at(["reviewId"])));
    }
    if store::cast(&tx, id, viewer.user_id, on).await? {
        tx.record(happened("review.voted", &review));
        tx.commit().await?;
    }
    Ok(())
}
