//! Reviews: people say what they think, in a line each.

use serde_json::{Value, json};

use super::{Made, Person, basket, text};

/// Saying what one thinks.
pub const REVIEW: &str =
    "mutation($id: ID!, $input: ReviewInput!) { reviewSubmit(offeringId: $id, input: $input) {
    review { id rating body { markdown html } author { id displayName } isVerifiedPurchase helpfulCount
        createdAt editedAt offering { id } } userErrors { code path message } } }";
/// Taking it back.
pub const UNREVIEW: &str =
    "mutation($id: ID!) { reviewDelete(id: $id) { deletedId userErrors { code path message } } }";
/// Answering.
pub const REPLY: &str =
    "mutation($id: ID!, $body: Markdown!) { reviewReply(reviewId: $id, bodyMarkdown: $body) {
    review { id reply { markdown html } } userErrors { code path message } } }";
/// Voting.
pub const HELPFUL: &str = "mutation($id: ID!, $on: Boolean!) { reviewHelpfulSet(reviewId: $id, on: $on) {
    review { id helpfulCount viewerFoundHelpful } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!) { lessonComplete(lessonId: $id) {
    enrollment { state } userErrors { code path message } } }";
const SEEN: &str = "query($id: ID!, $order: ReviewOrder!, $first: Int, $after: String) { node(id: $id) {
    ... on Course { ratingSummary { average count histogram } creator { ratingSummary { average count histogram } }
        reviews(orderBy: $order, first: $first, after: $after) { ...Page } }
    ... on Workshop { ratingSummary { average count histogram } creator { ratingSummary { average count histogram } }
        reviews(orderBy: $order, first: $first, after: $after) { ...Page } } } }
    fragment Page on ReviewConnection { totalCount pageInfo { hasNextPage endCursor } nodes { id rating
        body { markdown } reply { markdown } author { displayName } isVerifiedPurchase helpfulCount
        viewerFoundHelpful editedAt } }";

impl Person {
    /// Finishes a lesson.
    pub async fn finishes(&self, lesson: &str) {
        self.does(COMPLETE, json!({ "id": lesson })).await;
    }

    /// Buys a course and finishes its first lesson; gives the order.
    pub async fn buys_and_begins(&self, made: &Made) -> String {
        let checkout = self.purchases(basket(&[&made.price])).await;
        self.finishes(&made.lessons[0]).await;
        text(&checkout["order"]["id"])
    }

    /// Gets a course for nothing, past the API, and finishes its first lesson.
    pub async fn db_begins(&self, made: &Made) {
        self.db_enrolls(&made.course).await;
        self.finishes(&made.lessons[0]).await;
    }

    /// Says what they think; gives the review.
    pub async fn reviews(&self, offering: &str, rating: i32, words: &str) -> Value {
        self.does(REVIEW, opinion(offering, rating, words)).await["review"].clone()
    }

    /// May not say what they think; gives the code.
    pub async fn cannot_review(&self, offering: &str) -> String {
        self.is_refused(REVIEW, opinion(offering, 4, "Fine.")).await[0].code.clone()
    }

    /// What an offering is shown with, its reviews in this order: up to so many behind a cursor.
    pub async fn sees_reviews(&self, offering: &str, order: &str, first: i32, after: Value) -> Value {
        let asked = json!({ "id": offering, "order": order, "first": first, "after": after });
        self.sees(SEEN, asked).await["node"].clone()
    }
}

/// What `reviewSubmit` takes.
pub fn opinion(offering: &str, rating: i32, words: &str) -> Value {
    json!({ "id": offering, "input": { "rating": rating, "bodyMarkdown": words } })
}
