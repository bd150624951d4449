//! Creators' own Stripe accounts: open one, send the creator to Stripe's form, read how far they got.
//!
//! Keeps true: the platform pays Stripe's fees and carries losses, Stripe collects what the law asks, and the
//! account is asked for nothing but receiving transfers. Coming back from the form proves nothing; only reading the
//! account does. Links are single use and minutes old, so they are made on the click and never mailed.
//! Not here: who owns which account. Accounts v2 would change `create_account` and `account` only.
//!
//! Source: <https://docs.stripe.com/api/accounts>, <https://docs.stripe.com/api/account_links>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use stripe_connect::account as wire;
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_shared::AccountCapabilitiesStatus;

use crate::plain::{Nonsense, currency_code, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// How far a creator's account is.
#[derive(Clone, Debug)]
pub struct AccountState {
    /// `acct_..`
    pub id: String,
    /// Whether we may send money to it.
    pub transfers: Capability,
    /// Whether it may take payments itself; we never ask it to.
    pub charges_enabled: bool,
    /// Whether Stripe pays out to the creator's bank.
    pub payouts_enabled: bool,
    /// Whether the creator finished the form at least once.
    pub details_submitted: bool,
    /// Fields Stripe wants by `deadline`, in Stripe's names.
    pub currently_due: Vec<String>,
    /// Fields it wanted earlier; something is switched off until they come.
    pub past_due: Vec<String>,
    /// Fields being checked; nothing to do.
    pub pending_verification: Vec<String>,
    /// Why the account is held back, in Stripe's words, for example `requirements.past_due` or `rejected.fraud`.
    pub disabled_reason: Option<String>,
    /// When `currently_due` becomes past due.
    pub deadline: Option<DateTime<Utc>>,
    /// Upper-case country code; never changes.
    pub country: Option<String>,
    /// When Stripe pays it out by itself: `daily`, `weekly`, `monthly` or `manual`.
    pub payout_interval: Option<String>,
    /// Upper-case ISO code the account is paid out in.
    pub default_currency: Option<String>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// Whether this is real money; taken from the key, since accounts do not say.
    pub livemode: bool,
}

/// State of one right of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Usable.
    Active,
    /// Not usable; see what is due.
    Inactive,
    /// Being checked.
    Pending,
    /// Never asked for.
    Absent,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

/// The way to Stripe's form.
#[derive(Clone, Debug)]
pub struct AccountLink {
    /// Single use, for this creator only.
    pub url: String,
    /// Minutes away.
    pub expires_at: DateTime<Utc>,
}

impl StripeGateway {
    /// Opens an account for a creator in `country` (two letters, unchangeable later).
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` for a country Stripe does not serve from ours.
    pub async fn create_account(
        &self,
        key: &IdempotencyKey,
        country: &str,
        email: &str,
        metadata: HashMap<String, String>,
    ) -> Result<AccountState, StripeError> {
        let livemode = self.livemode();
        let request = wire::CreateAccount::new()
            .country(country.to_ascii_uppercase())
            .email(email)
            .controller(controller())
            .capabilities(transfers_only())
            .metadata(metadata);
        self.write(key, &request, |account| state_from(account, livemode)).await
    }

    /// Reads how far an account is.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn account(&self, id: &str) -> Result<AccountState, StripeError> {
        let livemode = self.livemode();
        self.read(&wire::RetrieveAccount::new(path_id(id)?), |account| state_from(account, livemode)).await
    }

    /// Makes a link to Stripe's form. A new key for each click: a link works once.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_account_link(
        &self,
        key: &IdempotencyKey,
        account: &str,
        refresh_url: &str,
        return_url: &str,
    ) -> Result<AccountLink, StripeError> {
        let request = CreateAccountLink::new(account, CreateAccountLinkType::AccountOnboarding)
            .refresh_url(refresh_url)
            .return_url(return_url);
        self.write(key, &request, |link| {
            Ok(AccountLink { url: link.url, expires_at: moment(link.expires_at)? })
        })
        .await
    }
}

fn controller() -> wire::CreateAccountController {
    let mut fees = wire::CreateAccountControllerFees::new();
    fees.payer = Some(wire::CreateAccountControllerFeesPayer::Application);
    let mut losses = wire::CreateAccountControllerLosses::new();
    losses.payments = Some(wire::CreateAccountControllerLossesPayments::Application);
    let mut dashboard = wire::CreateAccountControllerStripeDashboard::new();
    dashboard.type_ = Some(wire::CreateAccountControllerStripeDashboardType::Express);
    let mut controller = wire::CreateAccountController::new();
    controller.fees = Some(fees);
    controller.losses = Some(losses);
    controller.stripe_dashboard = Some(dashboard);
    controller.requirement_collection = Some(wire::CreateAccountControllerRequirementCollection::Stripe);
    controller
}

fn transfers_only() -> wire::CreateAccountCapabilities {
    let mut transfers = wire::CreateAccountCapabilitiesTransfers::new();
    transfers.requested = Some(true);
    let mut capabilities = wire::CreateAccountCapabilities::new();
    capabilities.transfers = Some(transfers);
    capabilities
}

fn state_from(account: stripe_shared::Account, livemode: bool) -> Result<AccountState, Nonsense> {
    let transfers = account.capabilities.and_then(|capabilities| capabilities.transfers);
    let (mut currently_due, mut past_due, mut pending_verification) = Default::default();
    let (mut disabled_reason, mut deadline) = (None, None);
    if let Some(wanted) = account.requirements {
        currently_due = wanted.currently_due.unwrap_or_default();
        past_due = wanted.past_due.unwrap_or_default();
        pending_verification = wanted.pending_verification.unwrap_or_default();
        disabled_reason = wanted.disabled_reason.map(|reason| reason.as_str().to_owned());
        deadline = wanted.current_deadline.map(moment).transpose()?;
    }
    let payouts = account.settings.and_then(|settings| settings.payouts);
    Ok(AccountState {
        payout_interval: payouts.map(|payouts| payouts.schedule.interval),
        id: account.id.to_string(),
        transfers: capability_from(transfers.as_ref()),
        charges_enabled: account.charges_enabled.unwrap_or(false),
        payouts_enabled: account.payouts_enabled.unwrap_or(false),
        details_submitted: account.details_submitted.unwrap_or(false),
        currently_due,
        past_due,
        pending_verification,
        disabled_reason,
        deadline,
        country: account.country,
        default_currency: account.default_currency.as_ref().map(currency_code),
        metadata: account.metadata.unwrap_or_default(),
        livemode,
    })
}

fn capability_from(status: Option<&AccountCapabilitiesStatus>) -> Capability {
    match status {
        Some(AccountCapabilitiesStatus::Active) => Capability::Active,
        Some(AccountCapabilitiesStatus::Inactive) => Capability::Inactive,
        Some(AccountCapabilitiesStatus::Pending) => Capability::Pending,
        Some(_) => Capability::Unknown,
        None => Capability::Absent,
    }
}
