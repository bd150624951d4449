//! Lists of reviews. All that a request asks for are read in one statement.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::catalog::model::Offering;
use crate::graphql::connection::{Connection, Cursor, Ends, connect, opened, page_size};
use crate::graphql::{Ctx, Eager, PageInfo, Rows};
use crate::kernel::{CreatorId, Denied, Page, PageRequest, Result};
use crate::loader;
use crate::reviews::model::{self, MOST_PRAISE, Place, Shown};
use crate::reviews::store::{self, Ask, Scope};

use super::Review;

loader! {
    /// Pages of reviews.
    ReviewsAsked: Ask => Vec<Shown> = store::pages
}

/// Which reviews come first; among equals the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Order")]
pub enum ReviewOrder {
    /// What most found helpful.
    Helpful,
    /// The newest.
    Newest,
    /// The fewest stars.
    Lowest,
    /// The most stars.
    Highest,
}

/// One of the reviews and where it stands in the list.
#[derive(Clone, SimpleObject)]
pub struct ReviewEdge {
    /// Where it stands: pass it as `after` to go on from here.
    pub cursor: Cursor,
    /// The thing itself.
    pub node: Eager<Review>,
}

/// A page of reviews.
pub struct ReviewConnection {
    edges: Vec<ReviewEdge>,
    ends: Ends,
    /// Kept with the offering: counting costs nothing.
    total: i32,
}

impl Connection<Review> for ReviewConnection {
    fn of(rows: Vec<(Cursor, Review)>, ends: Ends) -> Self {
        let edges = rows.into_iter().map(|(cursor, node)| ReviewEdge { cursor, node: node.into() });
        Self { edges: edges.collect(), ends, total: 0 }
    }
}

/// A page of reviews.
#[Object]
impl ReviewConnection {
    /// The rows with their cursors.
    async fn edges(&self) -> Rows<&ReviewEdge> {
        self.edges.iter().collect()
    }

    /// The rows alone.
    async fn nodes(&self) -> Rows<Review> {
        self.edges.iter().map(|edge| Review::clone(&edge.node)).collect()
    }

    /// Whether and how to go on.
    async fn page_info(&self) -> Eager<PageInfo> {
        Eager(PageInfo {
            has_next_page: self.ends.next,
            has_previous_page: self.ends.previous,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        })
    }

    /// How many there are on all pages together.
    async fn total_count(&self) -> Option<i32> {
        Some(self.total)
    }
}

/// A page of an offering's reviews; the caller may see the offering.
pub async fn reviews_of(
    ctx: &Context<'_>,
    offering: &Offering,
    order: Option<ReviewOrder>,
    (first, after): (Option<i32>, Option<String>),
) -> Result<ReviewConnection> {
    let order = model::Order::from(order.unwrap_or(ReviewOrder::Helpful));
    let list = format!("reviews:{}:{}", offering.id.0, order.name());
    let after = after.map(|cursor| opened(ctx, &list, &cursor)).transpose()?;
    let after = after.map(|key| Place::read(&key).ok_or(Denied::BadCursor)).transpose()?;
    let request = PageRequest { first: page_size(first), after: None };
    ctx.reads().of(offering.creator);
    let ask = Ask { of: Scope::Offering(offering.id), order, after, most: request.limit() };
    let rows = ctx.loaders().load::<ReviewsAsked, _>(ask).await?.unwrap_or_default();
    let key = |shown: &Shown| order.place(&shown.review).key();
    let page = Page::cut(rows, &request);
    let listed: ReviewConnection = connect(ctx, &list, page, key, |shown| Review(Arc::new(shown)));
    Ok(ReviewConnection { total: offering.ratings.count(), ..listed })
}

/// Good words on what a creator has published; the caller may see their page.
pub async fn praise_of(ctx: &Context<'_>, creator: CreatorId) -> Result<Rows<Review>> {
    let ask =
        Ask { of: Scope::Praise(creator), order: model::Order::Helpful, after: None, most: MOST_PRAISE };
    let found = ctx.loaders().load::<ReviewsAsked, _>(ask).await?.unwrap_or_default();
    Ok(found.into_iter().map(|shown| Review(Arc::new(shown))).collect())
}
