//! Which function carries out which of Stripe's operations.
//!
//! An operation of the description that is missing here is answered with a plain refusal, never with an invented
//! object.

use serde_json::Value;

use super::error::StripeError;
use super::events::LISTED_FOR;
use super::lists::{equal, page};
use super::spec::Operation;
use super::tx::Tx;
use super::{
    accounts, balance, customers, disputes, intents, off_session, payouts, refunds, sessions, sheet, taxes,
    transfers,
};
use super::{invoices, portal, prices, subscriptions};

/// How many types an event listing takes.
const MOST_TYPES: usize = 20;

/// Carries out an operation; `variables` are those of its path.
pub(crate) fn carry_out(
    tx: &mut Tx<'_>,
    operation: &Operation,
    url: &str,
    variables: &[String],
    params: &Value,
) -> Result<Value, StripeError> {
    let id = variables.first().map(String::as_str).unwrap_or_default();
    match operation.id.as_str() {
        "PostCheckoutSessions" => sessions::create(tx, params),
        "PostCheckoutSessionsSessionExpire" => sessions::expire(tx, id),
        "GetCheckoutSessionsSessionLineItems" => sessions::line_items(tx, id),
        "PostPaymentIntents" => intents::create(tx, params),
        "PostPaymentIntentsIntent" => intents::update(tx, id, params),
        "PostPaymentIntentsIntentConfirm" => intents::confirm_by_method(tx, id, params),
        "PostPaymentIntentsIntentCancel" => intents::cancel(tx, id, params),
        "PostCustomers" => customers::create(tx, params),
        "PostCustomersCustomer" => customers::update(tx, id, params),
        "PostCustomerSessions" => sheet::customer_session(tx, params),
        "PostEphemeralKeys" => sheet::ephemeral_key(tx, params),
        "PostAccounts" => accounts::create(tx, params),
        "PostAccountsAccount" => accounts::update(tx, id, params),
        "GetAccountsAccountCapabilities" => accounts::capabilities(tx, id),
        "PostAccountLinks" => accounts::link(tx, params),
        "PostRefunds" => refunds::create(tx, params),
        "PostPayouts" => payouts::create(tx, params),
        "PostTransfers" => transfers::create(tx, params),
        "PostTransfersIdReversals" => transfers::reverse(tx, id, params),
        "PostDisputesDispute" => disputes::update(tx, id, params),
        "PostDisputesDisputeClose" => disputes::close(tx, id, false),
        _ => bill(tx, operation, url, id, params),
    }
}

/// The operations of Stripe Billing.
fn bill(
    tx: &mut Tx<'_>,
    operation: &Operation,
    url: &str,
    id: &str,
    params: &Value,
) -> Result<Value, StripeError> {
    match operation.id.as_str() {
        "PostProducts" => prices::create_product(tx, params),
        "PostProductsId" => prices::update_product(tx, id, params),
        "PostPrices" => prices::create(tx, params),
        "PostPricesPrice" => prices::update(tx, id, params),
        "PostSubscriptionsSubscriptionExposedId" => subscriptions::update(tx, id, params),
        "DeleteSubscriptionsSubscriptionExposedId" => subscriptions::cancel(tx, id, params),
        "PostBillingPortalSessions" => portal::create(tx, params),
        "GetProductsId" => tx.load("product", id, "id"),
        "GetPricesPrice" => tx.load("price", id, "price"),
        "GetSubscriptionsSubscriptionExposedId" => tx.load("subscription", id, "id"),
        "GetInvoicesInvoice" => tx.load("invoice", id, "invoice"),
        "GetSubscriptions" => {
            page(tx, "subscription", url, params, |one| subscriptions::is_listed(one, params))
        }
        "GetInvoices" => page(tx, "invoice", url, params, |one| invoices::is_listed(one, params)),
        "GetInvoicePayments" => {
            page(tx, "invoice_payment", url, params, |one| invoices::is_payment_listed(one, params))
        }
        "PostTaxCalculations" => taxes::calculate(tx, params),
        "PostTaxTransactionsCreateFromCalculation" => taxes::record(tx, params),
        "PostTaxTransactionsCreateReversal" => taxes::reverse(tx, params),
        _ => read(tx, operation, url, id, params),
    }
}

