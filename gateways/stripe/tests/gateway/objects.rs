//! Objects as Stripe sends them become ours, and our requests are the forms Stripe documents.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json as object};
use stripe_gateway::{
    API_VERSION, Capability, CheckoutStatus, EventQuery, IdempotencyKey, IntentStatus, Line,
    NewCheckoutSession, PaymentStatus, StripeError,
};

use crate::stub::{Stub, json};

pub fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a moment of this century")
}

pub fn key() -> IdempotencyKey {
    IdempotencyKey::for_attempt("co", "ord_42", 1).expect("a valid key")
}

pub fn new_session() -> NewCheckoutSession {
    NewCheckoutSession {
        order_id: "ord_42".into(),
        lines: vec![Line { name: "Ink & Brush".into(), amount_minor: 4900, quantity: 1 }],
        currency: "EUR".into(),
        customer: None,
        customer_email: Some("ada+kiln@example.org".into()),
        success_url: "https://atelier.example/paid".into(),
        cancel_url: "https://atelier.example/back".into(),
        expires_at: moment(1_790_001_860),
        metadata: HashMap::from([("order".into(), "ord_42".into())]),
    }
}

pub fn open_session() -> Value {
    object!({
        "id": "cs_test_1", "object": "checkout.session", "status": "open", "payment_status": "unpaid",
        "mode": "payment", "url": "https://checkout.stripe.com/c/cs_test_1", "amount_total": 4900,
        "currency": "eur", "client_reference_id": "ord_42", "metadata": { "order": "ord_42" },
        "livemode": false, "created": 1_790_000_000, "expires_at": 1_790_001_860,
        "automatic_tax": { "enabled": false }, "custom_fields": [], "custom_text": {},
        "payment_method_types": ["card"], "shipping_options": [], "payment_intent": null,
    })
}

fn paid_session() -> Value {
    let mut session = open_session();
    session["status"] = "complete".into();
    session["payment_status"] = "paid".into();
    session["url"] = Value::Null;
    session["payment_intent"] = paid_intent();
    session
}

fn paid_intent() -> Value {
    object!({
        "id": "pi_1", "object": "payment_intent", "amount": 4900, "amount_capturable": 0,
        "amount_received": 4900, "capture_method": "automatic_async", "confirmation_method": "automatic",
        "created": 1_790_000_100, "currency": "eur", "livemode": false, "metadata": { "order": "ord_42" },
        "payment_method_types": ["card"], "status": "succeeded", "transfer_group": "ord_42",
        "latest_charge": charge(),
    })
}

fn charge() -> Value {
    object!({
        "id": "ch_1", "object": "charge", "amount": 4900, "amount_captured": 4900, "amount_refunded": 0,
        "billing_details": {}, "captured": true, "created": 1_790_000_101, "currency": "eur",
        "disputed": false, "livemode": false, "metadata": {}, "paid": true, "refunded": false,
        "status": "succeeded", "payment_intent": "pi_1", "transfer_group": "ord_42",
        "receipt_url": "https://pay.stripe.com/receipts/r_1",
        "balance_transaction": {
            "id": "txn_1", "object": "balance_transaction", "amount": 4900, "available_on": 1_790_500_000,
            "balance_type": "payments", "created": 1_790_000_101, "currency": "eur", "fee": 99,
            "fee_details": [], "net": 4801, "reporting_category": "charge", "status": "pending",
            "type": "charge",
        },
    })
}

#[tokio::test]
async fn a_payment_page_names_its_order_three_times_and_asks_for_the_quoted_price() {
    let stub = Stub::playing([json(200, open_session())]).await;
    let session = stub.gateway().create_checkout_session(&key(), new_session()).await.expect("a page");

    assert_eq!(session.id, "cs_test_1");
    assert_eq!(session.status, CheckoutStatus::Open);
    assert_eq!(session.payment_status, PaymentStatus::Unpaid);
    assert_eq!((session.amount_total, session.currency.as_deref()), (Some(4900), Some("EUR")));
    assert!(session.payment_intent_id.is_none() && !session.livemode);

    let sent = &stub.seen()[0];
    assert_eq!((sent.method.as_str(), sent.target.as_str()), ("POST", "/v1/checkout/sessions"));
    assert_eq!(sent.key(), Some("co:ord_42:1"));
    assert_eq!(sent.headers["stripe-version"], API_VERSION);
    assert_eq!(sent.headers["authorization"], "Bearer sk_test_stub");
    for field in [
        "client_reference_id=ord_42",
        "metadata[order]=ord_42",
        "payment_intent_data[transfer_group]=ord_42",
        "payment_intent_data[metadata][order]=ord_42",
        "mode=payment",
        "ui_mode=hosted_page",
        "adaptive_pricing[enabled]=false",
        "line_items[0][price_data][currency]=eur",
        "line_items[0][price_data][unit_amount]=4900",
        "line_items[0][price_data][tax_behavior]=inclusive",
        "line_items[0][price_data][product_data][name]=Ink+%26+Brush",
        "line_items[0][quantity]=1",
        "customer_email=ada%2Bkiln@example.org",
        "expires_at=1790001860",
    ] {
        assert!(has_field(&sent.body, field), "{field} is missing from {}", sent.body);
    }
}

