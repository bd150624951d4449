//! The way to the bank as a creator's team sees it.

use async_graphql::{Context, Enum, ID, Object};

use crate::creators::{self, Membership, Permission};
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{CountryCode, Ctx, CurrencyCode, Fallible, Url, answer, field};
use crate::kernel::{CreatorId, Result};
use crate::payload;
use crate::studio::graphql::desk;

use super::actions;
use super::model::{self, State};

payload! {
    /// Answer of `payoutAccountLinkCreate`.
    PayoutAccountLinkCreatePayload {
        /// Where to send the creator: works once and for minutes.
        url: Url,
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
}

async fn link(ctx: &Context<'_>, creator: &ID, return_url: &str) -> Result<Url> {
    let viewer = ctx.viewer()?;
    let creator: CreatorId = id(&["creatorId"], creator)?;
    let desk =
        creators::desk(ctx.app(), viewer, creator, Permission::Finance).await.missing_at(&["creatorId"])?;
    Ok(actions::onboarding_link(ctx.app(), &desk, return_url).await?.into())
}

/// Payouts' part of the studio.
#[derive(Clone)]
pub struct StudioPayouts(pub Membership);

#[Object]
impl StudioPayouts {
    /// The account money is sent to; null until the first link was made. Needs FINANCE.
    async fn payout_account(&self, ctx: &Context<'_>) -> Fallible<PayoutAccount> {
        let desk = match desk(&self.0, Permission::Finance) {
            Ok(desk) => desk,
            Err(denied) => return Some(Err(denied)),
        };
        let found = actions::account_of(ctx.app(), &desk).await;
        field(found.map(|found| found.map(PayoutAccount)))
    }
}

/// A creator's account.
pub struct PayoutAccount(model::PayoutAccount);

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
