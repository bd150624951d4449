//! The way to the bank as a creator's team sees it.

mod account;
mod balance;
mod payout;
mod statement;

use async_graphql::{Context, ID, Object};

use crate::creators::{self, Desk, Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::values::{MoneyInput, money};
use crate::graphql::{Ctx, Fallible, Url, Uuid, answer, field, page_request, required};
use crate::kernel::{CreatorId, Result};
use crate::payload;
use crate::studio::graphql::desk;

use super::actions;

pub use account::*;
pub use balance::*;
pub use payout::*;
pub use statement::*;

payload! {
    /// Answer of `payoutAccountLinkCreate`.
    PayoutAccountLinkCreatePayload {
        /// Where to send the creator: works once and for minutes.
        url: Url,
    }
}

payload! {
    /// Answer of `payoutScheduleUpdate`.
    PayoutScheduleUpdatePayload {
        /// The account as it is now.
        payout_account: PayoutAccount,
    }
}

payload! {
    /// Answer of `payoutRequest`.
    PayoutRequestPayload {
        /// The money on its way.
        payout: Payout,
    }
}

/// Payouts' mutations.
#[derive(Default)]
pub struct PayoutsMutation;

#[Object]
impl PayoutsMutation {
    /// Makes a link to the payment service's own form, where the creator says who they are and where their bank is.
    /// The first call opens their account there. Needs FINANCE.
    async fn payout_account_link_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "Where the form sends them back to. Then read `studio.payoutAccount`.")] return_url: Url,
    ) -> Fallible<PayoutAccountLinkCreatePayload> {
        let done = link(ctx, &creator_id, &return_url).await;
        answer(done.map(|url| PayoutAccountLinkCreatePayload { url: Some(url), user_errors: Vec::new() }))
    }

    /// Says when money is paid out by itself. Needs FINANCE.
    async fn payout_schedule_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "From now on.")] schedule: PayoutScheduleInput,
    ) -> Fallible<PayoutScheduleUpdatePayload> {
        let done = reschedule(ctx, &creator_id, &schedule).await;
        answer(done.map(|account| PayoutScheduleUpdatePayload {
            payout_account: Some(account),
            user_errors: Vec::new(),
        }))
    }

    /// Sends money from the creator's balance at the payment service to their bank now. PAYOUT_ACCOUNT_INCOMPLETE
    /// before the account is ready, INSUFFICIENT_BALANCE for more than there is. Needs FINANCE.
    async fn payout_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "How much.")] amount: MoneyInput,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<PayoutRequestPayload> {
        let done = request(ctx, &creator_id, &amount, idempotency_key).await;
        answer(done.map(|payout| PayoutRequestPayload { payout: Some(payout), user_errors: Vec::new() }))
    }
}

async fn link(ctx: &Context<'_>, creator: &ID, return_url: &str) -> Result<Url> {
    let desk = finance(ctx, creator).await?;
    Ok(actions::onboarding_link(ctx.app(), &desk, return_url).await?.into())
}

async fn reschedule(ctx: &Context<'_>, creator: &ID, wish: &PayoutScheduleInput) -> Result<PayoutAccount> {
    let desk = finance(ctx, creator).await?;
    let interval = wish.interval.into();
    let account = actions::set_schedule(ctx.app(), &desk, interval, wish.minimum.is_some()).await?;
    Ok(PayoutAccount(account))
}

async fn request(ctx: &Context<'_>, creator: &ID, amount: &MoneyInput, key: Uuid) -> Result<Payout> {
    let desk = finance(ctx, creator).await?;
    let amount = money(&["amount"], amount)?;
    Ok(Payout(actions::request_payout(ctx.app(), &desk, amount, key.0).await?))
}

async fn finance(ctx: &Context<'_>, creator: &ID) -> Result<Desk> {
    let viewer = ctx.viewer()?;
    let creator: CreatorId = id(&["creatorId"], creator)?;
    creators::desk(ctx.app(), viewer, creator, Permission::Finance).await.missing_at(&["creatorId"])
}

/// Payouts' part of the studio. Everything here needs FINANCE.
#[derive(Clone)]
pub struct StudioPayouts(pub Membership);

#[Object]
impl StudioPayouts {
    /// The account money is sent to; null until the first link was made.
    async fn payout_account(&self, ctx: &Context<'_>) -> Fallible<PayoutAccount> {
        let desk = match desk(&self.0, Permission::Finance) {
            Ok(desk) => desk,
            Err(denied) => return Some(Err(denied)),
        };
        let found = actions::account_of(ctx.app(), &desk).await;
        field(found.map(|found| found.map(PayoutAccount)))
    }

    /// What is the creator's, for each currency; what waits, why, and what comes next.
    async fn balance(&self, ctx: &Context<'_>) -> async_graphql::Result<Balance> {
        let desk = desk(&self.0, Permission::Finance)?;
        Ok(Balance(required(actions::standing(ctx.app(), &desk).await)?))
    }

    /// Money on its way to the bank or there, newest first.
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<PayoutConnection> {
        let desk = desk(&self.0, Permission::Finance)?;
        let list = "studio.payouts";
        let page = required(page_request(ctx, list, first, after))?;
        let found = required(actions::payouts_of(ctx.app(), &desk, &page).await)?;
        Ok(connect(ctx, list, found, |payout| vec![payout.id.to_string()], Payout))
    }

    /// All statements as one CSV file, each sealed with the one before; the address works for 15 minutes. How to check
    /// it: `docs/statements.md`.
    async fn statements_url(&self, ctx: &Context<'_>) -> async_graphql::Result<Url> {
        let desk = desk(&self.0, Permission::Finance)?;
        Ok(actions::statements_address(ctx.app(), &desk).into())
    }
}