/// Brackets and @ may be written plainly or escaped; Stripe reads both.
fn has_field(form: &str, field: &str) -> bool {
    form.replace("%5B", "[").replace("%5D", "]").replace("%40", "@").split('&').any(|sent| sent == field)
}

#[tokio::test]
async fn a_known_customer_replaces_the_email() {
    let stub = Stub::playing([json(200, open_session())]).await;
    let session = NewCheckoutSession { customer: Some("cus_1".into()), ..new_session() };
    stub.gateway().create_checkout_session(&key(), session).await.expect("a page");
    let body = &stub.seen()[0].body;
    assert!(has_field(body, "customer=cus_1") && !body.contains("customer_email"), "{body}");
}

#[tokio::test]
async fn a_paid_page_shows_its_payment_charge_and_fee() {
    let stub = Stub::playing([json(200, paid_session())]).await;
    let session = stub.gateway().checkout_session("cs_test_1").await.expect("a page");

    assert_eq!((session.status, session.payment_status), (CheckoutStatus::Complete, PaymentStatus::Paid));
    assert_eq!(session.payment_intent_id.as_deref(), Some("pi_1"));
    let payment = session.payment.expect("an expanded payment");
    assert_eq!((payment.intent_status, payment.amount_received), (IntentStatus::Succeeded, 4900));
    let charge = payment.charge.expect("a charge");
    assert!(charge.paid && charge.id == "ch_1");
    assert_eq!((charge.amount_captured, charge.currency.as_str()), (4900, "EUR"));
    let fee = charge.fee.expect("a booked fee");
    assert_eq!((fee.balance_transaction_id.as_str(), fee.fee_minor, fee.net_minor), ("txn_1", 99, 4801));

    let sent = &stub.seen()[0];
    assert_eq!(sent.key(), None, "reading needs no key");
    assert!(has_field(
        sent.target.split_once('?').expect("a query").1,
        "expand[0]=payment_intent.latest_charge.balance_transaction"
    ));
}

#[tokio::test]
async fn a_charge_whose_fee_is_not_booked_yet_has_none() {
    let mut early = charge();
    early["balance_transaction"] = Value::Null;
    let stub = Stub::playing([json(200, early), json(200, paid_intent())]).await;
    assert_eq!(stub.gateway().charge("ch_1").await.expect("a charge").fee, None);
    let later = stub.gateway().payment_intent("pi_1").await.expect("a payment");
    assert!(later.charge.expect("a charge").fee.is_some());
}

#[tokio::test]
async fn a_word_stripe_invents_later_is_unknown_and_not_a_failure() {
    let mut session = open_session();
    session["status"] = "simmering".into();
    session["payment_status"] = "half_paid".into();
    let stub = Stub::playing([json(200, session)]).await;
    let session = stub.gateway().checkout_session("cs_test_1").await.expect("a page all the same");
    assert_eq!((session.status, session.payment_status), (CheckoutStatus::Unknown, PaymentStatus::Unknown));
}

#[tokio::test]
async fn a_creators_account_is_opened_for_transfers_and_read_with_what_is_due() {
    let account = object!({
        "id": "acct_1", "object": "account", "country": "AT", "default_currency": "eur",
        "payouts_enabled": false, "charges_enabled": false, "details_submitted": true,
        "capabilities": { "transfers": "pending" }, "metadata": { "creator": "ctr_1" },
        "requirements": {
            "currently_due": ["external_account"], "past_due": [], "current_deadline": 1_791_000_000,
            "disabled_reason": "requirements.pending_verification", "pending_verification": ["individual.dob.day"],
        },
    });
    let stub = Stub::playing([json(200, account)]).await;
    let metadata = HashMap::from([("creator".into(), "ctr_1".into())]);
    let state =
        stub.gateway().create_account(&key(), "at", "kiln@example.org", metadata).await.expect("an account");

    assert_eq!((state.id.as_str(), state.transfers), ("acct_1", Capability::Pending));
    assert!(!state.payouts_enabled && state.details_submitted && !state.livemode);
    assert_eq!(state.currently_due, ["external_account"]);
    assert_eq!(state.disabled_reason.as_deref(), Some("requirements.pending_verification"));
    assert_eq!(state.deadline, Some(moment(1_791_000_000)));
    let body = &stub.seen()[0].body;
    for field in [
        "controller[fees][payer]=application",
        "controller[losses][payments]=application",
        "controller[requirement_collection]=stripe",
        "controller[stripe_dashboard][type]=express",
        "capabilities[transfers][requested]=true",
        "country=AT",
    ] {
        assert!(has_field(body, field), "{field} is missing from {body}");
    }
}

