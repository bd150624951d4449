//! What the team says to a review: once below each, for everybody to read.

use crate::app::App;
use crate::creators::{self, Permission};
use crate::kernel::{Denied, Refusal, Result, ReviewId, Viewer};
use crate::reviews::{model, store};

use super::happened;

/// Answers a review, or says something else; nothing takes the answer back. For the team with COMMUNITY.
pub async fn reply(app: &App, viewer: &Viewer, id: ReviewId, text: &str) -> Result<()> {
    let said = model::reply(text).map_err(|no| no.at(["bodyMarkdown"]))?;
    let shown = store::by_ids(app, &[id]).await?.remove(&id).ok_or(Denied::NotFound)?;
    let desk = creators::desk(app, viewer, shown.review.creator, Permission::Community).await?;
    let mut tx = app.begin().await?;
    let review = store::locked(&tx, id).await?.filter(|review| review.hidden_at.is_none());
    let review = review.ok_or(Denied::NotFound)?;
    if review.reply == said {
        return Ok(());
    }
    store::set_reply(&tx, id, desk.user_id, said).await?;
    tx.record(happened("review.replied", &review));
    tx.commit().await
}
