//! Prices.

use std::collections::HashMap;

use entity::{offerings, prices, storefronts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{
    BillingInterval, OfferingKind, OfferingStatus, Price, PriceForSale, PriceKind, Recurring, TaxBehavior,
    Terms,
};
use crate::db::Tx;
use crate::kernel::{CreatorId, Currency, Error, Instant, Money, OfferingId, PriceId, PublicId, Result};

use super::impossible;
use super::offerings::its_storefront;

impl TryFrom<prices::Model> for Price {
    type Error = Error;

    fn try_from(row: prices::Model) -> Result<Self> {
        let currency: Currency = row.currency.parse().map_err(|_| impossible("a currency", &row.currency))?;
        let money = |minor| Money::new(minor, currency);
        let tax = TaxBehavior::of(&row.tax_behavior);
        Ok(Self {
            id: row.id.into(),
            offering: row.offering_id.into(),
            kind: PriceKind::of(&row.kind).ok_or_else(|| impossible("a price's kind", &row.kind))?,
            amount: money(row.amount_minor),
            suggested: row.suggested_minor.map(money),
            compare_at: row.compare_at_minor.map(money),
            recurring: recurring(row.billing_interval.as_deref(), row.trial_days)?,
            tax_behavior: tax.ok_or_else(|| impossible("a tax behaviour", &row.tax_behavior))?,
            available_until: row.available_until,
            is_default: row.is_default,
            archived_at: row.archived_at,
        })
    }
}

fn recurring(interval: Option<&str>, trial_days: Option<i32>) -> Result<Option<Recurring>> {
    let Some(name) = interval else { return Ok(None) };
    let interval = BillingInterval::of(name).ok_or_else(|| impossible("an interval", name))?;
    Ok(Some(Recurring { interval, trial_days }))
}

fn active(now: Instant) -> Condition {
    Condition::all()
        .add(prices::Column::ArchivedAt.is_null())
        .add(prices::Column::AvailableUntil.is_null().or(prices::Column::AvailableUntil.gt(now)))
}

/// A price by key, active or not.
pub async fn price(conn: &impl ConnectionTrait, id: PriceId) -> Result<Option<Price>> {
    prices::Entity::find_by_id(id.uuid()).one(conn).await?.map(Price::try_from).transpose()
}

/// Many prices by key.
pub async fn prices(app: &App, ids: &[PriceId]) -> Result<HashMap<PriceId, Price>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = prices::Entity::find().filter(prices::Column::Id.is_in(keys)).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((PriceId(row.id), Price::try_from(row)?))).collect()
}

/// The active prices of many offerings, the default first, then as they were made.
pub async fn of_offerings(app: &App, ids: &[OfferingId]) -> Result<HashMap<OfferingId, Vec<Price>>> {
    let rows = prices::Entity::find()
        .filter(prices::Column::OfferingId.is_in(ids.iter().map(|id| id.uuid())))
        .filter(active(app.now()))
        .order_by_desc(prices::Column::IsDefault)
        .order_by_asc(prices::Column::Id)
        .all(app.db.read())
        .await?;
    let mut listed: HashMap<OfferingId, Vec<Price>> = HashMap::new();
    for row in rows {
        listed.entry(OfferingId(row.offering_id)).or_default().push(Price::try_from(row)?);
    }
    Ok(listed)
}

/// An active price with what selling needs to know of its offering; `None` if it is withdrawn or over.
pub async fn price_for_sale(
    conn: &impl ConnectionTrait,
    id: PriceId,
    now: Instant,
) -> Result<Option<PriceForSale>> {
    let row = prices::Entity::find_by_id(id.uuid())
        .join(JoinType::InnerJoin, its_offering())
        .join(JoinType::InnerJoin, its_storefront())
        .filter(active(now))
        .column(offerings::Column::CreatorId)
        .column_as(offerings::Column::Kind, "offering_kind")
        .columns([offerings::Column::Title, offerings::Column::Status])
        .column(storefronts::Column::IsPublished)
        .into_model::<ForSaleRow>()
        .one(conn)
        .await?;
    row.map(PriceForSale::try_from).transpose()
}

