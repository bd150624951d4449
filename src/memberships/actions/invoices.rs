//! A paid invoice is a sale: compared with what was agreed, then an order, a payment, a journal and a receipt.

use serde_json::json;
use stripe_gateway::Invoice;

use crate::app::App;
use crate::checkout;
use crate::checkout::actions::{self as checkouts, Renewal, RenewalTax};
use crate::checkout::model::{Order, QuoteTax};
use crate::db::Tx;
use crate::enrollment::membership as rights;
use crate::enrollment::model::Source;
use crate::kernel::{Error, Fault, OrderId, Result};
use crate::payments::actions::fulfil;
use crate::payments::judge::{Arrived, arrived};
use crate::payments::store::{self as money, Standing};

use super::super::model::{Membership, State, invoice_differences};
use super::super::store;

/// A paid invoice and the money that paid it.
pub(super) struct Paid {
    invoice: Invoice,
    arrived: Arrived,
    /// What of it is tax; of the first one the order knows it already.
    tax: RenewalTax,
}

/// The paid invoices of a membership that are no orders yet, oldest first.
pub(super) async fn unsettled(app: &App, membership: &Membership) -> Result<Vec<Paid>> {
    let read = app.stripe.invoices_of(&membership.terms.subscription).await;
    let read = read.map_err(|error| Fault::away("reading the invoices of a membership", error))?;
    // What costs nothing moves no money: a trial's first invoice.
    let paid: Vec<Invoice> =
        read.into_iter().filter(|invoice| invoice.paid && invoice.amount_paid > 0).collect();
    let ids: Vec<String> = paid.iter().map(|invoice| invoice.id.clone()).collect();
    let known = store::known_invoices(app.db.read(), &ids).await?;
    let first = checkout::store::order(app.db.read(), membership.order).await?;
    // A trial's order of nothing is never paid by an invoice.
    let mut is_later = first.is_some_and(|first| first.status.was_paid() || first.total_minor == 0);
    let mut unsettled = Vec::new();
    for invoice in paid.into_iter().rev().filter(|invoice| !known.contains(&invoice.id)) {
        let payment = app.stripe.payment_of_invoice(&invoice.id).await;
        let payment = payment.map_err(|error| Fault::away("reading the payment of an invoice", error))?;
        let arrived = payment.as_ref().and_then(arrived);
        let arrived = arrived.ok_or_else(|| {
            Error::Fault(Fault::away("reading the payment of an invoice", "its charge cannot be seen yet"))
        })?;
        let tax = match is_later {
            true => {
                let amount = membership.terms.amount;
                checkouts::tax_of_renewal(app, membership.order, &invoice.id, amount).await?
            }
            false => RenewalTax::Untaxed,
        };
        unsettled.push(Paid { invoice, arrived, tax });
        is_later = true;
    }
    Ok(unsettled)
}

/// Makes a paid invoice a sale, once, and moves the end of what is paid.
pub(super) async fn settle(app: &App, tx: &mut Tx, membership: &mut Membership, paid: &Paid) -> Result<()> {
    let id = paid.invoice.id.clone();
    if !store::known_invoices(tx.conn(), &[id]).await?.is_empty() {
        return Ok(());
    }
    let differences = differences(membership, paid);
    if !differences.is_empty() {
        return wrong(tx, membership, paid, &differences).await;
    }
    let tax = match &paid.tax {
        RenewalTax::Worked(quoted, minor) => Some((quoted.clone(), *minor)),
        RenewalTax::Untaxed => None,
        RenewalTax::Refused(error) => {
            money::open_case(tx, "TAX_NOT_NOTED", &paid.invoice.id, json!({ "error": error })).await?;
            None
        }
    };
    let order = order_for(app, tx, membership, tax).await?;
    if !money::insert_payment(tx, order.id, &paid.arrived, Standing::Settled).await? {
        let cause = format!("the charge of {} pays for something else", paid.invoice.id);
        return Err(Fault::new("settling an invoice", cause).into());
    }
    if membership.state == State::Ended {
        let detail = json!({ "subscription": membership.terms.subscription, "order": order.id.to_string() });
        money::open_case(tx, "INVOICE_AFTER_END", &paid.invoice.id, detail).await?;
    }
    store::insert_invoice(tx, membership.id, order.id, &paid.invoice).await?;
    membership.paid_until = membership.paid_until.max(paid.invoice.period_end);
    fulfil(app, tx, &order, &paid.arrived, Source::Membership).await?;
    let lines = checkout::store::lines(tx.conn(), &[order.id]).await?.remove(&order.id).unwrap_or_default();
    match lines.first() {
        Some(line) => rights::paid_by(tx, (membership.user, membership.plan), membership.id, line.id).await,
        None => Ok(()),
    }
}

fn differences(membership: &Membership, paid: &Paid) -> Vec<String> {
    let mut found = invoice_differences(&membership.terms, &paid.invoice);
    let (wanted, got) = (membership.terms.amount, &paid.arrived);
    if wanted.minor != got.amount_minor {
        found.push(format!("captured: wanted {}, got {}", wanted.minor, got.amount_minor));
    }
    if wanted.currency.code() != got.currency {
        found.push(format!("currency of the charge: wanted {}, got {}", wanted.currency, got.currency));
    }
    found
}

/// The first paid invoice pays the order the membership began with; each later one gets an order of its own.
async fn order_for(
    app: &App,
    tx: &mut Tx,
    membership: &Membership,
    tax: Option<(QuoteTax, i64)>,
) -> Result<Order> {
    let gone = || Error::Fault(Fault::new("settling an invoice", "the first order is gone"));
    let first = checkout::store::order(tx.conn(), membership.order).await?.ok_or_else(gone)?;
    if !first.status.was_paid() {
        return Ok(first);
    }
    let renewal = Renewal { price: membership.price, amount: membership.terms.amount, tax };
    let id = checkouts::place_renewal(app, tx, &first, renewal).await?;
    checkout::store::order(tx.conn(), id).await?.ok_or_else(gone)
}

/// Money for a membership that was not to be: remembered beside the order it came for.
pub(super) async fn remember(tx: &Tx, order: OrderId, paid: &[Paid]) -> Result<()> {
    for one in paid {
        money::insert_payment(tx, order, &one.arrived, Standing::Unexpected).await?;
    }
    Ok(())
}

/// Not what was agreed to: the money is remembered, nothing is given, a person must look.
async fn wrong(tx: &Tx, membership: &Membership, paid: &Paid, differences: &[String]) -> Result<()> {
    money::insert_payment(tx, membership.order, &paid.arrived, Standing::Unexpected).await?;
    let detail = json!({ "subscription": membership.terms.subscription, "differences": differences });
    money::open_case(tx, "INVOICE_MISMATCH", &paid.invoice.id, detail).await
}
