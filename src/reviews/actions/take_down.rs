//! What the platform does to a review, within the change that writes it into the audit log.

use crate::db::Tx;
use crate::kernel::{Denied, Error, Refusal, Result, ReviewId};
use crate::reviews::model::Review;
use crate::reviews::refusals::ReviewRefusal as No;
use crate::reviews::store;

use super::happened;

/// Takes a review down, or shows it again: it is no longer seen or counted, or is again. None if it stood so already. The
/// caller is an operator, writes down why, and commits.
pub async fn take_down(tx: &mut Tx, id: ReviewId, down: bool) -> Result<Option<Review>> {
    let review = store::locked(tx, id).await?.ok_or(Denied::NotFound)?;
    if review.hidden_at.is_some() == down {
        return Ok(None);
    }
    if !down && review.is_erased {
        return Err(Error::from(No::Erased.at(["reviewId"])));
    }
    store::set_hidden(tx, id, down).await?;
    let stars = Some(review.rating);
    let (gave, gives) = if down { (stars, None) } else { (None, stars) };
    store::count(tx, &review, gave, gives).await?;
    tx.record(happened(if down { "review.taken_down" } else { "review.put_back" }, &review));
    Ok(Some(review))
}
