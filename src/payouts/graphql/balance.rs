//! What is the creator's, what of it waits and why, and what the next payout will be.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::checkout::graphql::{Order, visible_order};
use crate::graphql::values::Money;
use crate::graphql::{Date, Fallible, field};
use crate::kernel;

use super::super::actions::Standing;
use super::super::model::{self, WaitingReason};

/// The most parts of a balance that are named one by one; the sums hold all.
const MOST_HOLDS: usize = 100;

/// What is a creator's.
pub struct Balance(pub Standing);

/// What is a creator's, an amount for each currency.
#[Object]
impl Balance {
    /// Ready to be sent to the bank. Below zero when buyers got back more than was left.
    async fn available(&self) -> Vec<Money> {
        shown(self.0.available())
    }

    /// Sold, and held until buyers can no longer ask for it back.
    async fn pending(&self) -> Vec<Money> {
        shown(self.0.pending())
    }

    /// Held because a buyer's bank disputes it.
    async fn reserved(&self) -> Vec<Money> {
        shown(self.0.reserved())
    }

    /// When money goes to the bank next by itself; null while nothing is planned.
    async fn next_payout_on(&self) -> Option<Date> {
        self.0.forecast().map(|next| next.on.to_string().into())
    }

    /// What waits, purchase by purchase, the longest waiting first; at most 100.
    async fn holds(&self) -> Vec<BalanceHold> {
        self.0.waiting().into_iter().take(MOST_HOLDS).map(BalanceHold).collect()
    }

    /// What the next payout will be if nothing is refunded until then; null while nothing is planned.
    async fn forecast(&self) -> Option<PayoutForecast> {
        let next = self.0.forecast()?;
        Some(PayoutForecast { on: next.on.to_string().into(), amounts: shown(next.amounts) })
    }
}

fn shown(amounts: Vec<kernel::Money>) -> Vec<Money> {
    amounts.into_iter().map(Money).collect()
}

/// What the next payout will be.
#[derive(SimpleObject)]
pub struct PayoutForecast {
    /// The day it leaves.
    pub on: Date,
    /// How much, for each currency.
    pub amounts: Vec<Money>,
}

/// Money that waits.
pub struct BalanceHold(model::Waiting);

/// Money that waits: why, until when, and what the creator must do.
#[Object]
impl BalanceHold {
    /// How much; below zero: owed back.
    async fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Why.
    async fn reason(&self) -> BalanceHoldReason {
        self.0.reason.into()
    }

    /// Until when; null where nobody knows.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.0.until
    }

    /// What the creator must do; null: nothing but wait.
    async fn action(&self) -> Option<&str> {
        self.0.reason.action()
    }

    /// The purchase it comes from; null for a share of another creator's sale.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<Order> {
        let id = self.0.order?;
        field(visible_order(ctx, id).await)
    }
}

/// Why money waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "WaitingReason")]
pub enum BalanceHoldReason {
    /// Its buyer may still ask for it back.
    RefundWindow,
    /// Its buyer's bank disputes it.
    Dispute,
    /// There is no payout account, or its form is not finished.
    AccountIncomplete,
    /// The payment service is checking the account.
    AccountInReview,
    /// The payment service holds the account back.
    AccountRestricted,
    /// The platform is looking at the account.
    PlatformReview,
    /// It is on its way within the hour.
    OnItsWay,
    /// It is kept for what buyers got back.
    OwedBack,
}
