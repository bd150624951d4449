//! Transfers: money from our balance to a creator's account, and back.
//!
//! Keeps true: every transfer names the charge it comes from, so Stripe itself refuses to send more than was paid; it
//! carries our ids, so that it can be found again without our database; a reversal is in the transfer's currency.
//! Not here: how much may be sent, and the creator's own bank.
//!
//! Source: <https://docs.stripe.com/connect/separate-charges-and-transfers>, <https://docs.stripe.com/api/transfers>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use stripe_connect::transfer::{CreateTransfer, ListTransfer, RetrieveTransfer};
use stripe_connect::transfer_reversal::CreateIdTransferReversal;

use crate::plain::{Nonsense, currency_code, currency_of, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// The most Stripe gives at once.
const PAGE: i64 = 100;

/// Money to be sent to a creator's account.
#[derive(Clone, Debug)]
pub struct NewTransfer {
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Upper-case ISO code, the charge's.
    pub currency: String,
    /// `acct_..`
    pub destination: String,
    /// The charge it comes from, `ch_..` or `py_..`.
    pub source_charge: String,
    /// Our order id.
    pub group: String,
    /// Our ids.
    pub metadata: HashMap<String, String>,
}

/// Money sent to a creator's account.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// `tr_..`
    pub id: String,
    /// How much was sent, in minor units.
    pub amount_minor: i64,
    /// How much of it came back.
    pub reversed_minor: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// `acct_..`
    pub destination: Option<String>,
    /// The charge it comes from.
    pub source_charge: Option<String>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// Whether this is real money.
    pub livemode: bool,
    /// When.
    pub created: DateTime<Utc>,
    /// What came back, newest first; Stripe includes the last ten.
    pub reversals: Vec<TransferReversal>,
}

/// Money taken back from a creator's account.
#[derive(Clone, Debug)]
pub struct TransferReversal {
    /// `trr_..`
    pub id: String,
    /// How much, in minor units of the transfer's currency.
    pub amount_minor: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// When.
    pub created: DateTime<Utc>,
}

impl StripeGateway {
    /// Sends money to a creator's account.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` with `insufficient_capabilities_for_transfer` when the account is not ready.
    pub async fn create_transfer(
        &self,
        key: &IdempotencyKey,
        new: NewTransfer,
    ) -> Result<Transfer, StripeError> {
        let request = CreateTransfer::new(currency_of(&new.currency)?, new.destination)
            .amount(new.amount_minor)
            .source_transaction(new.source_charge)
            .transfer_group(new.group)
            .metadata(new.metadata);
        self.write(key, &request, transfer_from).await
    }

    /// Reads a transfer with what came back of it.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn transfer(&self, id: &str) -> Result<Transfer, StripeError> {
        self.read(&RetrieveTransfer::new(path_id(id)?), transfer_from).await
    }

    /// Lists the transfers of one of our orders: how one is found whose answer never arrived.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn transfers_of(&self, group: &str) -> Result<Vec<Transfer>, StripeError> {
        let request = ListTransfer::new().transfer_group(group).limit(PAGE);
        self.read(&request, |page| page.data.into_iter().map(transfer_from).collect()).await
    }

    /// Takes money of a transfer back.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` with `balance_insufficient` when the creator's account holds too little.
    pub async fn reverse_transfer(
        &self,
        key: &IdempotencyKey,
        transfer: &str,
        amount_minor: i64,
        metadata: HashMap<String, String>,
    ) -> Result<TransferReversal, StripeError> {
        let request =
            CreateIdTransferReversal::new(path_id(transfer)?).amount(amount_minor).metadata(metadata);
        self.write(key, &request, reversal_from).await
    }
}

fn transfer_from(transfer: stripe_shared::Transfer) -> Result<Transfer, Nonsense> {
    let reversals = transfer.reversals.data.into_iter().map(reversal_from);
    Ok(Transfer {
        id: transfer.id.to_string(),
        amount_minor: transfer.amount,
        reversed_minor: transfer.amount_reversed,
        currency: currency_code(&transfer.currency),
        destination: transfer.destination.map(|account| account.into_id().to_string()),
        source_charge: transfer.source_transaction.map(|charge| charge.into_id().to_string()),
        metadata: transfer.metadata,
        livemode: transfer.livemode,
        created: moment(transfer.created)?,
        reversals: reversals.collect::<Result<_, _>>()?,
    })
}

fn reversal_from(reversal: stripe_shared::TransferReversal) -> Result<TransferReversal, Nonsense> {
    Ok(TransferReversal {
        id: reversal.id.to_string(),
        amount_minor: reversal.amount,
        currency: currency_code(&reversal.currency),
        metadata: reversal.metadata.unwrap_or_default(),
        created: moment(reversal.created)?,
    })
}