fn its_offering() -> RelationDef {
    prices::Entity::belongs_to(offerings::Entity)
        .from(prices::Column::OfferingId)
        .to(offerings::Column::Id)
        .into()
}

/// A price, and of its offering what selling needs.
#[derive(FromQueryResult)]
struct ForSaleRow {
    #[sea_orm(nested)]
    price: prices::Model,
    offering_kind: String,
    creator_id: Uuid,
    title: String,
    status: String,
    is_published: bool,
}

impl TryFrom<ForSaleRow> for PriceForSale {
    type Error = Error;

    fn try_from(row: ForSaleRow) -> Result<Self> {
        let price = Price::try_from(row.price)?;
        let kind = OfferingKind::of(&row.offering_kind);
        let status = OfferingStatus::of(&row.status).ok_or_else(|| impossible("a status", &row.status))?;
        Ok(Self {
            offering: price.offering,
            price,
            kind: kind.ok_or_else(|| impossible("an offering's kind", &row.offering_kind))?,
            creator: CreatorId(row.creator_id),
            title: row.title,
            status,
            on_sale: status.is_public() && row.is_published,
        })
    }
}

/// How many active prices an offering has.
pub async fn active_count(tx: &Tx, offering: OfferingId) -> Result<u64> {
    let of_this = prices::Entity::find().filter(prices::Column::OfferingId.eq(offering.uuid()));
    Ok(of_this.filter(active(tx.now())).count(tx.conn()).await?)
}

/// Whether there is a price at which something is paid for this offering.
pub async fn costs_something(
    conn: &impl ConnectionTrait,
    offering: OfferingId,
    now: Instant,
) -> Result<bool> {
    let of_this = prices::Entity::find().filter(prices::Column::OfferingId.eq(offering.uuid()));
    let paid = of_this.filter(active(now)).filter(prices::Column::Kind.ne(PriceKind::Free.name()));
    Ok(paid.count(conn).await? > 0)
}

/// Writes a price; it is the default if there is no other.
pub async fn insert_price(tx: &Tx, offering: OfferingId, terms: Terms) -> Result<PriceId> {
    let id = PriceId(tx.id());
    let others = prices::Entity::find()
        .filter(prices::Column::OfferingId.eq(offering.uuid()))
        .filter(prices::Column::IsDefault.eq(true))
        .count(tx.conn())
        .await?;
    let row = prices::ActiveModel {
        id: Set(id.uuid()),
        offering_id: Set(offering.uuid()),
        kind: Set(terms.kind.name().to_owned()),
        currency: Set(terms.amount.currency.code().to_owned()),
        amount_minor: Set(terms.amount.minor),
        suggested_minor: Set(terms.suggested_minor),
        compare_at_minor: Set(terms.compare_at_minor),
        billing_interval: Set(terms.recurring.map(|recurring| recurring.interval.name().to_owned())),
        trial_days: Set(terms.recurring.and_then(|recurring| recurring.trial_days)),
        tax_behavior: Set(TaxBehavior::Inclusive.name().to_owned()),
        available_until: Set(terms.available_until),
        is_default: Set(others == 0),
        archived_at: Set(None),
        created_at: Set(tx.now()),
    };
    prices::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Withdraws a price.
pub async fn archive(tx: &Tx, id: PriceId) -> Result<()> {
    let row = prices::ActiveModel {
        id: Set(id.uuid()),
        archived_at: Set(Some(tx.now())),
        is_default: Set(false),
        ..Default::default()
    };
    prices::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Makes the oldest price that can be had the default.
pub async fn promote_oldest(tx: &Tx, offering: OfferingId) -> Result<()> {
    let oldest = prices::Entity::find()
        .filter(prices::Column::OfferingId.eq(offering.uuid()))
        .filter(active(tx.now()))
        .order_by_asc(prices::Column::Id)
        .one(tx.conn())
        .await?;
    let Some(oldest) = oldest else { return Ok(()) };
    let row = prices::ActiveModel { id: Set(oldest.id), is_default: Set(true), ..Default::default() };
    prices::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}
