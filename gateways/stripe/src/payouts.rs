//! Payouts: money from a balance at Stripe to a bank, a creator's or ours; and when Stripe pays creators out by itself.
//!
//! Keeps true: a creator's payout is asked for and read in the name of their account; a word of Stripe's that this
//! version does not know is reported as such. "Paid" is not the end: a bank may send the money back for five days.
//! Not here: how much a creator may ask for.
//!
//! Source: <https://docs.stripe.com/api/payouts>, <https://docs.stripe.com/connect/manage-payout-schedule>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::plain::{moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// Money on its way from a balance at Stripe to a bank.
#[derive(Clone, Debug)]
pub struct Payout {
    /// `po_..`
    pub id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// How far it is.
    pub status: PayoutStatus,
    /// Whether Stripe made it by the schedule.
    pub automatic: bool,
    /// When the bank should have it.
    pub arrives_at: DateTime<Utc>,
    /// When it left the balance.
    pub created: DateTime<Utc>,
    /// Why it failed, in Stripe's words.
    pub failure: Option<String>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
}

/// How far a payout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutStatus {
    /// Not at the bank yet.
    Pending,
    /// The bank is at work.
    InTransit,
    /// The bank should have it.
    Paid,
    /// The bank sent it back.
    Failed,
    /// Called off before it left.
    Canceled,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

#[derive(Serialize)]
struct Wish<'a> {
    amount: i64,
    currency: String,
    metadata: &'a HashMap<String, String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    automatic: bool,
    arrival_date: i64,
    created: i64,
    failure_message: Option<String>,
    failure_code: Option<String>,
    metadata: Option<HashMap<String, String>>,
}

#[derive(Serialize)]
struct Settings<'a> {
    settings: Payouts<'a>,
}

#[derive(Serialize)]
struct Payouts<'a> {
    payouts: Scheduled<'a>,
}

#[derive(Serialize)]
struct Scheduled<'a> {
    schedule: Schedule<'a>,
}

#[derive(Serialize)]
struct Schedule<'a> {
    interval: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    weekly_anchor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_anchor: Option<u8>,
}

impl StripeGateway {
    /// Pays out of a creator's own balance to their bank.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` with `balance_insufficient` when there is too little that can be used.
    pub async fn create_payout(
        &self,
        key: &IdempotencyKey,
        account: &str,
        amount_minor: i64,
        currency: &str,
        metadata: HashMap<String, String>,
    ) -> Result<Payout, StripeError> {
        let wish =
            Wish { amount: amount_minor, currency: currency.to_ascii_lowercase(), metadata: &metadata };
        let request = RequestBuilder::new(StripeMethod::Post, "/payouts").form(&wish);
        let answer = self.raw_write(request, Some(path_id(account)?.to_owned()), key).await?;
        read(&answer.body).ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }

    /// Reads a payout of a creator's account, or of ours.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payout(&self, id: &str, account: Option<&str>) -> Result<Payout, StripeError> {
        let request = RequestBuilder::new(StripeMethod::Get, format!("/payouts/{}", path_id(id)?));
        let answer = self.raw(request, account.map(str::to_owned)).await?;
        read(&answer.body).ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }

    /// Says when Stripe pays a creator out by itself: `daily`, `weekly` (on Mondays), `monthly` (on the first) or
    /// `manual`.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn set_payout_interval(
        &self,
        key: &IdempotencyKey,
        account: &str,
        interval: &str,
    ) -> Result<(), StripeError> {
        let schedule = Schedule {
            interval,
            weekly_anchor: (interval == "weekly").then_some("monday"),
            monthly_anchor: (interval == "monthly").then_some(1),
        };
        let wish = Settings { settings: Payouts { payouts: Scheduled { schedule } } };
        let path = format!("/accounts/{}", path_id(account)?);
        let request = RequestBuilder::new(StripeMethod::Post, path).form(&wish);
        self.raw_write(request, None, key).await.map(drop)
    }
}

fn read(body: &[u8]) -> Option<Payout> {
    let wire: Wire = serde_json::from_slice(body).ok()?;
    Some(Payout {
        id: wire.id,
        amount_minor: wire.amount,
        currency: wire.currency.to_ascii_uppercase(),
        status: status(&wire.status),
        automatic: wire.automatic,
        arrives_at: moment(wire.arrival_date).ok()?,
        created: moment(wire.created).ok()?,
        failure: wire.failure_message.or(wire.failure_code),
        metadata: wire.metadata.unwrap_or_default(),
    })
}

fn status(word: &str) -> PayoutStatus {
    match word {
        "pending" => PayoutStatus::Pending,
        "in_transit" => PayoutStatus::InTransit,
        "paid" => PayoutStatus::Paid,
        "failed" => PayoutStatus::Failed,
        "canceled" => PayoutStatus::Canceled,
        _ => PayoutStatus::Unknown,
    }
}
