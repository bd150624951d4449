//! Our own balance at Stripe: what it is, what moved it, and what was sent to a creator. For comparing, not for deciding.
//!
//! Keeps true: amounts are signed whole minor units as Stripe states them; each movement names what caused it.
//! Not here: what should have moved. The book knows that.
//!
//! Sources: <https://docs.stripe.com/api/balance_transactions>, <https://docs.stripe.com/api/balance>

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};
use stripe_core::balance_transaction::ListBalanceTransaction;

use crate::plain::{between, moment, path_id};
use crate::{StripeError, StripeGateway, UncertainCause};

/// The most Stripe gives at once.
const PAGE: i64 = 100;

/// One movement of our balance at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// `txn_…`.
    pub id: String,
    /// `charge`, `refund`, `transfer`, ….
    pub kind: String,
    /// What moved it: `ch_…`, `re_…`, `tr_…`; none for what Stripe did by itself.
    pub source: Option<String>,
    /// ISO code, upper case.
    pub currency: String,
    /// Plus is more for us.
    pub amount_minor: i64,
    /// What Stripe kept of it.
    pub fee_minor: i64,
    /// What it changed the balance by.
    pub net_minor: i64,
    /// When.
    pub created: DateTime<Utc>,
}

/// Movements, newest first.
#[derive(Clone, Debug)]
pub struct MovementPage {
    /// At most a hundred.
    pub movements: Vec<Movement>,
    /// Whether older ones follow; ask again with `behind`.
    pub has_more: bool,
}

/// What a creator's account was sent and had taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// By currency, in minor units: sent less taken back.
    pub left: BTreeMap<String, i64>,
    /// When the newest transfer was made.
    pub newest: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct WirePage<T> {
    data: Vec<T>,
    has_more: bool,
}

#[derive(Deserialize)]
struct WireMovement {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    source: Option<String>,
    currency: String,
    amount: i64,
    fee: i64,
    net: i64,
    created: i64,
}

#[derive(Deserialize)]
struct WireTransfer {
    id: String,
    amount: i64,
    amount_reversed: i64,
    currency: String,
    created: i64,
}

#[derive(Deserialize)]
struct WireBalance {
    available: Vec<WireAmount>,
    pending: Vec<WireAmount>,
}

#[derive(Deserialize)]
struct WireAmount {
    amount: i64,
    currency: String,
}

#[derive(serde::Serialize)]
struct TransfersTo<'a> {
    destination: &'a str,
    limit: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<String>,
}

impl StripeGateway {
    /// Lists one page of what moved our balance from a moment on, before another.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn movements(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        behind: Option<String>,
    ) -> Result<MovementPage, StripeError> {
        let mut request = ListBalanceTransaction::new().limit(PAGE).created(between(since, Some(until)));
        if let Some(behind) = behind {
            request = request.starting_after(behind);
        }
        self.asked(request.build(), |page: WirePage<WireMovement>| {
            let movements = page.data.into_iter().map(movement).collect::<Option<_>>()?;
            Some(MovementPage { movements, has_more: page.has_more })
        })
        .await
    }

    /// Our balance by currency: what can be used and what is still on its way to us.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn balance(&self) -> Result<BTreeMap<String, i64>, StripeError> {
        self.asked(RequestBuilder::new(StripeMethod::Get, "/balance"), |balance: WireBalance| {
            let mut sums = BTreeMap::new();
            for part in balance.available.into_iter().chain(balance.pending) {
                *sums.entry(part.currency.to_ascii_uppercase()).or_insert(0) += part.amount;
            }
            Some(sums)
        })
        .await
    }

    /// All that was ever sent to a creator's account, less what was taken back.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn sent_to(&self, account: &str) -> Result<Sent, StripeError> {
        let destination = path_id(account)?;
        let mut sent = Sent { left: BTreeMap::new(), newest: None };
        let mut behind = None;
        loop {
            let query = TransfersTo { destination, limit: PAGE, starting_after: behind };
            let request = RequestBuilder::new(StripeMethod::Get, "/transfers").query(&query);
            let page = self.asked(request, |page: WirePage<WireTransfer>| Some(page)).await?;
            for transfer in &page.data {
                let left = transfer.amount - transfer.amount_reversed;
                *sent.left.entry(transfer.currency.to_ascii_uppercase()).or_insert(0) += left;
                sent.newest = sent.newest.max(moment(transfer.created).ok());
            }
            behind = page.data.last().map(|transfer| transfer.id.clone());
            if !page.has_more || behind.is_none() {
                return Ok(sent);
            }
        }
    }

    async fn asked<W: DeserializeOwned, T>(
        &self,
        request: RequestBuilder,
        read: impl FnOnce(W) -> Option<T>,
    ) -> Result<T, StripeError> {
        let answer = self.raw(request, None).await?;
        let value = serde_json::from_slice(&answer.body).ok().and_then(read);
        value.ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }
}

fn movement(wire: WireMovement) -> Option<Movement> {
    Some(Movement {
        id: wire.id,
        kind: wire.kind,
        source: wire.source,
        currency: wire.currency.to_ascii_uppercase(),
        amount_minor: wire.amount,
        fee_minor: wire.fee,
        net_minor: wire.net,
        created: moment(wire.created).ok()?,
    })
}
