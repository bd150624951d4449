//! Orders with their lines, shares and consents.

use std::collections::HashMap;

use entity::{consents, order_lines, order_shares, orders};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::affiliates::{self, model::Referral};
use crate::catalog::{self, model::Payee};
use crate::checkout::model::{Order, OrderLine, OrderStatus, Quote, QuoteLine, Share};
use crate::checkout::shares;
use crate::db::{self, Tx};
use crate::identity;
use crate::kernel::money::basis_points_of;
use crate::kernel::{
    AffiliateLinkId, CreatorId, Currency, Error, Instant, OrderId, OrderLineId, PublicId, Result, UserId,
    WorkshopSessionId,
};

use super::{taxes::insert_tax, unreadable};

/// An order to write, all of it frozen.
pub struct NewOrder<'a> {
    /// Key.
    pub id: OrderId,
    /// For people.
    pub number: String,
    /// Who buys; none for a guest.
    pub buyer: Option<UserId>,
    /// A guest's address, lower-cased.
    pub guest_email: Option<&'a str>,
    /// Where the receipt goes.
    pub buyer_email: &'a str,
    /// What at which price.
    pub quote: &'a Quote,
    /// The platform's part of each line.
    pub fees: &'a [i64],
    /// What was agreed to: kind and version.
    pub consents: &'a [(&'static str, String)],
    /// Days after payment in which the buyer may ask for the money back.
    pub refund_window_days: u32,
}

/// Writes an order with its lines, shares and consents; the keys of its lines, in order.
pub async fn insert_order(tx: &Tx, new: &NewOrder<'_>) -> Result<Vec<OrderLineId>> {
    let quote = new.quote;
    let row = orders::ActiveModel {
        id: Set(new.id.uuid()),
        number: Set(new.number.clone()),
        creator_id: Set(quote.creator.uuid()),
        buyer_id: Set(new.buyer.map(PublicId::uuid)),
        guest_email: Set(new.guest_email.map(str::to_owned)),
        buyer_email: Set(new.buyer_email.to_owned()),
        status: Set(OrderStatus::Pending.name().to_owned()),
        currency: Set(quote.currency.code().to_owned()),
        subtotal_minor: Set(quote.subtotal().minor),
        discount_minor: Set(quote.discount_total().minor),
        tax_minor: Set(quote.tax_total().minor),
        total_minor: Set(quote.total().minor),
        refunded_minor: Set(0),
        placed_at: Set(tx.now()),
        paid_at: Set(None),
        voided_at: Set(None),
        refund_window_days: Set(i32::try_from(new.refund_window_days).unwrap_or(i32::MAX)),
    };
    orders::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let lines = insert_lines(tx, new).await?;
    // Where nothing is due there is no sale to tell of: a trial.
    if let Some(tax) = quote.tax.as_ref().filter(|_| quote.total().minor > 0) {
        insert_tax(tx, new.id, tax).await?;
    }
    let agreed = new.consents.iter().map(|(kind, version)| consents::ActiveModel {
        id: Set(tx.id()),
        order_id: Set(new.id.uuid()),
        kind: Set((*kind).to_owned()),
        version: Set(version.clone()),
        accepted: Set(true),
        created_at: Set(tx.now()),
    });
    if !new.consents.is_empty() {
        consents::Entity::insert_many(agreed).exec_without_returning(tx.conn()).await?;
    }
    Ok(lines)
}

async fn insert_lines(tx: &Tx, new: &NewOrder<'_>) -> Result<Vec<OrderLineId>> {
    let mut offerings = new.quote.things();
    offerings.extend(new.quote.lines.iter().map(|line| line.offering));
    let payees = catalog::store::payees(tx.conn(), &offerings).await?;
    let referral = referral(tx, new, &payees).await?;
    let mut commissions = Vec::new();
    let mut lines = Vec::new();
    let mut shares = Vec::new();
    let mut ids = Vec::new();
    for (position, (line, fee)) in (0_i32..).zip(new.quote.lines.iter().zip(new.fees)) {
        let id = tx.id();
        ids.push(id);
        lines.push(order_lines::ActiveModel {
            id: Set(id),
            order_id: Set(new.id.uuid()),
            position: Set(position),
            offering_id: Set(line.offering),
            price_id: Set(line.price.uuid()),
            title_at_purchase: Set(line.title.clone()),
            amount_minor: Set(line.amount_minor),
            discount_minor: Set(line.discount_minor),
            tax_minor: Set(line.tax_minor),
            fee_minor: Set(*fee),
            gift_recipient: Set(line.gift.clone()),
        });
        let rest = line.amount_minor - line.tax_minor - fee;
        let earns = referral.filter(|referral| basis_points_of(rest, referral.basis_points) > 0);
        let commission =
            earns.map(|referral| Payee { creator: referral.payee, basis_points: referral.basis_points });
        let parts = line_shares((id, line), rest, new.quote.creator, &payees, commission)?;
        // The affiliate's is the last.
        commissions.extend(earns.and(parts.len().checked_sub(1)).map(|place| (id, place)));
        shares.extend(parts);
    }
    order_lines::Entity::insert_many(lines).exec_without_returning(tx.conn()).await?;
    order_shares::Entity::insert_many(shares).exec_without_returning(tx.conn()).await?;
    for (line, place) in commissions {
        let place = i32::try_from(place).unwrap_or(i32::MAX);
        if let Some(referral) = &referral {
            affiliates::store::insert_commission(tx, OrderLineId(line), place, referral).await?;
        }
    }
    super::parts::insert_parts(tx, new.quote, &ids).await?;
    Ok(ids.into_iter().map(OrderLineId).collect())
}

