//! Reviewing, taking back, answering, voting. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Markdown, answer};
use crate::kernel::{OfferingId, Result, ReviewId};
use crate::payload;
use crate::reviews::actions::{self, Wish};

use super::{Review, review_by_id};

/// What somebody thinks.
#[derive(Clone, Debug, InputObject)]
pub struct ReviewInput {
    /// 1 to 5.
    pub rating: i32,
    /// Why, in at most 5,000 characters; without it, stars alone.
    pub body_markdown: Option<Markdown>,
}

payload! {
    /// Answer of `reviewSubmit`.
    ReviewSubmitPayload {
        /// The review as it is now.
        review: Review,
    }
}

payload! {
    /// Answer of `reviewDelete`.
    ReviewDeletePayload {
        /// The review that is no more.
        deleted_id: ID,
    }
}

payload! {
    /// Answer of `reviewReply`.
    ReviewReplyPayload {
        /// The review with its reply.
        review: Review,
    }
}

payload! {
    /// Answer of `reviewHelpfulSet`.
    ReviewHelpfulSetPayload {
        /// The review as it is now.
        review: Review,
    }
}

/// What is done with reviews.
#[derive(Default)]
pub struct ReviewsMutation;

#[Object]
impl ReviewsMutation {
    /// Says what one thinks of a course, once a lesson of it is finished, or of a workshop, once a session with one's seat has
    /// begun. There is one review of each person: saying something else changes it, the same again changes nothing. Refused
    /// with NOT_ENROLLED for who has no right to it, INVALID_STATE before they have seen anything of it, NOT_ALLOWED for the
    /// team.
    async fn review_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`crs_…` or `wsh_…`.")] offering_id: ID,
        #[graphql(desc = "What one thinks.")] input: ReviewInput,
    ) -> Fallible<ReviewSubmitPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let offering: OfferingId = id(&["offeringId"], &offering_id)?;
            let body = input.body_markdown.map(|body| body.0).unwrap_or_default();
            let wish = Wish { rating: input.rating, body };
            let written = actions::submit(ctx.app(), viewer, offering, wish).await;
            review_by_id(ctx, written.missing_at(&["offeringId"])?).await
        };
        answer(done.await.map(|review| ReviewSubmitPayload { review, user_errors: Vec::new() }))
    }

    /// Takes one's own review back, with its reply and its votes.
    async fn review_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`rev_…`.", name = "id")] review_id: ID,
    ) -> Fallible<ReviewDeletePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let review: ReviewId = id(&["id"], &review_id)?;
            actions::delete(ctx.app(), viewer, review).await.missing_at(&["id"])?;
            Ok(Some(review_id))
        };
        answer(done.await.map(|deleted_id| ReviewDeletePayload { deleted_id, user_errors: Vec::new() }))
    }

    /// Answers a review, for everybody to read. There is one reply: saying something else changes it. For the team with
    /// COMMUNITY.
    async fn review_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`rev_…`.")] review_id: ID,
        #[graphql(desc = "At most 2,000 characters; empty takes the reply back.")] body_markdown: Markdown,
    ) -> Fallible<ReviewReplyPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let review: ReviewId = id(&["reviewId"], &review_id)?;
            let done = actions::reply(ctx.app(), viewer, review, &body_markdown.0).await;
            shown(ctx, review, done).await
        };
        answer(done.await.map(|review| ReviewReplyPayload { review, user_errors: Vec::new() }))
    }

    /// Says whether a review was helpful; saying it again changes nothing. Not for who wrote it, and not for the team.
    async fn review_helpful_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`rev_…`.")] review_id: ID,
        #[graphql(desc = "Whether it was.")] on: bool,
    ) -> Fallible<ReviewHelpfulSetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let review: ReviewId = id(&["reviewId"], &review_id)?;
            let done = actions::vote(ctx.app(), viewer, review, on).await;
            shown(ctx, review, done).await
        };
        answer(done.await.map(|review| ReviewHelpfulSetPayload { review, user_errors: Vec::new() }))
    }
}

/// The review after something was done with it.
async fn shown(ctx: &Context<'_>, id: ReviewId, done: Result<()>) -> Result<Option<Review>> {
    done.missing_at(&["reviewId"])?;
    review_by_id(ctx, id).await
}
