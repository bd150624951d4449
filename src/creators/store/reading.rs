//! Reading creators: one statement brings the row, the page's facts, the links and the niches, since everything that
//! shows a creator needs most of it and a page must cost few statements.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use entity::{creators, storefronts};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, JoinType, JsonValue,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, Select, SelectModel, Selector,
};
use uuid::Uuid;

use crate::app::App;
use crate::creators::model::{Creator, CreatorFilter, CreatorOrder, Link, Niche, Storefront, Theme};
use crate::db::Db;
use crate::kernel::{
    AssetId, CreatorId, Currency, Denied, Fault, Instant, Page, PageRequest, PublicId, Ratings, Result,
};

/// Many creators by key, whether public or not: the caller decides who may see them.
pub async fn by_ids(app: &App, ids: &[CreatorId]) -> Result<HashMap<CreatorId, Arc<Creator>>> {
    let conn = app.db.read();
    let some = creators::Entity::find().filter(creators::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = whole(some, conn.get_database_backend()).all(conn).await?;
    rows.into_iter().map(|row| creator(row).map(|one| (one.id, Arc::new(one)))).collect()
}

/// One creator by key, public or not.
pub async fn by_id(conn: &impl ConnectionTrait, id: CreatorId) -> Result<Option<Creator>> {
    let one = creators::Entity::find_by_id(id.uuid());
    whole(one, conn.get_database_backend()).one(conn).await?.map(creator).transpose()
}

/// One creator by handle (lower case), public or not.
pub async fn by_handle(conn: &impl ConnectionTrait, handle: &str) -> Result<Option<Creator>> {
    let one = creators::Entity::find().filter(creators::Column::Handle.eq(handle));
    whole(one, conn.get_database_backend()).one(conn).await?.map(creator).transpose()
}

/// Which of these handles are in use.
pub async fn taken(conn: &impl ConnectionTrait, handles: &[String]) -> Result<HashSet<String>> {
    let used: Vec<String> = creators::Entity::find()
        .select_only()
        .column(creators::Column::Handle)
        .filter(creators::Column::Handle.is_in(handles))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(used.into_iter().collect())
}

/// A page of the creators anybody may see.
pub async fn list(
    db: &Db,
    filter: &CreatorFilter,
    order: CreatorOrder,
    page: &PageRequest,
) -> Result<Page<Creator>> {
    let column = match order {
        CreatorOrder::Popular => creators::Column::FollowerCount,
        CreatorOrder::Newest => creators::Column::CreatedAt,
        CreatorOrder::TopRated => creators::Column::RatingMilli,
    };
    let mut wanted = creators::Entity::find()
        .filter(storefronts::Column::IsPublished.eq(true))
        .order_by_desc(column)
        .order_by_desc(creators::Column::Id)
        .limit(page.limit());
    if let Some(slugs) = &filter.niches {
        wanted = wanted.filter(creators::Column::Id.in_subquery(super::niches::listed_under(slugs)));
    }
    if let Some(language) = &filter.language {
        wanted = wanted.filter(speaks(language));
    }
    if let Some(after) = &page.after {
        let (value, id) = after_key(order, after).ok_or(Denied::BadCursor)?;
        let row = |parts: [SimpleExpr; 2]| SimpleExpr::from(Expr::tuple(parts));
        wanted = wanted.filter(
            row([Expr::col(column.as_column_ref()), Expr::col(creators::Column::Id.as_column_ref())])
                .lt(row([value, Expr::value(id)])),
        );
    }
    let rows = whole(wanted, db.backend()).all(db.read()).await?;
    let found = rows.into_iter().map(creator).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, page))
}

fn after_key(order: CreatorOrder, key: &[String]) -> Option<(SimpleExpr, Uuid)> {
    let [value, id] = key else { return None };
    let id = id.parse::<CreatorId>().ok()?.uuid();
    let value = match order {
        CreatorOrder::Newest => Expr::value(Instant::from_timestamp_micros(value.parse().ok()?)?),
        CreatorOrder::Popular | CreatorOrder::TopRated => Expr::value(value.parse::<i32>().ok()?),
    };
    Some((value, id))
}

/// The tags are written as a JSON array of texts on both databases; a checked tag holds no quotes and no wildcards.
fn speaks(tag: &str) -> SimpleExpr {
    let tags = Expr::cust("LOWER(CAST(creators.languages AS TEXT))");
    tags.like(format!("%\"{}\"%", tag.to_ascii_lowercase()))
}