/// Who earns by this order, as things are at this moment; nobody who shares in it in another way or buys it.
async fn referral(
    tx: &Tx,
    new: &NewOrder<'_>,
    payees: &HashMap<Uuid, Vec<Payee>>,
) -> Result<Option<Referral>> {
    let Some(link) = new.quote.referral else { return Ok(None) };
    let seller = new.quote.creator;
    let found = affiliates::store::referral(tx.conn(), seller, AffiliateLinkId(link)).await?;
    // A guest may prove later that the address is an account's.
    let guest = match new.guest_email {
        Some(email) => identity::store::by_email(tx.conn(), email).await?.map(|known| known.account.id),
        None => None,
    };
    let buyer = new.buyer.or(guest);
    Ok(found.filter(|referral| {
        let shares = payees.values().flatten().any(|payee| payee.creator == referral.payee);
        !shares && referral.payee != seller && Some(referral.user) != buyer
    }))
}

/// Who gets what of a line, frozen: what changes later changes nothing about it.
fn line_shares(
    (line, bought): (Uuid, &QuoteLine),
    rest: i64,
    seller: CreatorId,
    payees: &HashMap<Uuid, Vec<Payee>>,
    commission: Option<Payee>,
) -> Result<Vec<order_shares::ActiveModel>> {
    let of = |thing: Uuid| payees.get(&thing).map(Vec::as_slice).unwrap_or_default();
    let items: Vec<_> = bought.parts.iter().map(|part| (part.amount_minor, of(part.offering))).collect();
    let parts = if items.is_empty() {
        shares::of_line(rest, seller, of(bought.offering), commission)
    } else {
        shares::of_bundle(rest, seller, &items, commission)
    };
    let parts =
        parts.ok_or_else(|| unreadable(format!("the parts of line {line} come to more than there is")))?;
    let rows = (0_i32..).zip(parts).map(|(position, (payee, amount))| order_shares::ActiveModel {
        order_line_id: Set(line),
        position: Set(position),
        payee_creator_id: Set(payee.creator.uuid()),
        basis_points: Set(i32::try_from(payee.basis_points).unwrap_or(i32::MAX)),
        amount_minor: Set(amount),
    });
    Ok(rows.collect())
}

/// An order by key.
pub async fn order(conn: &impl ConnectionTrait, id: OrderId) -> Result<Option<Order>> {
    orders::Entity::find_by_id(id.uuid()).one(conn).await?.map(Order::try_from).transpose()
}

/// An order by key, locked until the change commits. SQLite has one writer, so the transaction itself is the lock.
pub async fn lock_order(tx: &Tx, id: OrderId) -> Result<Option<Order>> {
    let row = orders::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(Order::try_from).transpose()
}

