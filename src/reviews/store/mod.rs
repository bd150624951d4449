//! Reviews in the database.

mod counters;
mod invitations;
mod lists;
mod rights;
mod votes;

pub use counters::count;
pub use invitations::{Invited, due, note_invited};
pub use lists::{Ask, Scope, by_ids, pages};
pub use rights::{SeatFacts, earns_by, is_paid_enrollment, seats_at};
pub use votes::{cast, forget as forget_votes, of_pairs as votes_of_pairs};

use entity::reviews::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Tx;
use crate::kernel::{CreatorId, Instant, OfferingId, PublicId, Result, ReviewId, UserId};

use super::model::{By, Review, Right};

impl From<Model> for Review {
    fn from(row: Model) -> Self {
        Self {
            id: ReviewId(row.id),
            offering: OfferingId(row.offering_id),
            creator: CreatorId(row.creator_id),
            author: row.author_id.map(UserId),
            rating: row.rating,
            body: row.body_markdown,
            reply: row.reply_markdown,
            helpful_count: row.helpful_count,
            hidden_at: row.hidden_at,
            is_erased: row.erased_at.is_some(),
            created_at: row.created_at,
            edited_at: row.edited_at,
        }
    }
}

/// A review to write.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// Of what.
    pub offering: OfferingId,
    /// Whose that is.
    pub creator: CreatorId,
    /// Who.
    pub author: UserId,
    /// On what it rests.
    pub right: Right,
    /// 1 to 5.
    pub rating: i32,
    /// CommonMark.
    pub body: String,
}

/// Writes a review; none if this person has one of this offering, written a moment ago.
pub async fn insert(tx: &Tx, new: NewReview) -> Result<Option<ReviewId>> {
    let id = tx.id();
    let (enrollment, seat) = columns(new.right.by);
    let row = ActiveModel {
        id: Set(id),
        offering_id: Set(new.offering.uuid()),
        creator_id: Set(new.creator.uuid()),
        author_id: Set(Some(new.author.uuid())),
        enrollment_id: Set(enrollment),
        seat_id: Set(seat),
        is_paid: Set(new.right.is_paid),
        rating: Set(new.rating),
        body_markdown: Set(new.body),
        reply_markdown: Set(None),
        replied_by: Set(None),
        replied_at: Set(None),
        helpful_count: Set(0),
        hidden_at: Set(None),
        erased_at: Set(None),
        created_at: Set(tx.now()),
        edited_at: Set(None),
    };
    let once = OnConflict::columns([Column::OfferingId, Column::AuthorId]).do_nothing().to_owned();
    let written = Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok((written > 0).then_some(ReviewId(id)))
}

fn columns(by: By) -> (Option<uuid::Uuid>, Option<uuid::Uuid>) {
    match by {
        By::Enrollment(id) => (Some(id.uuid()), None),
        By::Seat(id) => (None, Some(id.uuid())),
    }
}

/// Other stars, other words, resting on what their author has now.
pub async fn edit(tx: &Tx, id: ReviewId, rating: i32, body: &str, right: Right) -> Result<()> {
    let (enrollment, seat) = columns(right.by);
    change(
        tx,
        id,
        ActiveModel {
            rating: Set(rating),
            body_markdown: Set(body.to_owned()),
            enrollment_id: Set(enrollment),
            seat_id: Set(seat),
            is_paid: Set(right.is_paid),
            edited_at: Set(Some(tx.now())),
            ..Default::default()
        },
    )
    .await
}

/// What the team answers; none takes it back.
pub async fn set_reply(tx: &Tx, id: ReviewId, by: UserId, reply: Option<String>) -> Result<()> {
    let said = reply.as_ref().map(|_| (by.uuid(), tx.now())).unzip();
    let (by, at): (Option<uuid::Uuid>, Option<Instant>) = said;
    let to = ActiveModel {
        reply_markdown: Set(reply),
        replied_by: Set(by),
        replied_at: Set(at),
        ..Default::default()
    };
    change(tx, id, to).await
}

/// Takes it down, or shows it again.
pub async fn set_hidden(tx: &Tx, id: ReviewId, hidden: bool) -> Result<()> {
    change(tx, id, ActiveModel { hidden_at: Set(hidden.then(|| tx.now())), ..Default::default() }).await
}

/// Takes the words away of what was taken down.
pub async fn erase(tx: &Tx, id: ReviewId) -> Result<()> {
    let to = ActiveModel {
        body_markdown: Set(String::new()),
        reply_markdown: Set(None),
        replied_by: Set(None),
        replied_at: Set(None),
        erased_at: Set(Some(tx.now())),
        ..Default::default()
    };
    change(tx, id, to).await
}

async fn change(tx: &Tx, id: ReviewId, to: ActiveModel) -> Result<()> {
    Entity::update(ActiveModel { id: Set(id.uuid()), ..to }).exec(tx.conn()).await?;
    Ok(())
}

/// Takes a review away that nobody votes for any more.
pub async fn delete(tx: &Tx, id: ReviewId) -> Result<()> {
    Entity::delete_by_id(id.uuid()).exec(tx.conn()).await?;
    Ok(())
}

/// A review by key, held until the transaction ends.
pub async fn locked(tx: &Tx, id: ReviewId) -> Result<Option<Review>> {
    let row = Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(row.map(Review::from))
}

/// Somebody's review of an offering, held until the transaction ends.
pub async fn own_locked(tx: &Tx, offering: OfferingId, author: UserId) -> Result<Option<Review>> {
    let row = Entity::find()
        .filter(Column::OfferingId.eq(offering.uuid()))
        .filter(Column::AuthorId.eq(author.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    Ok(row.map(Review::from))
}
