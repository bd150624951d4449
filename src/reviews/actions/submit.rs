//! Saying what one thinks, and saying something else later.

use crate::app::App;
use crate::catalog;
use crate::db::Tx;
use crate::kernel::text::Checks;
use crate::kernel::{Denied, Error, Fault, OfferingId, Refusal, Result, ReviewId, Viewer};
use crate::reviews::model::{self, Review, Right};
use crate::reviews::refusals::ReviewRefusal as No;
use crate::reviews::store::{self, NewReview};
use crate::throttle::{self, Rate};

use super::happened;
use super::standing::standing;

/// Nobody changes their mind more often.
const SUBMITS: Rate = Rate { burst: 10, every_seconds: 60 };

/// What somebody thinks.
#[derive(Clone, Debug)]
pub struct Wish {
    /// 1 to 5.
    pub rating: i32,
    /// CommonMark of at most 5,000 characters; may be empty.
    pub body: String,
}

/// Writes the caller's review of an offering, or changes it; the same again changes nothing.
pub async fn submit(app: &App, viewer: &Viewer, offering: OfferingId, wish: Wish) -> Result<ReviewId> {
    let mut checks = Checks::default();
    let rating = checks.take(&["input", "rating"], model::stars(wish.rating));
    let body = checks.take(&["input", "bodyMarkdown"], model::body(&wish.body));
    checks.done()?;
    let (rating, body) = (rating.unwrap_or_default(), body.unwrap_or_default());
    throttle::take(app, "review:submit", &viewer.user_id.to_string(), SUBMITS).await?;
    let offering = catalog::store::offering(app.db.read(), offering).await?.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let right = standing(tx.conn(), &offering, viewer.user_id, tx.now()).await?;
    let author = viewer.user_id;
    if store::own_locked(&tx, offering.id, author).await?.is_none() {
        let new = NewReview {
            offering: offering.id,
            creator: offering.creator,
            author,
            right,
            rating,
            body: body.clone(),
        };
        if let Some(id) = store::insert(&tx, new).await? {
            added(&mut tx, id).await?;
            tx.commit().await?;
            return Ok(id);
        }
    }
    // Also when another device of theirs came first by a moment.
    let known = store::own_locked(&tx, offering.id, author).await?;
    let known =
        known.ok_or_else(|| Fault::away("writing a review", "the one that was in the way is gone"))?;
    edit(tx, &known, right, (rating, &body)).await?;
    Ok(known.id)
}

async fn added(tx: &mut Tx, id: ReviewId) -> Result<()> {
    let review = store::locked(tx, id).await?.ok_or_else(|| Fault::new("writing a review", id))?;
    store::count(tx, &review, None, Some(review.rating)).await?;
    tx.record(happened("review.submitted", &review));
    Ok(())
}

async fn edit(mut tx: Tx, known: &Review, right: Right, (rating, body): (i32, &str)) -> Result<()> {
    if known.hidden_at.is_some() {
        return Err(Error::from(No::TakenDown.at(["offeringId"])));
    }
    if (known.rating, known.body.as_str()) == (rating, body) {
        return Ok(());
    }
    store::edit(&tx, known.id, rating, body, right).await?;
    store::count(&tx, known, Some(known.rating), Some(rating)).await?;
    tx.record(happened("review.edited", known));
    tx.commit().await
}
