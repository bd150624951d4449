//! Coupons and their redemptions in the database.

use std::collections::HashMap;

use entity::{coupon_offerings, coupons};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::app::App;
use crate::db::{self, Tx};
use crate::kernel::{
    CouponId, CreatorId, Currency, Denied, Error, Fault, Instant, Money, OfferingId, OrderId, Page,
    PageRequest, PublicId, Refusal, Result,
};

use super::model::{Coupon, Customer, Discount, NewCoupon, Reason, folded_code};
use super::refusals::CouponRefusal;

impl TryFrom<coupons::Model> for Coupon {
    type Error = Error;

    fn try_from(row: coupons::Model) -> Result<Self> {
        let unreadable = |cause: String| Error::Fault(Fault::new("reading a coupon", cause));
        let percent = row.percent_off_basis_points.and_then(|points| u32::try_from(points).ok());
        let discount = match (percent, row.amount_off_minor, row.currency) {
            (Some(points), None, None) => Discount::Percent(points),
            (None, Some(minor), Some(code)) => {
                let currency: Currency = code.parse().map_err(|_| unreadable(code))?;
                Discount::Amount(Money::new(minor, currency))
            }
            _ => return Err(unreadable(format!("coupon {} takes nothing off", CouponId(row.id)))),
        };
        Ok(Self {
            id: CouponId(row.id),
            creator: CreatorId(row.creator_id),
            code: row.code,
            discount,
            max_redemptions: row.max_redemptions,
            per_customer_limit: row.per_customer_limit,
            redemption_count: row.redemption_count,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            disabled_at: row.disabled_at,
        })
    }
}

