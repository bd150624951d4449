//! Lists of offerings by keyset: what everybody may browse, and what a studio has.

use chrono::DateTime;
use entity::{niches, offering_niches, offerings, prices, storefronts};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait, LikeExpr, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::catalog::model::{
    AnyOffering, ListFilter, ListOrder, OfferingKind, OfferingStatus, PriceKind, StudioFilter,
};
use crate::kernel::{CreatorId, Denied, Instant, Page, PageRequest, PublicId, Result, text};

use super::offerings::{list, listed};

impl ListOrder {
    /// An offering's key in this order.
    pub fn key(self, offering: &AnyOffering) -> Vec<String> {
        let first = match self {
            ListOrder::Popular => offering.enrollment_count.to_string(),
            ListOrder::Newest => offering.published_at.unwrap_or_default().timestamp_micros().to_string(),
        };
        vec![first, offering.id.uuid().to_string()]
    }
}

/// Published offerings behind open storefronts.
pub async fn public_list(
    conn: &impl ConnectionTrait,
    filter: &ListFilter,
    order: ListOrder,
    page: &PageRequest,
    now: Instant,
) -> Result<Page<AnyOffering>> {
    let published = listed()
        .filter(offerings::Column::Status.eq(OfferingStatus::Published.name()))
        .filter(storefronts::Column::IsPublished.eq(true));
    let mut query = filtered(published, filter, now);
    if let Some(after) = &page.after {
        query = query.filter(beyond(order, after).ok_or(Denied::BadCursor)?);
    }
    let ordered = match order {
        ListOrder::Popular => query.order_by_desc(offerings::Column::EnrollmentCount),
        ListOrder::Newest => query.order_by_desc(offerings::Column::PublishedAt),
    };
    let rows = list(conn, ordered.order_by_desc(offerings::Column::Id).limit(page.limit())).await?;
    Ok(Page::cut(rows, page))
}

fn filtered(
    query: Select<offerings::Entity>,
    filter: &ListFilter,
    now: Instant,
) -> Select<offerings::Entity> {
    query
        .apply_if(filter.kinds.as_deref(), |q, kinds| q.filter(of_kinds(kinds)))
        .apply_if(filter.creator, |q, creator| q.filter(offerings::Column::CreatorId.eq(creator.uuid())))
        .apply_if(filter.level, |q, level| q.filter(offerings::Column::Level.eq(level.name())))
        .apply_if(filter.language.clone(), |q, tag| q.filter(offerings::Column::Language.eq(tag)))
        .apply_if(filter.niche_slugs.clone(), |q, slugs| {
            q.filter(offerings::Column::Id.in_subquery(under(slugs)))
        })
        .apply_if(filter.free_only.then_some(()), |q, ()| {
            q.filter(offerings::Column::Id.in_subquery(free(now)))
        })
}

/// Keys of what is published behind open storefronts and fits the filter, to find other things by.
pub fn public_ids(filter: &ListFilter, now: Instant) -> SelectStatement {
    let published = listed()
        .filter(offerings::Column::Status.eq(OfferingStatus::Published.name()))
        .filter(storefronts::Column::IsPublished.eq(true));
    filtered(published, filter, now).select_only().column(offerings::Column::Id).into_query()
}

fn of_kinds(kinds: &[OfferingKind]) -> SimpleExpr {
    offerings::Column::Kind.is_in(kinds.iter().map(|kind| kind.name()))
}

fn under(slugs: Vec<String>) -> SelectStatement {
    let wanted = niches::Entity::find()
        .select_only()
        .column(niches::Column::Id)
        .filter(niches::Column::Slug.is_in(slugs))
        .into_query();
    offering_niches::Entity::find()
        .select_only()
        .column(offering_niches::Column::OfferingId)
        .filter(offering_niches::Column::NicheId.in_subquery(wanted))
        .into_query()
}

fn free(now: Instant) -> SelectStatement {
    prices::Entity::find()
        .select_only()
        .column(prices::Column::OfferingId)
        .filter(prices::Column::Kind.eq(PriceKind::Free.name()))
        .filter(prices::Column::ArchivedAt.is_null())
        .filter(prices::Column::AvailableUntil.is_null().or(prices::Column::AvailableUntil.gt(now)))
        .into_query()
}

/// What comes after a key, both parts falling.
fn beyond(order: ListOrder, after: &[String]) -> Option<Condition> {
    let [first, id] = after else { return None };
    let id: Uuid = id.parse().ok()?;
    let number: i64 = first.parse().ok()?;
    let (column, value) = match order {
        ListOrder::Popular => {
            (offerings::Column::EnrollmentCount, sea_orm::Value::from(i32::try_from(number).ok()?))
        }
        ListOrder::Newest => {
            (offerings::Column::PublishedAt, sea_orm::Value::from(DateTime::from_timestamp_micros(number)?))
        }
    };
    let same = Condition::all().add(column.eq(value.clone())).add(offerings::Column::Id.lt(id));
    Some(Condition::any().add(column.lt(value)).add(same))
}

/// Everything a studio has, newest first.
pub async fn of_studio(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    filter: &StudioFilter,
    page: &PageRequest,
) -> Result<Page<AnyOffering>> {
    let mut query = listed().filter(offerings::Column::CreatorId.eq(creator.uuid()));
    if let Some(statuses) = &filter.statuses {
        query = query.filter(offerings::Column::Status.is_in(statuses.iter().map(|status| status.name())));
    }
    if let Some(kinds) = &filter.kinds {
        query = query.filter(of_kinds(kinds));
    }
    if let Some(words) = &filter.search {
        let escaped = text::folded(words).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let like = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        query = query.filter(Expr::col(offerings::Column::TitleFolded).like(like));
    }
    if let Some(after) = &page.after {
        let [id] = after.as_slice() else { return Err(Denied::BadCursor.into()) };
        let id = id.parse::<Uuid>().map_err(|_| Denied::BadCursor)?;
        query = query.filter(offerings::Column::Id.lt(id));
    }
    let rows = list(conn, query.order_by_desc(offerings::Column::Id).limit(page.limit())).await?;
    Ok(Page::cut(rows, page))
}