fn read(
    tx: &Tx<'_>,
    operation: &Operation,
    url: &str,
    id: &str,
    params: &Value,
) -> Result<Value, StripeError> {
    match operation.id.as_str() {
        "GetCheckoutSessionsSession" => tx.load("checkout.session", id, "session"),
        "GetPaymentIntentsIntent" => tx.load("payment_intent", id, "intent"),
        "GetPaymentMethodsPaymentMethod" => tx.load("payment_method", id, "payment_method"),
        "GetChargesCharge" => tx.load("charge", id, "charge"),
        "GetBalanceTransactionsId" => {
            let mut transaction = tx.load("balance_transaction", id, "id")?;
            balance::as_of(tx.now, &mut transaction);
            Ok(transaction)
        }
        "GetCustomersCustomer" => tx.load("customer", id, "customer"),
        "GetCustomersCustomerPaymentMethods" => {
            tx.load("customer", id, "customer")?;
            page(tx, "payment_method", url, params, |one| off_session::is_listed(one, id, params))
        }
        "GetAccountsAccount" => tx.load("account", id, "account"),
        "GetEventsId" => event(tx, id),
        "GetRefundsRefund" => tx.load("refund", id, "refund"),
        "GetTransfersTransfer" => tx.load("transfer", id, "transfer"),
        "GetDisputesDispute" => tx.load("dispute", id, "dispute"),
        "GetPayoutsPayout" => payouts::read(tx, id),
        "GetPayouts" => payouts::list(tx, url, params),
        "GetBalance" => Ok(balance::balance(tx)),
        "GetTransfersIdReversals" => {
            tx.load("transfer", id, "id")?;
            page(tx, "transfer_reversal", url, params, |reversal| reversal["transfer"] == id)
        }
        _ => read_list(tx, operation, url, params),
    }
}

fn read_list(tx: &Tx<'_>, operation: &Operation, url: &str, params: &Value) -> Result<Value, StripeError> {
    let by =
        |object: &str, names: &[&str]| page(tx, object, url, params, |value| equal(value, params, names));
    match operation.id.as_str() {
        "GetCheckoutSessions" => by("checkout.session", &["customer", "payment_intent", "status"]),
        "GetPaymentIntents" => by("payment_intent", &["customer"]),
        "GetCharges" => by("charge", &["customer", "payment_intent", "transfer_group"]),
        "GetBalanceTransactions" => by("balance_transaction", &["currency", "source", "type"]),
        "GetCustomers" => by("customer", &["email"]),
        "GetRefunds" => by("refund", &["charge", "payment_intent"]),
        "GetTransfers" => by("transfer", &["destination", "transfer_group"]),
        "GetDisputes" => by("dispute", &["charge", "payment_intent"]),
        "GetEvents" => events(tx, url, params),
        _ => Err(not_simulated(operation)),
    }
}

fn not_simulated(operation: &Operation) -> StripeError {
    StripeError::invalid(format!(
        "The Stripe sandbox does not simulate {} {}; Stripe itself has it.",
        operation.method, operation.path
    ))
    .code("sandbox_not_simulated")
}

/// Events can be read for 30 days, each by the account it belongs to: <https://docs.stripe.com/api/events>.
fn is_readable(tx: &Tx<'_>, event: &Value) -> bool {
    let fresh = event["created"].as_i64().is_some_and(|created| created + LISTED_FOR > tx.now);
    fresh && event["account"].as_str() == tx.caller.account.as_deref()
}

/// Types are named by `type` or by `types`, not both, and `types` takes at most 20 names:
/// <https://docs.stripe.com/api/events/list>.
fn events(tx: &Tx<'_>, url: &str, params: &Value) -> Result<Value, StripeError> {
    let types = params["types"].as_array();
    if types.is_some_and(|types| types.len() > MOST_TYPES) {
        let message = format!("Invalid array: a maximum of {MOST_TYPES} types can be given.");
        return Err(StripeError::invalid(message).param("types"));
    }
    if types.is_some() && params.get("type").is_some() {
        let message = "You may pass either `type` or `types`, but not both.";
        return Err(StripeError::invalid(message).param("types"));
    }
    page(tx, "event", url, params, |event| is_listed(tx, event, params))
}

fn is_listed(tx: &Tx<'_>, event: &Value, params: &Value) -> bool {
    let one = params["type"].as_str();
    let several = params["types"].as_array();
    let delivered = params["delivery_success"].as_bool();
    is_readable(tx, event)
        && one.is_none_or(|wanted| wildcard(wanted, event["type"].as_str().unwrap_or_default()))
        && several.is_none_or(|wanted| wanted.contains(&event["type"]))
        && delivered.is_none_or(|wanted| (event["pending_webhooks"] == 0) == wanted)
}

/// `type` may end in `.*`, as `charge.*`.
fn wildcard(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => wanted == kind,
    }
}

fn event(tx: &Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let event = tx.load("event", id, "id")?;
    if is_readable(tx, &event) { Ok(event) } else { Err(StripeError::missing("event", id, "id")) }
}