/// Writes a coupon.
pub async fn insert(tx: &Tx, creator: CreatorId, new: &NewCoupon, discount: Discount) -> Result<CouponId> {
    let id = CouponId(tx.id());
    let (percent, amount) = match discount {
        Discount::Percent(points) => (i32::try_from(points).ok(), None),
        Discount::Amount(off) => (None, Some(off)),
    };
    let row = coupons::ActiveModel {
        id: Set(id.uuid()),
        creator_id: Set(creator.uuid()),
        code: Set(new.code.trim().to_owned()),
        code_folded: Set(folded_code(&new.code)),
        percent_off_basis_points: Set(percent),
        amount_off_minor: Set(amount.map(|off| off.minor)),
        currency: Set(amount.map(|off| off.currency.code().to_owned())),
        max_redemptions: Set(new.limits.max_redemptions.flatten()),
        per_customer_limit: Set(new.per_customer_limit),
        redemption_count: Set(0),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.limits.ends_at.flatten()),
        disabled_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    match coupons::Entity::insert(row).exec_without_returning(tx.conn()).await {
        Ok(_) => Ok(id),
        Err(error) if db::is_taken(&error, "coupons", &["creator_id", "code_folded"]) => {
            Err(CouponRefusal::CodeTaken.at(["input", "code"]).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes limits; what is absent stays.
pub async fn set_limits(
    tx: &Tx,
    id: CouponId,
    max_redemptions: Option<Option<i32>>,
    ends_at: Option<Option<Instant>>,
) -> Result<()> {
    let row = coupons::ActiveModel {
        id: Set(id.uuid()),
        max_redemptions: max_redemptions.map_or(NotSet, Set),
        ends_at: ends_at.map_or(NotSet, Set),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    coupons::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Switches a coupon off.
pub async fn disable(tx: &Tx, id: CouponId) -> Result<()> {
    let row = coupons::ActiveModel {
        id: Set(id.uuid()),
        disabled_at: Set(Some(tx.now())),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    coupons::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Limits a coupon to these offerings and no others; none = everything.
pub async fn set_scope(tx: &Tx, id: CouponId, offerings: &[OfferingId]) -> Result<()> {
    coupon_offerings::Entity::delete_many()
        .filter(coupon_offerings::Column::CouponId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let rows = offerings.iter().map(|offering| coupon_offerings::ActiveModel {
        coupon_id: Set(id.uuid()),
        offering_id: Set(offering.uuid()),
    });
    if !offerings.is_empty() {
        coupon_offerings::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// A coupon by key.
pub async fn coupon(conn: &impl ConnectionTrait, id: CouponId) -> Result<Option<Coupon>> {
    coupons::Entity::find_by_id(id.uuid()).one(conn).await?.map(Coupon::try_from).transpose()
}

/// A coupon, held until the transaction ends. SQLite has one writer.
pub async fn locked(tx: &Tx, id: CouponId) -> Result<Option<Coupon>> {
    let row = coupons::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(Coupon::try_from).transpose()
}

/// A creator's coupon by its code, in whatever case.
pub async fn by_code(conn: &impl ConnectionTrait, creator: CreatorId, code: &str) -> Result<Option<Coupon>> {
    let row = coupons::Entity::find()
        .filter(coupons::Column::CreatorId.eq(creator.uuid()))
        .filter(coupons::Column::CodeFolded.eq(folded_code(code)))
        .one(conn)
        .await?;
    row.map(Coupon::try_from).transpose()
}

/// What coupons are limited to; one without an entry is for everything.
pub async fn scopes(app: &App, ids: &[CouponId]) -> Result<HashMap<CouponId, Vec<OfferingId>>> {
    let rows = coupon_offerings::Entity::find()
        .filter(coupon_offerings::Column::CouponId.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(coupon_offerings::Column::OfferingId)
        .all(app.db.read())
        .await?;
    let mut scopes: HashMap<CouponId, Vec<OfferingId>> = HashMap::new();
    for row in rows {
        scopes.entry(CouponId(row.coupon_id)).or_default().push(OfferingId(row.offering_id));
    }
    Ok(scopes)
}

/// A creator's coupons, newest first.
pub async fn of_creator(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    page: &PageRequest,
) -> Result<Page<Coupon>> {
    let mut query = coupons::Entity::find().filter(coupons::Column::CreatorId.eq(creator.uuid()));
    if let Some(after) = &page.after {
        let id = after.first().and_then(|id| id.parse::<CouponId>().ok()).ok_or(Denied::BadCursor)?;
        query = query.filter(coupons::Column::Id.lt(id.uuid()));
    }
    let rows = query.order_by_desc(coupons::Column::Id).limit(page.limit()).all(conn).await?;
    let rows = rows.into_iter().map(Coupon::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, page))
}

/// How often a customer has used a coupon, by account or by address; what was released does not count.
pub async fn uses(conn: &impl ConnectionTrait, id: CouponId, customer: &Customer) -> Result<i64> {
    let text = "SELECT COUNT(*) AS uses FROM coupon_redemptions
        WHERE coupon_id = $1 AND state <> 'RELEASED' AND (user_id = $2 OR email_folded = $3)";
    let user = sea_orm::Value::from(customer.user.map(PublicId::uuid));
    let email = sea_orm::Value::from(customer.folded_email());
    let statement = db::sql(conn.get_database_backend(), text, [id.uuid().into(), user, email]);
    let row = conn.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Fault::new("counting uses of a coupon", "the database gave no row"))?;
    Ok(row.try_get("", "uses")?)
}

/// Takes one use of a coupon if there is one left: one statement, so that of many at once only as many succeed as the
/// limit lets. The coupon's row stays locked until the transaction ends.
pub async fn take_use(tx: &Tx, id: CouponId) -> Result<bool> {
    let text = "UPDATE coupons SET redemption_count = redemption_count + 1
        WHERE id = $1 AND disabled_at IS NULL
          AND (max_redemptions IS NULL OR redemption_count < max_redemptions)
          AND (starts_at IS NULL OR starts_at <= $2) AND (ends_at IS NULL OR ends_at > $2)";
    let statement = db::sql(tx.conn().get_database_backend(), text, [id.uuid().into(), tx.now().into()]);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected() == 1)
}

/// Writes down who took a use, for which order, worth how much.
pub async fn insert_redemption(
    tx: &Tx,
    id: CouponId,
    customer: &Customer,
    order: OrderId,
    worth: Money,
) -> Result<()> {
    use entity::coupon_redemptions as redemptions;
    let row = redemptions::ActiveModel {
        order_id: Set(order.uuid()),
        coupon_id: Set(id.uuid()),
        user_id: Set(customer.user.map(PublicId::uuid)),
        email_folded: Set(customer.folded_email().unwrap_or_default()),
        amount_minor: Set(worth.minor),
        currency: Set(worth.currency.code().to_owned()),
        state: Set("TAKEN".to_owned()),
        is_late: Set(false),
        taken_at: Set(tx.now()),
        counted_at: Set(None),
        released_at: Set(None),
    };
    redemptions::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The order is paid: its use counts for good. Money that arrives after the use was released takes it again, even over
/// the limit: the buyer has kept their part. The caller holds the order's lock.
pub async fn count_use(tx: &Tx, order: OrderId) -> Result<()> {
    let late = "UPDATE coupons SET redemption_count = redemption_count + 1
        WHERE id = (SELECT coupon_id FROM coupon_redemptions WHERE order_id = $1 AND state = 'RELEASED')";
    let counted = "UPDATE coupon_redemptions
        SET is_late = (state = 'RELEASED'), state = 'COUNTED', counted_at = $2, released_at = NULL
        WHERE order_id = $1 AND state <> 'COUNTED'";
    run(tx, late, vec![order.uuid().into()]).await?;
    run(tx, counted, vec![order.uuid().into(), tx.now().into()]).await
}

/// The order will not be paid: its use is free again. The caller holds the order's lock.
pub async fn release_use(tx: &Tx, order: OrderId) -> Result<()> {
    let back = "UPDATE coupons SET redemption_count = redemption_count - 1
        WHERE id = (SELECT coupon_id FROM coupon_redemptions WHERE order_id = $1 AND state = 'TAKEN')";
    let released = "UPDATE coupon_redemptions SET state = 'RELEASED', released_at = $2
        WHERE order_id = $1 AND state = 'TAKEN'";
    run(tx, back, vec![order.uuid().into()]).await?;
    run(tx, released, vec![order.uuid().into(), tx.now().into()]).await
}

async fn run(tx: &Tx, text: &str, binds: Vec<sea_orm::Value>) -> Result<()> {
    tx.conn().execute_raw(db::sql(tx.conn().get_database_backend(), text, binds)).await?;
    Ok(())
}

/// Why no use could be taken just now.
pub async fn why_not(tx: &Tx, id: CouponId) -> Result<Reason> {
    let coupon = coupon(tx.conn(), id).await?;
    Ok(coupon.map_or(Reason::Unknown, |coupon| coupon.closed_at(tx.now()).unwrap_or(Reason::UsedUp)))
}
