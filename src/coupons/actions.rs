//! Making coupons, and using them.

use std::collections::HashSet;

use crate::app::App;
use crate::catalog;
use crate::creators::{Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::text::Checks;
use crate::kernel::{
    CouponId, CreatorId, Currency, Denied, Fault, Money, OfferingId, OrderId, Refusal, Result, Viewer,
};

use super::model::{Coupon, Customer, Item, Limits, NewCoupon, Reason};
use super::refusals::CouponRefusal as No;
use super::store;

/// Makes a coupon.
pub async fn create(app: &App, viewer: &Viewer, creator: CreatorId, new: NewCoupon) -> Result<CouponId> {
    let desk = desk(app, viewer, creator, Permission::Marketing).await?;
    let mut checks = Checks::default();
    let discount = new.checked(app.now(), &mut checks);
    checks.done()?;
    let discount = discount.ok_or_else(|| Fault::new("making a coupon", "a discount passed as nothing"))?;
    let mut tx = app.begin().await?;
    let id = store::insert(&tx, desk.creator_id, &new, discount).await?;
    if let Some(offerings) = &new.limits.offerings {
        set_scope(&tx, creator, id, offerings).await?;
    }
    tx.record(Event::new("coupon.created", id).of_creator(creator));
    tx.commit().await?;
    Ok(id)
}

/// Changes how often, until when and for what a coupon is good. Uses that were taken stay.
pub async fn update(app: &App, viewer: &Viewer, id: CouponId, limits: Limits) -> Result<CouponId> {
    let known = seen(app, viewer, id).await?;
    let mut checks = Checks::default();
    limits.checked(app.now(), &mut checks);
    checks.done()?;
    let mut tx = app.begin().await?;
    let coupon = store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
    if coupon.disabled_at.is_some() {
        return Err(No::Disabled.at(["id"]).into());
    }
    if limits.max_redemptions.flatten().is_some_and(|most| most < coupon.redemption_count) {
        return Err(No::BelowUses(coupon.redemption_count).at(["input", "maxRedemptions"]).into());
    }
    let end = limits.ends_at.flatten();
    if coupon.starts_at.zip(end).is_some_and(|(start, end)| end <= start) {
        return Err(No::EndsBeforeStart.at(["input", "endsAt"]).into());
    }
    store::set_limits(&tx, id, limits.max_redemptions, limits.ends_at).await?;
    if let Some(offerings) = &limits.offerings {
        set_scope(&tx, known.creator, id, offerings).await?;
    }
    tx.record(Event::new("coupon.updated", id).of_creator(known.creator));
    tx.commit().await?;
    Ok(id)
}

/// Switches a coupon off for good. Orders that were placed with it keep their price.
pub async fn disable(app: &App, viewer: &Viewer, id: CouponId) -> Result<CouponId> {
    let known = seen(app, viewer, id).await?;
    let mut tx = app.begin().await?;
    let coupon = store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
    if coupon.disabled_at.is_none() {
        store::disable(&tx, id).await?;
        tx.record(Event::new("coupon.disabled", id).of_creator(known.creator));
        tx.commit().await?;
    }
    Ok(id)
}

/// A coupon, for those who may change it.
pub async fn seen(app: &App, viewer: &Viewer, id: CouponId) -> Result<Coupon> {
    let coupon = store::coupon(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    desk(app, viewer, coupon.creator, Permission::Marketing).await?;
    Ok(coupon)
}

async fn set_scope(tx: &Tx, creator: CreatorId, id: CouponId, offerings: &[OfferingId]) -> Result<()> {
    let mut checks = Checks::default();
    let mut named = HashSet::new();
    for (at, offering) in offerings.iter().enumerate() {
        let path = ["input".to_owned(), "offeringIds".to_owned(), at.to_string()];
        let found = catalog::store::offering(tx.conn(), *offering).await?;
        if found.is_none_or(|found| found.creator != creator) {
            checks.add(No::NotYours.at(path));
        } else if !named.insert(*offering) {
            checks.add(No::NamedTwice.at(path));
        }
    }
    checks.done()?;
    store::set_scope(tx, id, offerings).await
}

/// A code that takes something off a basket.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Which coupon.
    pub coupon: CouponId,
    /// All that is taken off.
    pub off_minor: i64,
    /// What each item may give up at most; nothing where the coupon does not apply.
    pub bases: Vec<i64>,
}

/// What a code takes off these things of a creator now, for this customer, or why nothing. Nothing is written: limits are
/// kept when the code is redeemed.
pub async fn look(
    app: &App,
    creator: CreatorId,
    code: &str,
    customer: &Customer,
    (items, currency): (&[Item], Currency),
) -> Result<std::result::Result<Applied, Reason>> {
    let Some(coupon) = store::by_code(app.db.read(), creator, code).await? else {
        return Ok(Err(Reason::Unknown));
    };
    if let Some(reason) = coupon.closed_at(app.now()) {
        return Ok(Err(reason));
    }
    if let Some(limit) = coupon.per_customer_limit
        && store::uses(app.db.read(), coupon.id, customer).await? >= i64::from(limit)
    {
        return Ok(Err(Reason::UsedUpByCustomer));
    }
    let scope = store::scopes(app, &[coupon.id]).await?.remove(&coupon.id).unwrap_or_default();
    let taken = coupon.takes_off(items, &scope, currency);
    Ok(taken.map(|(off_minor, bases)| Applied { coupon: coupon.id, off_minor, bases }))
}

/// Uses a coupon for an order, inside the order's transaction. Of many at the same moment, as many succeed as its limits
/// let: the first statement takes the use and locks the coupon's row, and the customer's uses are counted under that
/// lock. Dropped with the transaction if the order comes to nothing.
pub async fn redeem(
    tx: &Tx,
    id: CouponId,
    customer: &Customer,
    order: OrderId,
    worth: Money,
) -> Result<std::result::Result<(), Reason>> {
    if !store::take_use(tx, id).await? {
        return Ok(Err(store::why_not(tx, id).await?));
    }
    let coupon = store::coupon(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if let Some(limit) = coupon.per_customer_limit
        && store::uses(tx.conn(), id, customer).await? >= i64::from(limit)
    {
        return Ok(Err(Reason::UsedUpByCustomer));
    }
    store::insert_redemption(tx, id, customer, order, worth).await?;
    Ok(Ok(()))
}
