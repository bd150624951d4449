//! Checkouts, and whom Stripe knows a buyer as.

use entity::{checkouts, stripe_customers, stripe_prices};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::checkout::model::{Checkout, CheckoutStatus, PurchaseOption, Quote};
use crate::db::Tx;
use crate::kernel::{CheckoutId, Error, Fault, Instant, OrderId, PriceId, PublicId, Result, UserId};

use super::unreadable;

/// A checkout to write.
pub struct NewCheckout<'a> {
    /// Key.
    pub id: CheckoutId,
    /// For which order.
    pub order: OrderId,
    /// Whose; none for a guest.
    pub user: Option<UserId>,
    /// SHA-256 of what a guest sees it with.
    pub secret_hash: Option<String>,
    /// How it is paid.
    pub option: PurchaseOption,
    /// What was agreed.
    pub quote: &'a Quote,
    /// Where the buyer comes back to.
    pub return_url: &'a str,
    /// Where "back" leads.
    pub cancel_url: Option<&'a str>,
    /// When it can no longer be paid.
    pub expires_at: Instant,
}

/// Writes an open checkout.
pub async fn insert_checkout(tx: &Tx, new: &NewCheckout<'_>) -> Result<()> {
    let quote = serde_json::to_value(new.quote)
        .map_err(|cause| Error::Fault(Fault::new("writing a quote", cause)))?;
    let row = checkouts::ActiveModel {
        id: Set(new.id.uuid()),
        order_id: Set(new.order.uuid()),
        user_id: Set(new.user.map(PublicId::uuid)),
        secret_hash: Set(new.secret_hash.clone()),
        status: Set(CheckoutStatus::Open.name().to_owned()),
        purchase_option: Set(new.option.name().to_owned()),
        quote: Set(quote),
        return_url: Set(new.return_url.to_owned()),
        cancel_url: Set(new.cancel_url.map(str::to_owned)),
        stripe_session_id: Set(None),
        redirect_url: Set(None),
        stripe_intent_id: Set(None),
        stripe_intent_secret: Set(None),
        failure_code: Set(None),
        expires_at: Set(new.expires_at),
        finished_at: Set(None),
        created_at: Set(tx.now()),
    };
    checkouts::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A checkout by key.
pub async fn checkout(conn: &impl ConnectionTrait, id: CheckoutId) -> Result<Option<Checkout>> {
    checkouts::Entity::find_by_id(id.uuid()).one(conn).await?.map(Checkout::try_from).transpose()
}

/// A checkout by its page at Stripe.
pub async fn checkout_of_session(conn: &impl ConnectionTrait, session: &str) -> Result<Option<Checkout>> {
    let row =
        checkouts::Entity::find().filter(checkouts::Column::StripeSessionId.eq(session)).one(conn).await?;
    row.map(Checkout::try_from).transpose()
}

/// What a guest proves an order to be theirs with, as SHA-256: that of its checkout.
pub async fn guest_secret(conn: &impl ConnectionTrait, order: OrderId) -> Result<Option<String>> {
    let row = checkouts::Entity::find()
        .filter(checkouts::Column::OrderId.eq(order.uuid()))
        .filter(checkouts::Column::SecretHash.is_not_null())
        .one(conn)
        .await?;
    Ok(row.and_then(|row| row.secret_hash))
}

/// What the buyer of an order agreed to; none for what no checkout led to.
pub async fn quote_of_order(conn: &impl ConnectionTrait, order: OrderId) -> Result<Option<Quote>> {
    let row = checkouts::Entity::find()
        .filter(checkouts::Column::OrderId.eq(order.uuid()))
        .order_by_desc(checkouts::Column::Id)
        .one(conn)
        .await?;
    row.map(|row| serde_json::from_value(row.quote).map_err(unreadable)).transpose()
}

/// Checkouts that can still be paid although their time is over.
pub async fn overdue(conn: &impl ConnectionTrait, before: Instant) -> Result<Vec<Checkout>> {
    let undecided = [CheckoutStatus::Open.name(), CheckoutStatus::Processing.name()];
    let rows = checkouts::Entity::find()
        .filter(checkouts::Column::Status.is_in(undecided))
        .filter(checkouts::Column::ExpiresAt.lt(before))
        .order_by_asc(checkouts::Column::ExpiresAt)
        .limit(200)
        .all(conn)
        .await?;
    rows.into_iter().map(Checkout::try_from).collect()
}

/// Notes the page Stripe opened.
pub async fn set_page(
    tx: &Tx,
    id: CheckoutId,
    session: &str,
    url: Option<&str>,
    until: Instant,
) -> Result<()> {
    let change = checkouts::ActiveModel {
        id: Set(id.uuid()),
        stripe_session_id: Set(Some(session.to_owned())),
        redirect_url: Set(url.map(str::to_owned)),
        expires_at: Set(until),
        ..Default::default()
    };
    checkouts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes the payment Stripe opened for an app's sheet.
pub async fn set_payment(tx: &Tx, id: CheckoutId, intent: &str, secret: &str) -> Result<()> {
    let change = checkouts::ActiveModel {
        id: Set(id.uuid()),
        stripe_intent_id: Set(Some(intent.to_owned())),
        stripe_intent_secret: Set(Some(secret.to_owned())),
        ..Default::default()
    };
    checkouts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Gives a checkout more time, before a new attempt to open its page.
pub async fn set_expiry(tx: &Tx, id: CheckoutId, until: Instant) -> Result<()> {
    let change = checkouts::ActiveModel { id: Set(id.uuid()), expires_at: Set(until), ..Default::default() };
    checkouts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes a checkout's new status. The caller holds its order's lock.
pub async fn set_checkout_status(
    tx: &Tx,
    id: CheckoutId,
    status: CheckoutStatus,
    failure: Option<&str>,
) -> Result<()> {
    let change = checkouts::ActiveModel {
        id: Set(id.uuid()),
        status: Set(status.name().to_owned()),
        failure_code: Set(failure.map(str::to_owned)),
        finished_at: Set(status.is_over().then(|| tx.now())),
        ..Default::default()
    };
    checkouts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Whom Stripe knows a user as.
pub async fn customer(conn: &impl ConnectionTrait, user: UserId) -> Result<Option<String>> {
    let row = stripe_customers::Entity::find_by_id(user.uuid()).one(conn).await?;
    Ok(row.map(|row| row.customer_id))
}

/// Remembers whom Stripe knows a user as.
pub async fn insert_customer(tx: &Tx, user: UserId, customer: &str) -> Result<()> {
    let row = stripe_customers::ActiveModel {
        user_id: Set(user.uuid()),
        customer_id: Set(customer.to_owned()),
        created_at: Set(tx.now()),
    };
    // Two calls at once used one key and so got one customer.
    stripe_customers::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Whom Stripe knows a recurring price as.
pub async fn stripe_price(conn: &impl ConnectionTrait, price: PriceId) -> Result<Option<String>> {
    let row = stripe_prices::Entity::find_by_id(price.uuid()).one(conn).await?;
    Ok(row.map(|row| row.stripe_price_id))
}

/// Remembers whom Stripe knows a recurring price as.
pub async fn insert_stripe_price(tx: &Tx, price: PriceId, stripe_price: &str) -> Result<()> {
    let row = stripe_prices::ActiveModel {
        price_id: Set(price.uuid()),
        stripe_price_id: Set(stripe_price.to_owned()),
        created_at: Set(tx.now()),
    };
    // Two calls at once used one key and so got one price.
    stripe_prices::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

impl TryFrom<checkouts::Model> for Checkout {
    type Error = Error;
    fn try_from(row: checkouts::Model) -> Result<Self> {
        Ok(Self {
            id: CheckoutId(row.id),
            order: OrderId(row.order_id),
            user: row.user_id.map(UserId),
            secret_hash: row.secret_hash,
            status: CheckoutStatus::of(&row.status).ok_or_else(|| unreadable(&row.status))?,
            option: PurchaseOption::of(&row.purchase_option)
                .ok_or_else(|| unreadable(&row.purchase_option))?,
            quote: serde_json::from_value(row.quote).map_err(unreadable)?,
            return_url: row.return_url,
            cancel_url: row.cancel_url,
            stripe_session: row.stripe_session_id,
            redirect_url: row.redirect_url,
            stripe_intent: row.stripe_intent_id,
            intent_secret: row.stripe_intent_secret,
            failure: row.failure_code,
            expires_at: row.expires_at,
        })
    }
}
