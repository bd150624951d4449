//! The account money is sent to, and when it is paid out by itself.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::values::{Money, MoneyInput};
use crate::graphql::{CountryCode, Ctx, CurrencyCode, required};

use super::super::actions;
use super::super::model::{self, Interval, State};

/// A creator's account.
pub struct PayoutAccount(pub model::PayoutAccount);

/// The account a creator's money is sent to.
#[Object]
impl PayoutAccount {
    /// How far it is.
    async fn state(&self) -> PayoutAccountState {
        self.0.state.into()
    }

    /// Where the creator lives; never changes.
    async fn country(&self) -> CountryCode {
        self.0.country.as_str().into()
    }

    /// What it is paid out in.
    async fn default_currency(&self) -> CurrencyCode {
        self.0.default_currency.as_str().into()
    }

    /// What the payment service wants to know, in its own names; late things first.
    async fn requirements(&self) -> &[String] {
        &self.0.requirements
    }

    /// By when it wants to know; later, payouts stop.
    async fn deadline(&self) -> Option<DateTime<Utc>> {
        self.0.due_by
    }

    /// Why the payment service holds the account back, in its own words, for example `requirements.past_due`.
    async fn disabled_reason(&self) -> Option<&str> {
        self.0.disabled_reason.as_deref()
    }

    /// When money is paid out by itself.
    async fn schedule(&self, ctx: &Context<'_>) -> async_graphql::Result<PayoutSchedule> {
        let interval = required(actions::schedule_of(ctx.app(), &self.0).await)?;
        Ok(PayoutSchedule { interval: interval.into(), minimum: None })
    }
}

/// How far a payout account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PayoutAccountState {
    /// Opened, the form not begun.
    NotStarted,
    /// Something is missing or being checked.
    Incomplete,
    /// Money can be sent.
    Active,
    /// The payment service holds it back.
    Restricted,
}

impl From<State> for PayoutAccountState {
    fn from(state: State) -> Self {
        match state {
            State::NotStarted => Self::NotStarted,
            State::ActionRequired | State::Pending => Self::Incomplete,
            State::Ready => Self::Active,
            State::Restricted | State::Rejected => Self::Restricted,
        }
    }
}

/// When money is paid out by itself.
#[derive(SimpleObject)]
pub struct PayoutSchedule {
    /// How often.
    pub interval: PayoutInterval,
    /// Not below this; null: whatever there is.
    pub minimum: Option<Money>,
}

/// When money shall be paid out by itself.
#[derive(Clone, Debug, InputObject)]
pub struct PayoutScheduleInput {
    /// How often.
    pub interval: PayoutInterval,
    /// Not below this. Not offered yet: NOT_ALLOWED when given.
    pub minimum: Option<MoneyInput>,
}

/// How often money is paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Interval")]
pub enum PayoutInterval {
    /// Every day.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
    /// Only with `payoutRequest`.
    Manual,
}
