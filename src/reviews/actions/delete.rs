//! Taking one's own review back, also without the right it rested on.

use crate::app::App;
use crate::kernel::{Denied, Result, ReviewId, Viewer};
use crate::reviews::store;

use super::happened;

/// Takes the caller's review away, with its reply and its votes. Of one that the platform took down only the words go: it
/// cannot be written anew.
pub async fn delete(app: &App, viewer: &Viewer, id: ReviewId) -> Result<()> {
    let mut tx = app.begin().await?;
    let review = store::locked(&tx, id).await?;
    let review = review.filter(|review| review.author == Some(viewer.user_id)).ok_or(Denied::NotFound)?;
    if review.hidden_at.is_some() {
        store::erase(&tx, id).await?;
        return tx.commit().await;
    }
    store::forget_votes(&tx, id).await?;
    store::delete(&tx, id).await?;
    store::count(&tx, &review, Some(review.rating), None).await?;
    tx.record(happened("review.deleted", &review));
    tx.commit().await
}
