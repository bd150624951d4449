//! Money on its way to a creator's bank, and what it is made of.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::creators::{Permission, desk as seat};
use crate::graphql::connection::connect;
use crate::graphql::values::Money;
use crate::graphql::{Ctx, Date, Fallible, field, page_request, required};
use crate::kernel::{Denied, Error, PayoutId, Result};
use crate::payments;
use crate::payments::graphql::{LedgerEntry, LedgerEntryConnection};
use crate::{connection, loader};

use super::super::model::{self, PayoutState as State};
use super::super::store;
use super::PayoutStatement;

connection!(PayoutConnection, PayoutEdge, Payout, "payouts");

/// Money on its way to a creator's bank.
#[derive(Clone)]
pub struct Payout(pub model::Payout);

/// Money on its way to a creator's bank, or there.
#[Object]
impl Payout {
    /// `pay_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// How far it is.
    async fn state(&self) -> PayoutState {
        self.0.state.into()
    }

    /// The day the bank should have it.
    async fn arrives_on(&self) -> Option<Date> {
        self.0.arrives_at.map(|at| at.date_naive().to_string().into())
    }

    /// Why it failed, in the bank's words.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// Made by the schedule; false: asked for with `payoutRequest`.
    async fn is_automatic(&self) -> bool {
        self.0.is_automatic
    }

    /// The lines of the book that this payout brings to the bank, newest first.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<LedgerEntryConnection> {
        let list = format!("payout.entries:{}", self.0.id);
        let page = required(page_request(ctx, &list, first, after))?;
        let found = async {
            let references = store::references_of(ctx.app().db.read(), self.0.id).await?;
            let filter = payments::store::EntryFilter { references: Some(references), ..Default::default() };
            payments::store::entries(&ctx.app().db, self.0.creator, &filter, &page).await
        };
        let found = required(found.await)?;
        Ok(connect(ctx, &list, found, |entry| vec![entry.id.to_string()], LedgerEntry))
    }

    /// What it is made of, purchase by purchase; null until it has left the balance.
    async fn statement(&self, ctx: &Context<'_>) -> Fallible<PayoutStatement> {
        let found = store::statement_of(ctx.app().db.read(), self.0.id).await;
        field(found.map(|found| found.map(PayoutStatement)))
    }

    /// When it was made or asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

loader! {
    /// The payouts that brought transfers to the bank, by the transfers' ids at Stripe.
    PayoutOfTransfer: String => model::Payout = store::payouts_of_transfers
}

/// The payout that brought a transfer, or what was taken back of one, to the bank.
pub async fn payout_of_transfer(ctx: &Context<'_>, reference: &str) -> Result<Option<Payout>> {
    Ok(ctx.loaders().load::<PayoutOfTransfer, _>(reference.to_owned()).await?.map(Payout))
}

/// A payout by its id: for the team with FINANCE.
pub async fn visible_payout(ctx: &Context<'_>, id: PayoutId) -> Result<Option<Payout>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    let Some(payout) = store::payout(ctx.app().db.read(), id).await? else { return Ok(None) };
    match seat(ctx.app(), viewer, payout.creator, Permission::Finance).await {
        Ok(_) => Ok(Some(Payout(payout))),
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How far a payout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PayoutState {
    /// Asked for, or not at the bank yet.
    Pending,
    /// The bank is at work.
    InTransit,
    /// The bank should have it. It may still come back for five days.
    Paid,
    /// It came back; the money is on the balance again.
    Failed,
}

impl From<State> for PayoutState {
    fn from(state: State) -> Self {
        match state {
            State::Intended | State::Pending => Self::Pending,
            State::InTransit => Self::InTransit,
            State::Paid => Self::Paid,
            State::Refused | State::Failed => Self::Failed,
        }
    }
}
