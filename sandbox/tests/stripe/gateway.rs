//! The adapter that ships against the sandbox: another generator read the same description, and both agree.

use std::collections::HashMap;
use std::time::Duration as Wait;

use chrono::Duration;
use sandbox::stripe::{Fault, Outcome};
use serde_json::json;
use stripe_gateway::{
    Capability, CheckoutStatus, EventQuery, IdempotencyKey, IntentStatus, Interval, Line, NewCheckoutSession,
    NewRecurringPrice, NewSubscriptionPage, PaymentStatus, Settings, StripeError, StripeGateway,
    SubscriptionStatus, UncertainCause, webhook,
};

use crate::support::*;

fn gateway(world: &World) -> StripeGateway {
    let mut settings = Settings::new(KEY, format!("{}/api/", world.base));
    settings.first_wait = Wait::from_millis(1);
    settings.longest_wait = Wait::from_millis(5);
    StripeGateway::connect(settings).unwrap()
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

fn order(world: &World) -> NewCheckoutSession {
    NewCheckoutSession {
        order_id: "ord_1".into(),
        lines: vec![
            Line { name: "Watercolour".into(), amount_minor: 4000, quantity: 1 },
            Line { name: "Brush & paper, 100 %".into(), amount_minor: 400, quantity: 2 },
        ],
        currency: "EUR".into(),
        customer: None,
        customer_email: Some("ada+art@example.com".into()),
        success_url: "https://shop.example/done?session={CHECKOUT_SESSION_ID}".into(),
        cancel_url: "https://shop.example/basket".into(),
        expires_at: sandbox::clock::Clock::now(&*world.clock) + Duration::minutes(31),
        metadata: HashMap::from([("order_id".into(), "ord_1".into())]),
    }
}

fn faults(world: &World, plan: serde_json::Value) {
    let plan: Vec<Fault> = serde_json::from_value(plan).unwrap();
    world.sandbox.set_faults(plan, 1).unwrap();
}

#[tokio::test]
async fn the_shipping_adapter_sells() {
    let world = World::new().await;
    let stripe = gateway(&world);
    let customer =
        stripe.create_customer(&key("cu:1:1"), "ada@example.com", Some("Ada"), HashMap::new()).await.unwrap();
    let wanted =
        NewCheckoutSession { customer: Some(customer.clone()), customer_email: None, ..order(&world) };
    let session = stripe.create_checkout_session(&key("co:1:1"), wanted).await.unwrap();
    assert_eq!((session.status, session.amount_total), (CheckoutStatus::Open, Some(4800)));

    let declined = world.sandbox.pay(&session.id, "4000000000000002").unwrap_err();
    assert_eq!(declined.status, 402);
    let open = stripe.checkout_session(&session.id).await.unwrap();
    assert_eq!(open.payment.unwrap().intent_status, IntentStatus::Open);

    world.sandbox.pay(&session.id, "4242424242424242").unwrap();
    let paid = stripe.checkout_session(&session.id).await.unwrap();
    assert_eq!((paid.status, paid.payment_status), (CheckoutStatus::Complete, PaymentStatus::Paid));
    assert_eq!(paid.customer_id, Some(customer));
    let payment = paid.payment.unwrap();
    assert_eq!((payment.intent_status, payment.amount_received), (IntentStatus::Succeeded, 4800));
    assert_eq!((payment.currency.as_str(), payment.transfer_group.as_deref()), ("EUR", Some("ord_1")));
    let charge = payment.charge.unwrap();
    let fee = charge.fee.unwrap();
    assert_eq!((fee.fee_minor, fee.net_minor), (169, 4631));
    assert_eq!(stripe.charge(&charge.id).await.unwrap().amount_captured, 4800);
    let refused = stripe.expire_checkout_session(&key("ex:1:1"), &session.id).await.unwrap_err();
    assert!(matches!(refused, StripeError::Refused { status: 400, .. }), "{refused}");
    world.no_violations();
}

#[tokio::test]
async fn the_fee_may_come_later_than_the_payment() {
    let world = World::new().await;
    let stripe = gateway(&world);
    let session = stripe.create_checkout_session(&key("co:1:1"), order(&world)).await.unwrap();
    world.sandbox.pay(&session.id, "4242424242424242").unwrap();
    faults(&world, json!([{ "operation": "GET /v1/checkout/sessions/{session}", "kind": "fee_not_booked" }]));
    let charge =
        async || stripe.checkout_session(&session.id).await.unwrap().payment.unwrap().charge.unwrap();
    assert_eq!(charge().await.fee, None);
    assert!(charge().await.fee.is_some());
    world.no_violations();
}

#[tokio::test]
async fn the_shipping_adapter_survives_what_stripe_can_do_to_it() {
    for kind in ["reset_before", "reset_after_commit", "rate_limited_429", "key_in_use_409", "malformed_json"]
    {
        let world = World::new().await;
        let stripe = gateway(&world);
        faults(&world, json!([{ "operation": "POST /v1/checkout/sessions", "kind": kind }]));
        let session = stripe.create_checkout_session(&key("co:1:1"), order(&world)).await;
        if kind == "malformed_json" {
            let error = session.unwrap_err();
            let StripeError::Uncertain(uncertain) = &error else { panic!("{error}") };
            assert!(matches!(uncertain.cause, UncertainCause::Unreadable), "{error}");
        } else {
            session.unwrap_or_else(|error| panic!("{kind}: {error}"));
        }
        assert_eq!(world.sandbox.objects("checkout.session").len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_kept_500_stays_uncertain_for_the_adapter() {
    let world = World::new().await;
    let stripe = gateway(&world);
    faults(&world, json!([{ "operation": "POST /v1/checkout/sessions", "kind": "stored_500_after_commit" }]));
    let error = stripe.create_checkout_session(&key("co:1:1"), order(&world)).await.unwrap_err();
    assert!(error.is_uncertain(), "{error}");
    assert_eq!(world.sandbox.objects("checkout.session").len(), 1);
}

#[tokio::test]
async fn the_shipping_adapter_believes_only_what_is_signed() {
    let world = World::new().await;
    let stripe = gateway(&world);
    let session = stripe.create_checkout_session(&key("co:1:1"), order(&world)).await.unwrap();
    faults(&world, json!([{ "event": "charge.succeeded", "kind": "old_secret" }]));
    world.sandbox.pay(&session.id, "4242424242424242").unwrap();
    world.sandbox.flush().await;
    let now = sandbox::clock::Clock::now(&*world.clock);
    let believed = |kind: &str| {
        let post = world.received(kind);
        webhook::verify(post.body.as_bytes(), &post.signature, &[SECRET], now)
    };
    let envelope = believed("checkout.session.completed").unwrap();
    assert_eq!(envelope.object_id.as_deref(), Some(session.id.as_str()));
    assert_eq!(envelope.api_version.as_deref(), Some(stripe_gateway::API_VERSION));
    assert_eq!(believed("charge.succeeded").unwrap_err(), webhook::WebhookRefusal::Forged);

    let query = EventQuery {
        since: now - Duration::hours(1),
        until: None,
        kinds: Vec::new(),
        behind: None,
        account: None,
    };
    let page = stripe.events_since(query).await.unwrap();
    assert_eq!((page.events.len(), page.has_more), (5, false));
    let read = stripe.event(&envelope.id, None).await.unwrap();
    assert_eq!(read.envelope, envelope);
    world.no_violations();
}

#[tokio::test]
async fn the_shipping_adapter_opens_an_account_and_sees_it_ready() {
    let world = World::new().await;
    let stripe = gateway(&world);
    let metadata = HashMap::from([("creator_id".into(), "cr_1".into())]);
    let account = stripe.create_account(&key("ac:1:1"), "gb", "creator@example.com", metadata).await.unwrap();
    assert_eq!((account.transfers, account.payouts_enabled), (Capability::Inactive, false));
    assert_eq!((account.country.as_deref(), account.default_currency.as_deref()), (Some("GB"), Some("GBP")));
    let link = stripe
        .create_account_link(
            &key("al:1:1"),
            &account.id,
            "https://shop.example/again",
            "https://shop.example/back",
        )
        .await
        .unwrap();
    assert!(link.url.contains(&account.id));
    let states = [
        (Outcome::Restricted, Capability::Inactive, Some("requirements.past_due")),
        (Outcome::Pending, Capability::Pending, Some("requirements.pending_verification")),
        (Outcome::Ready, Capability::Active, None),
    ];
    for (outcome, transfers, reason) in states {
        world.sandbox.onboard(&account.id, outcome).unwrap();
        let state = stripe.account(&account.id).await.unwrap();
        assert_eq!((state.transfers, state.disabled_reason.as_deref()), (transfers, reason));
        assert!(state.details_submitted);
    }
    world.no_violations();
}

#[tokio::test]
async fn the_shipping_adapter_carries_a_membership_from_page_to_end() {
    let world = World::new().await;
    let stripe = gateway(&world);
    let ours = HashMap::from([("plan".to_owned(), "mpl_1".to_owned())]);
    let customer =
        stripe.create_customer(&key("cu:1:1"), "ada@example.com", None, HashMap::new()).await.unwrap();
    let price = NewRecurringPrice {
        name: "Club".into(),
        amount_minor: 900,
        currency: "EUR".into(),
        interval: Interval::Month,
        metadata: ours.clone(),
    };
    let price = stripe.create_recurring_price(&key("rp:1:1"), price).await.unwrap();
    let page = NewSubscriptionPage {
        order_id: "ord_1".into(),
        price: price.clone(),
        customer: customer.clone(),
        trial_days: None,
        success_url: "https://shop.example/done".into(),
        cancel_url: "https://shop.example/basket".into(),
        expires_at: sandbox::clock::Clock::now(&*world.clock) + Duration::minutes(31),
        metadata: ours.clone(),
    };
    let (page, address, _) = stripe.create_subscription_page(&key("co:1:1"), page).await.unwrap();
    assert!(address.is_some());
    let paid = world.sandbox.pay(&page, "4242424242424242").unwrap();
    let id = paid["subscription"].as_str().unwrap();

    let begun = stripe.subscription(id).await.unwrap();
    assert_eq!((begun.status, begun.amount_minor), (SubscriptionStatus::Active, Some(900)));
    assert_eq!((begun.price.as_deref(), &begun.metadata), (Some(price.as_str()), &ours));
    let invoices = stripe.invoices_of(id).await.unwrap();
    assert_eq!((invoices.len(), invoices[0].amount_paid, invoices[0].paid), (1, 900, true));
    let invoice = stripe.invoice(&invoices[0].id).await.unwrap();
    assert_eq!((invoice.subscription.as_deref(), &invoice.metadata), (Some(id), &ours));
    let payment = stripe.payment_of_invoice(&invoice.id).await.unwrap().expect("it was paid");
    assert_eq!(payment.amount_received, 900);
    let found = stripe.invoice_of_payment(&payment.intent_id).await.unwrap();
    assert_eq!(found.as_deref(), Some(invoice.id.as_str()));

    let ending = stripe.set_cancel_at_period_end(&key("su:1:1"), id, true).await.unwrap();
    assert!(ending.cancel_at_period_end && ending.status == SubscriptionStatus::Active);
    let portal = stripe.create_portal(&key("po:1:1"), &customer, "https://shop.example/me").await.unwrap();
    assert!(portal.starts_with("http"));
    let over = stripe.cancel_subscription(&key("su:1:2"), id).await.unwrap();
    assert_eq!(over.status, SubscriptionStatus::Ended);
    world.no_violations();
}
