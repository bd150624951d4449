//! Stripe Tax: what of an amount is tax where the buyer lives, the note of a taxable sale, and its reversal.
//!
//! Keeps true: amounts include their tax, so what is charged stays what was quoted; a calculation says the tax of each
//! line it was given and of no other; sales and reversals carry our references, which Stripe takes once.
//! Not here: the rates, and whether tax is asked for at all.
//!
//! These three calls are written by hand: the generated types for them come in a crate of ten more products.
//! Source: <https://docs.stripe.com/tax/custom>

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::plain::currency_of;
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// What somebody wants to buy, and where they live.
#[derive(Clone, Debug)]
pub struct NewTaxCalculation {
    /// ISO code, any case.
    pub currency: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// What each line costs in minor units, tax included; a line's reference is its place.
    pub amounts: Vec<i64>,
}

/// What of each line is tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxCalculation {
    /// `taxcalc_..`
    pub id: String,
    /// In the order of the lines.
    pub taxes: Vec<i64>,
}

#[derive(Serialize)]
struct CalculationForm {
    currency: String,
    customer_details: CustomerForm,
    line_items: Vec<LineForm>,
    expand: Vec<&'static str>,
}

#[derive(Serialize)]
struct CustomerForm {
    address: AddressForm,
    address_source: &'static str,
}

#[derive(Serialize)]
struct AddressForm {
    country: String,
}

#[derive(Serialize)]
struct LineForm {
    amount: i64,
    reference: String,
    tax_behavior: &'static str,
}

#[derive(Serialize)]
struct TransactionForm<'a> {
    calculation: &'a str,
    reference: &'a str,
    metadata: HashMap<String, String>,
}

#[derive(Serialize)]
struct ReversalForm<'a> {
    mode: &'static str,
    original_transaction: &'a str,
    reference: &'a str,
    flat_amount: i64,
    metadata: HashMap<String, String>,
}

#[derive(Deserialize)]
struct WireCalculation {
    id: Option<String>,
    amount_total: i64,
    line_items: Option<WireList>,
}

#[derive(Deserialize)]
struct WireList {
    data: Vec<WireLine>,
    has_more: bool,
}

#[derive(Deserialize)]
struct WireLine {
    reference: String,
    amount: i64,
    amount_tax: i64,
}

#[derive(Deserialize)]
struct WireTransaction {
    id: String,
}

impl StripeGateway {
    /// Asks what of each line is tax. Stripe keeps the answer for 90 days.
    ///
    /// # Errors
    /// See [`StripeError`]; uncertain if the answer is not about these lines.
    pub async fn calculate_tax(
        &self,
        key: &IdempotencyKey,
        wanted: NewTaxCalculation,
    ) -> Result<TaxCalculation, StripeError> {
        let line = |(place, amount): (usize, &i64)| LineForm {
            amount: *amount,
            reference: place.to_string(),
            tax_behavior: "inclusive",
        };
        let form = CalculationForm {
            currency: currency_of(&wanted.currency)?.to_string(),
            customer_details: CustomerForm {
                address: AddressForm { country: wanted.country },
                address_source: "billing",
            },
            line_items: wanted.amounts.iter().enumerate().map(line).collect(),
            expand: vec!["line_items"],
        };
        let request = RequestBuilder::new(StripeMethod::Post, "/tax/calculations").form(&form);
        let answer = self.raw_write(request, None, key).await?;
        let read: Option<WireCalculation> = serde_json::from_slice(&answer.body).ok();
        let calculation = read.and_then(|wire| calculation_from(wire, &wanted.amounts));
        calculation.ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }

    /// Notes a taxable sale under our reference; gives its id (`tax_..`).
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` for a calculation that has expired or a reference that was used.
    pub async fn record_tax(
        &self,
        key: &IdempotencyKey,
        calculation: &str,
        reference: &str,
        metadata: HashMap<String, String>,
    ) -> Result<String, StripeError> {
        let form = TransactionForm { calculation, reference, metadata };
        self.note("/tax/transactions/create_from_calculation", key, &form).await
    }

    /// Takes back so much of a noted sale, tax included; gives the reversal's id.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` for more than is left of it.
    pub async fn reverse_tax(
        &self,
        key: &IdempotencyKey,
        transaction: &str,
        reference: &str,
        amount_minor: i64,
        metadata: HashMap<String, String>,
    ) -> Result<String, StripeError> {
        let form = ReversalForm {
            mode: "partial",
            original_transaction: transaction,
            reference,
            flat_amount: -amount_minor,
            metadata,
        };
        self.note("/tax/transactions/create_reversal", key, &form).await
    }

    async fn note(
        &self,
        path: &str,
        key: &IdempotencyKey,
        form: &impl Serialize,
    ) -> Result<String, StripeError> {
        let request = RequestBuilder::new(StripeMethod::Post, path).form(form);
        let answer = self.raw_write(request, None, key).await?;
        let read: Option<WireTransaction> = serde_json::from_slice(&answer.body).ok();
        read.map(|wire| wire.id).ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }
}

/// The taxes in the order of the lines, if the answer is about exactly these.
fn calculation_from(wire: WireCalculation, amounts: &[i64]) -> Option<TaxCalculation> {
    let list = wire.line_items.filter(|list| !list.has_more && list.data.len() == amounts.len())?;
    let tax_of = |(place, amount): (usize, &i64)| {
        let line = list.data.iter().find(|line| line.reference == place.to_string())?;
        (line.amount == *amount && (0..=*amount).contains(&line.amount_tax)).then_some(line.amount_tax)
    };
    let taxes: Option<Vec<i64>> = amounts.iter().enumerate().map(tax_of).collect();
    (wire.amount_total == amounts.iter().sum::<i64>()).then_some(())?;
    Some(TaxCalculation { id: wire.id?, taxes: taxes? })
}
