//! Sessions by key, and the calendar of everybody's.

use async_graphql::{Context, ID, Object};

use crate::catalog::graphql::{OfferingFilter, public_filter};
use crate::graphql::{Ctx, Fallible, context, field, page_request};
use crate::kernel::{Refusal, Result, secret};
use crate::payments::graphql::DateRangeInput;
use crate::workshops::refusals::{MOST_DAYS, WorkshopRefusal as No};
use crate::workshops::store;

use super::lists::shown;
use super::{WorkshopSession, WorkshopSessionConnection, session};

/// Workshops' root fields.
#[derive(Default)]
pub struct WorkshopsQuery;

#[Object]
impl WorkshopsQuery {
    /// A date of a workshop the caller may see or has a seat at; null otherwise.
    async fn workshop_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] id: ID,
    ) -> Fallible<WorkshopSession> {
        let found = async { session(ctx, context::id(&["id"], &id)?).await };
        field(found.await)
    }

    /// Dates of published workshops that begin within some days, at most 92, the first first; none that was called off.
    async fn workshop_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days.")] range: DateRangeInput,
        #[graphql(desc = "All that is given must hold for the workshop.")] filter: Option<OfferingFilter>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Fallible<WorkshopSessionConnection> {
        field(calendar(ctx, range, filter.unwrap_or_default(), first, after).await.map(Some))
    }
}

async fn calendar(
    ctx: &Context<'_>,
    range: DateRangeInput,
    filter: OfferingFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<WorkshopSessionConnection> {
    let (from, until) = range.bounds()?;
    if (until - from).num_days() > MOST_DAYS {
        return Err(No::RangeTooLong.at(["range"]).into());
    }
    let wanted = public_filter(&filter)?;
    let told = secret::digest(&[&format!("{from}{until}{wanted:?}")]);
    let list = format!("calendar:{told}");
    let page = page_request(ctx, &list, first, after)?;
    let app = ctx.app();
    let found = store::calendar(app.db.read(), (from, until), &wanted, &page, app.now()).await?;
    Ok(shown(ctx, &list, found))
}
