//! Giving a buyer their money back when the creator's team does not.

use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::kernel::{Denied, OrderId, Result};
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};
use crate::refunds::actions::{Alongside, Override, give_by_operator};
use crate::refunds::model::{Refund, Wish};

use super::{Operator, words};

/// Gives money back, whatever the window and whoever objects; never more than is left. An operator vouches for it while
/// the buyer's bank disputes the payment, and Stripe still refuses if the bank has taken it. The same key gives the
/// same refund again.
pub async fn refund(
    app: &App,
    operator: &Operator,
    order: OrderId,
    wish: Wish,
    key: Uuid,
    reason: &str,
) -> Result<Refund> {
    let reason = words(reason, 1000, No::ReasonMissing, "reason")?;
    let placed = checkout::store::order(app.db.read(), order).await?.ok_or(Denied::NotFound)?;
    let who = operator.clone();
    let audit: Alongside = Box::new(move |tx| {
        Box::pin(async move {
            let (subject, creator) = (order.to_string(), Some(placed.creator));
            let act = Act { action: "order.refund", subject, creator, reason: Some(&reason) };
            store::audit(tx, &who, act).await
        })
    });
    let vouched = Override::DisputeStillRefundable;
    give_by_operator(app, operator.user_id, order, wish, key, vouched, audit).await
}
