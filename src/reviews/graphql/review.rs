//! One review.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Offering, any_offering, offering};
use crate::graphql::values::RichText;
use crate::graphql::{Ctx, Fallible, required};
use crate::identity::graphql::User;
use crate::kernel::{Result, ReviewId, UserId};
use crate::loader;
use crate::reviews::model::Shown;
use crate::reviews::store;

loader! {
    /// Reviews by key, also those that were taken down.
    ReviewById: ReviewId => Shown = store::by_ids
}

loader! {
    /// Whether somebody found a review helpful.
    FoundHelpful: (UserId, ReviewId) => bool = store::votes_of_pairs
}

/// What somebody thinks of an offering that the caller may see.
#[derive(Clone)]
pub struct Review(pub Arc<Shown>);

/// What somebody thinks of a course or workshop they have learnt with.
#[Object]
impl Review {
    /// `rev_…`.
    pub async fn id(&self) -> ID {
        self.0.review.id.to_string().into()
    }

    /// Of what.
    async fn offering(&self, ctx: &Context<'_>) -> async_graphql::Result<Offering> {
        required(any_offering(ctx, self.0.review.offering).await)
    }

    /// Who thinks so; null when the account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Fallible<User> {
        let author = self.0.author.clone()?;
        ctx.reads().person(author.id);
        Some(Ok(User(author)))
    }

    /// One to five stars.
    async fn rating(&self) -> i32 {
        self.0.review.rating
    }

    /// Why; may be empty.
    async fn body(&self) -> RichText {
        RichText(self.0.review.body.clone())
    }

    /// What the creator's team answers.
    async fn reply(&self) -> Option<RichText> {
        self.0.review.reply.clone().map(RichText)
    }

    /// How many found it helpful.
    async fn helpful_count(&self) -> i32 {
        self.0.review.helpful_count
    }

    /// Whether the caller did; false for anonymous callers.
    async fn viewer_found_helpful(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let Some(user) = ctx.actor().user_id() else { return Ok(false) };
        let voted = ctx.loaders().load::<FoundHelpful, _>((user, self.0.review.id)).await;
        Ok(required(voted)?.is_some())
    }

    /// Whether what they learnt with was paid for, and the money has not gone back.
    async fn is_verified_purchase(&self) -> bool {
        self.0.is_verified
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.review.created_at
    }

    /// When its author last changed it.
    async fn edited_at(&self) -> Option<DateTime<Utc>> {
        self.0.review.edited_at
    }
}

/// A review by key; null once it was taken down, and for who may not see what it is about.
pub async fn review(ctx: &Context<'_>, id: ReviewId) -> Result<Option<Review>> {
    let found = review_by_id(ctx, id).await?.filter(|found| found.0.review.hidden_at.is_none());
    let Some(found) = found else { return Ok(None) };
    let seen = offering(ctx, found.0.review.offering).await?;
    Ok(seen.map(|_| found))
}

/// A review by key, whoever may see it: for who has just done something with it.
pub async fn review_by_id(ctx: &Context<'_>, id: ReviewId) -> Result<Option<Review>> {
    let found = ctx.loaders().load::<ReviewById, _>(id).await?;
    Ok(found.map(|found| Review(Arc::new(found))))
}