struct Row {
    creator: creators::Model,
    storefront: storefronts::Model,
    links: Option<JsonValue>,
    niches: Option<JsonValue>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            creator: creators::Model::from_query_result(row, "")?,
            storefront: storefronts::Model::from_query_result(row, PAGE)?,
            links: row.try_get("", "links")?,
            niches: row.try_get("", "niches")?,
        })
    }
}

/// How the page's columns are told from the creator's.
const PAGE: &str = "page_";

/// The words in which the two databases differ here: array, object, id as text.
fn said(backend: DbBackend, sql: &str) -> String {
    let (array, object, id) = match backend {
        DbBackend::Postgres => ("json_agg", "json_build_object", "n.id::text"),
        _ => ("json_group_array", "json_object", "hex(n.id)"),
    };
    sql.replace("ARRAY", array).replace("OBJECT", object).replace("KEY", id)
}

const LINKS: &str =
    "(SELECT ARRAY(OBJECT('label', l.label, 'url', l.url, 'icon', l.icon) ORDER BY l.position)
    FROM creator_links l WHERE l.creator_id = creators.id)";

const NICHES: &str = "(SELECT ARRAY(OBJECT('id', KEY, 'slug', n.slug, 'name', n.name) ORDER BY n.name)
    FROM creator_niches cn JOIN niches n ON n.id = cn.niche_id WHERE cn.creator_id = creators.id)";

fn whole(some: Select<creators::Entity>, backend: DbBackend) -> Selector<SelectModel<Row>> {
    let page = creators::Entity::belongs_to(storefronts::Entity)
        .from(creators::Column::Id)
        .to(storefronts::Column::CreatorId);
    let joined = some.join(JoinType::InnerJoin, page.into());
    let with_page = <storefronts::Column as sea_orm::Iterable>::iter().fold(joined, |select, column| {
        let name = format!("{PAGE}{}", sea_orm::IdenStatic::as_str(&column));
        select.column_as(column, name)
    });
    with_page
        .expr_as(Expr::cust(said(backend, LINKS)), "links")
        .expr_as(Expr::cust(said(backend, NICHES)), "niches")
        .into_model::<Row>()
}

fn creator(row: Row) -> Result<Creator> {
    let Row { creator: c, storefront: page, links, niches } = row;
    let currency = c.currency.parse::<Currency>().map_err(|wrong| Fault::new("reading a creator", wrong))?;
    Ok(Creator {
        id: CreatorId(c.id),
        handle: c.handle,
        display_name: c.display_name,
        headline: c.headline,
        bio_markdown: c.bio_markdown,
        avatar: c.avatar_asset_id.map(AssetId),
        cover: c.cover_asset_id.map(AssetId),
        country: c.country,
        time_zone: c.time_zone,
        currency,
        languages: read(Some(c.languages))?,
        is_verified: c.is_verified,
        follower_count: c.follower_count,
        ratings: Ratings([c.ratings_1, c.ratings_2, c.ratings_3, c.ratings_4, c.ratings_5]),
        rating_milli: c.rating_milli,
        created_at: c.created_at,
        storefront: storefront(page),
        links: read::<Vec<Link>>(links)?,
        niches: read::<Vec<NicheRow>>(niches)?.into_iter().map(Niche::from).collect(),
    })
}

fn storefront(page: storefronts::Model) -> Storefront {
    Storefront {
        version: page.version,
        is_published: page.is_published,
        theme: Theme {
            preset: page.theme_preset,
            color_primary: page.color_primary,
            color_background: page.color_background,
            font_family: page.font_family,
            corner_radius: page.corner_radius,
        },
        sections: page.sections,
        updated_at: page.updated_at,
    }
}

#[derive(serde::Deserialize)]
struct NicheRow {
    id: Uuid,
    slug: String,
    name: String,
}

impl From<NicheRow> for Niche {
    fn from(row: NicheRow) -> Self {
        Self { id: row.id.into(), slug: row.slug, name: row.name }
    }
}

/// An aggregate over no rows is null in one database and an empty array in the other.
fn read<T: serde::de::DeserializeOwned + Default>(json: Option<JsonValue>) -> Result<T> {
    let Some(json) = json else { return Ok(T::default()) };
    Ok(serde_json::from_value(json).map_err(|wrong| Fault::new("reading a creator", wrong))?)
}