#[tokio::test]
async fn customers_links_and_expiry_each_take_their_key() {
    let link = object!({ "object": "account_link", "created": 1, "expires_at": 301, "url": "https://x/1" });
    let customer =
        object!({ "id": "cus_9", "object": "customer", "created": 1, "livemode": false, "metadata": {} });
    let mut expired = open_session();
    expired["status"] = "expired".into();
    let stub = Stub::playing([json(200, customer), json(200, link), json(200, expired)]).await;
    let gateway = stub.gateway();

    let made = gateway.create_customer(&key(), "ada@example.org", Some("Ada"), HashMap::new()).await;
    assert_eq!(made.expect("a customer"), "cus_9");
    let link = gateway.create_account_link(&key(), "acct_1", "https://a/again", "https://a/back").await;
    assert_eq!(link.expect("a link").expires_at, moment(301));
    let closed = gateway.expire_checkout_session(&key(), "cs_test_1").await.expect("a closed page");
    assert_eq!(closed.status, CheckoutStatus::Expired);
    assert_eq!(stub.seen()[2].target, "/v1/checkout/sessions/cs_test_1/expire");
    assert!(stub.seen().iter().all(|sent| sent.key() == Some("co:ord_42:1")));
}

#[tokio::test]
async fn missed_events_are_listed_page_by_page_for_any_account() {
    let event = object!({
        "id": "evt_7", "object": "event", "type": "account.updated", "account": "acct_1", "livemode": false,
        "api_version": API_VERSION, "created": 1_790_000_000, "pending_webhooks": 0,
        "data": { "object": { "id": "acct_1", "object": "account", "brand_new_field": [1, 2] } },
    });
    let page = object!({ "object": "list", "data": [event], "has_more": true, "url": "/v1/events" });
    let stub = Stub::playing([json(200, page), json(200, event)]).await;
    let query = EventQuery {
        since: moment(1_789_990_000),
        until: None,
        kinds: vec!["account.updated".into()],
        behind: Some("evt_8".into()),
        account: Some("acct_1".into()),
    };
    let page = stub.gateway().events_since(query).await.expect("a page");

    assert!(page.has_more);
    assert_eq!(page.events[0].envelope.object_id.as_deref(), Some("acct_1"));
    assert!(page.events[0].payload.contains("brand_new_field"), "the payload is kept whole");
    let sent = &stub.seen()[0];
    assert_eq!(sent.headers["stripe-account"], "acct_1");
    for field in ["created[gte]=1789990000", "starting_after=evt_8", "types[0]=account.updated", "limit=100"]
    {
        assert!(has_field(sent.target.split_once('?').expect("a query").1, field), "{}", sent.target);
    }
    let again = stub.gateway().event("evt_7", None).await.expect("the event");
    assert_eq!(again.envelope, page.events[0].envelope);
}

#[tokio::test]
async fn a_wish_that_makes_no_sense_is_not_sent() {
    let stub = Stub::playing([]).await;
    let gateway = stub.gateway();
    let wrong = [
        NewCheckoutSession { lines: vec![], ..new_session() },
        NewCheckoutSession { currency: "DOUBLOON".into(), ..new_session() },
        NewCheckoutSession {
            lines: vec![Line { name: "x".into(), amount_minor: -1, quantity: 1 }],
            ..new_session()
        },
    ];
    for session in wrong {
        let refused = gateway.create_checkout_session(&key(), session).await;
        assert!(matches!(refused, Err(StripeError::Invalid { .. })), "{refused:?}");
    }
    for id in ["", "../accounts", "cs_1?expand[]=customer", "cs_1/expire"] {
        let refused = gateway.checkout_session(id).await;
        assert!(matches!(refused, Err(StripeError::Invalid { .. })), "{id}: {refused:?}");
    }
    assert!(stub.seen().is_empty());
}
