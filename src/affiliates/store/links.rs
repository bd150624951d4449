//! Links, clicks on them, and who earns by them.

use std::collections::HashMap;

use entity::{affiliate_links as table, affiliates};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::affiliates::model::{Link, Referral};
use crate::app::App;
use crate::db::{self, Db, Tx};
use crate::kernel::{AffiliateId, AffiliateLinkId, CreatorId, Page, PageRequest, PublicId, Result, UserId};

use super::unreadable;

/// A link by key, whosever it is.
pub async fn link(conn: &impl ConnectionTrait, id: AffiliateLinkId) -> Result<Option<Link>> {
    Ok(table::Entity::find_by_id(id.uuid()).one(conn).await?.map(Link::from))
}

/// A link by what its address says.
pub async fn link_of_token(conn: &impl ConnectionTrait, token: &str) -> Result<Option<Link>> {
    let row = table::Entity::find().filter(table::Column::Token.eq(token)).one(conn).await?;
    Ok(row.map(Link::from))
}

/// Many links by key; the caller decides who may see them.
pub async fn links_by_id(app: &App, ids: &[AffiliateLinkId]) -> Result<HashMap<AffiliateLinkId, Link>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = table::Entity::find().filter(table::Column::Id.is_in(keys)).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (AffiliateLinkId(row.id), Link::from(row))).collect())
}

/// Somebody's links, newest first.
pub async fn links_of(conn: &impl ConnectionTrait, user: UserId, page: &PageRequest) -> Result<Page<Link>> {
    let whose = table::Entity::belongs_to(affiliates::Entity)
        .from(table::Column::AffiliateId)
        .to(affiliates::Column::Id)
        .into();
    let mut wanted = table::Entity::find()
        .join(JoinType::InnerJoin, whose)
        .filter(affiliates::Column::UserId.eq(user.uuid()));
    let after =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<AffiliateLinkId>().ok());
    if let Some(after) = after {
        wanted = wanted.filter(table::Column::Id.lt(after.uuid()));
    }
    let rows = wanted.order_by_desc(table::Column::Id).limit(page.limit()).all(conn).await?;
    Ok(Page::cut(rows.into_iter().map(Link::from).collect(), page))
}

/// How many links of an affiliate earn.
pub async fn active_count(conn: &impl ConnectionTrait, affiliate: AffiliateId) -> Result<u64> {
    let active = table::Entity::find()
        .filter(table::Column::AffiliateId.eq(affiliate.uuid()))
        .filter(table::Column::DisabledAt.is_null());
    Ok(active.count(conn).await?)
}

/// Writes a link.
pub async fn insert_link(tx: &Tx, link: &Link) -> Result<()> {
    let row = table::ActiveModel {
        id: Set(link.id.uuid()),
        affiliate_id: Set(link.affiliate.uuid()),
        offering_id: Set(link.offering),
        campaign: Set(link.campaign.clone()),
        token: Set(link.token.clone()),
        click_count: Set(0),
        created_at: Set(tx.now()),
        disabled_at: Set(None),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Notes that a link earns no more.
pub async fn disable(tx: &Tx, id: AffiliateLinkId) -> Result<()> {
    let change =
        table::ActiveModel { id: Set(id.uuid()), disabled_at: Set(Some(tx.now())), ..Default::default() };
    table::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Counts a click.
pub async fn click(db: &Db, id: AffiliateLinkId) -> Result<()> {
    table::Entity::update_many()
        .col_expr(table::Column::ClickCount, Expr::col(table::Column::ClickCount).add(1))
        .filter(table::Column::Id.eq(id.uuid()))
        .exec(db.read())
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct ReferralRow {
    token: String,
    link_id: Uuid,
    affiliate_id: Uuid,
    user_id: Uuid,
    payee_creator_id: Uuid,
    basis_points: i32,
}

/// Links that earn now with this creator: active, of somebody approved, while the program is open.
const EARNING: &str = "SELECT l.token, l.id AS link_id, a.id AS affiliate_id, a.user_id, a.payee_creator_id,
         a.commission_basis_points AS basis_points
     FROM affiliate_links l JOIN affiliates a ON a.id = l.affiliate_id
     JOIN affiliate_programs p ON p.creator_id = a.creator_id
     WHERE a.creator_id = $1 AND a.state = 'APPROVED' AND l.disabled_at IS NULL AND p.is_open";

/// Who earns by these links with this creator; links that earn nothing are absent.
pub async fn referrals(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    tokens: &[String],
) -> Result<HashMap<String, Referral>> {
    if tokens.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (2..tokens.len() + 2).map(|place| format!("${place}")).collect();
    let text = format!("{EARNING} AND l.token IN ({})", places.join(", "));
    let mut binds: Vec<sea_orm::Value> = vec![creator.uuid().into()];
    binds.extend(tokens.iter().map(|token| token.clone().into()));
    let statement = db::sql(conn.get_database_backend(), &text, binds);
    let rows = ReferralRow::find_by_statement(statement).all(conn).await?;
    rows.into_iter().map(|row| Ok((row.token.clone(), Referral::try_from(row)?))).collect()
}

/// Who earns by this link with this creator, if anybody does now.
pub async fn referral(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    link: AffiliateLinkId,
) -> Result<Option<Referral>> {
    let text = format!("{EARNING} AND l.id = $2");
    let statement = db::sql(conn.get_database_backend(), &text, [creator.uuid().into(), link.uuid().into()]);
    ReferralRow::find_by_statement(statement).one(conn).await?.map(Referral::try_from).transpose()
}

impl TryFrom<ReferralRow> for Referral {
    type Error = crate::kernel::Error;

    fn try_from(row: ReferralRow) -> Result<Self> {
        Ok(Self {
            link: AffiliateLinkId(row.link_id),
            affiliate: AffiliateId(row.affiliate_id),
            user: UserId(row.user_id),
            payee: CreatorId(row.payee_creator_id),
            basis_points: u32::try_from(row.basis_points).map_err(unreadable)?,
        })
    }
}

impl From<table::Model> for Link {
    fn from(row: table::Model) -> Self {
        Self {
            id: AffiliateLinkId(row.id),
            affiliate: AffiliateId(row.affiliate_id),
            offering: row.offering_id,
            campaign: row.campaign,
            token: row.token,
            click_count: row.click_count,
            disabled_at: row.disabled_at,
        }
    }
}