/// Writes that an order is paid.
pub async fn set_paid(tx: &Tx, id: OrderId, at: Instant) -> Result<()> {
    let change = orders::ActiveModel {
        id: Set(id.uuid()),
        status: Set(OrderStatus::Paid.name().to_owned()),
        paid_at: Set(Some(at)),
        voided_at: Set(None),
        ..Default::default()
    };
    orders::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Paid orders of a guest with this address (lower-cased) that are nobody's yet.
pub async fn unclaimed(conn: &impl ConnectionTrait, email: &str) -> Result<Vec<OrderId>> {
    let ids: Vec<uuid::Uuid> = orders::Entity::find()
        .select_only()
        .column(orders::Column::Id)
        .filter(orders::Column::GuestEmail.eq(email))
        .filter(orders::Column::BuyerId.is_null())
        .filter(orders::Column::PaidAt.is_not_null())
        .order_by_asc(orders::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(OrderId).collect())
}

/// Whether the buyer of an order has another, not paid yet, that holds seats at this session.
pub async fn holds_seats_elsewhere(
    conn: &impl ConnectionTrait,
    order: OrderId,
    session: WorkshopSessionId,
) -> Result<bool> {
    let text = "SELECT p.id FROM orders o
         JOIN orders b ON b.id <> o.id AND (b.buyer_id = o.buyer_id OR b.guest_email = o.guest_email)
         JOIN order_lines l ON l.order_id = b.id
         JOIN seats p ON p.order_line_id = l.id AND p.state = 'HELD'
         WHERE o.id = $1 AND p.session_id = $2 AND b.status = 'PENDING' LIMIT 1";
    let backend = conn.get_database_backend();
    let row =
        conn.query_one_raw(db::sql(backend, text, [order.uuid().into(), session.uuid().into()])).await?;
    Ok(row.is_some())
}

/// Writes whose a guest's order is. The caller holds its lock.
pub async fn set_buyer(tx: &Tx, id: OrderId, buyer: UserId) -> Result<()> {
    let change =
        orders::ActiveModel { id: Set(id.uuid()), buyer_id: Set(Some(buyer.uuid())), ..Default::default() };
    orders::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes that an order will not be paid.
pub async fn set_void(tx: &Tx, id: OrderId) -> Result<()> {
    let change = orders::ActiveModel {
        id: Set(id.uuid()),
        status: Set(OrderStatus::Void.name().to_owned()),
        voided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    orders::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes how much of an order was given back, and how it stands with that.
pub async fn set_refunded(tx: &Tx, id: OrderId, refunded_minor: i64, status: OrderStatus) -> Result<()> {
    let change = orders::ActiveModel {
        id: Set(id.uuid()),
        refunded_minor: Set(refunded_minor),
        status: Set(status.name().to_owned()),
        ..Default::default()
    };
    orders::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Orders by key.
pub async fn orders(conn: &impl ConnectionTrait, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = orders::Entity::find().filter(orders::Column::Id.is_in(keys)).all(conn).await?;
    rows.into_iter().map(|row| Ok((OrderId(row.id), Order::try_from(row)?))).collect()
}

/// The lines of many orders, in their order.
pub async fn lines(conn: &impl ConnectionTrait, ids: &[OrderId]) -> Result<HashMap<OrderId, Vec<OrderLine>>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = order_lines::Entity::find()
        .filter(order_lines::Column::OrderId.is_in(keys))
        .order_by_asc(order_lines::Column::Position)
        .all(conn)
        .await?;
    let mut lines: HashMap<OrderId, Vec<OrderLine>> = HashMap::new();
    for row in rows {
        lines.entry(OrderId(row.order_id)).or_default().push(OrderLine::from(row));
    }
    Ok(lines)
}

/// A line by key.
pub async fn line(conn: &impl ConnectionTrait, id: OrderLineId) -> Result<Option<OrderLine>> {
    Ok(order_lines::Entity::find_by_id(id.uuid()).one(conn).await?.map(OrderLine::from))
}

/// Who gets what of an order, over all its lines.
pub async fn shares(conn: &impl ConnectionTrait, lines: &[OrderLine]) -> Result<Vec<Share>> {
    let keys = lines.iter().map(|line| line.id.uuid());
    let rows = order_shares::Entity::find()
        .filter(order_shares::Column::OrderLineId.is_in(keys))
        .order_by_asc(order_shares::Column::OrderLineId)
        .order_by_asc(order_shares::Column::Position)
        .all(conn)
        .await?;
    let shares = rows.into_iter().map(|row| Share {
        line: OrderLineId(row.order_line_id),
        position: row.position,
        payee: CreatorId(row.payee_creator_id),
        amount_minor: row.amount_minor,
    });
    Ok(shares.collect())
}

impl TryFrom<orders::Model> for Order {
    type Error = Error;
    fn try_from(row: orders::Model) -> Result<Self> {
        Ok(Self {
            id: OrderId(row.id),
            status: OrderStatus::of(&row.status).ok_or_else(|| unreadable(&row.status))?,
            currency: row.currency.parse::<Currency>().map_err(unreadable)?,
            number: row.number,
            creator: CreatorId(row.creator_id),
            buyer: row.buyer_id.map(UserId),
            buyer_email: row.buyer_email,
            guest_email: row.guest_email,
            subtotal_minor: row.subtotal_minor,
            discount_minor: row.discount_minor,
            tax_minor: row.tax_minor,
            total_minor: row.total_minor,
            refunded_minor: row.refunded_minor,
            placed_at: row.placed_at,
            paid_at: row.paid_at,
            refund_window_days: row.refund_window_days,
        })
    }
}

impl From<order_lines::Model> for OrderLine {
    fn from(row: order_lines::Model) -> Self {
        Self {
            id: row.id.into(),
            order: OrderId(row.order_id),
            offering: row.offering_id,
            title: row.title_at_purchase,
            amount_minor: row.amount_minor,
            tax_minor: row.tax_minor,
            fee_minor: row.fee_minor,
            gift_recipient: row.gift_recipient,
        }
    }
}
