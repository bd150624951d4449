//! Events: signed, at least once, in no promised order, readable for 30 days.

use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sandbox::stripe::{Fault, Outcome};
use serde_json::json;
use sha2::Sha256;

use crate::support::*;

fn plan(lines: serde_json::Value) -> Vec<Fault> {
    serde_json::from_value(lines).unwrap()
}

/// Checks a header as https://docs.stripe.com/webhooks#verify-manually describes.
fn is_signed(post: &Received, secret: &str) -> bool {
    let part = |name: &str| post.signature.split(',').find_map(|part| part.strip_prefix(name)).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{}", part("t="), post.body).as_bytes());
    hex::encode(mac.finalize().into_bytes()) == part("v1=")
}

async fn paid_world() -> (World, String) {
    let world = World::new().await;
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    let id = session.id().to_owned();
    (world, id)
}

#[tokio::test]
async fn a_sale_tells_its_story_signed_and_in_order() {
    let (world, session) = paid_world().await;
    assert!(world.sandbox.flush().await >= 4);
    assert_eq!(
        world.arrived(),
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "charge.updated",
            "checkout.session.completed"
        ]
    );
    for post in world.shop.received.lock().unwrap().iter() {
        assert!(is_signed(post, SECRET) && !post.connect);
        assert_eq!(post.event["api_version"], VERSION);
    }
    let completed = world.received("checkout.session.completed");
    assert_eq!(completed.event["data"]["object"]["id"], session);
    assert_eq!(world.sandbox.undelivered(), 0);
    assert_eq!(world.sandbox.flush().await, 0);
    world.no_violations();
}

#[tokio::test]
async fn a_serving_sandbox_delivers_by_itself() {
    let world = World::delivering().await;
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    let limit = std::time::Duration::from_secs(20);
    while !world.arrived().contains(&"checkout.session.completed".to_owned()) {
        tokio::time::timeout(limit, world.shop.arrival.notified()).await.expect("an event within the limit");
    }
    assert_eq!(world.arrived().len(), 5);
}

// https://docs.stripe.com/payments/payment-intents/asynchronous-capture
#[tokio::test]
async fn the_balance_transaction_comes_with_charge_updated() {
    let (world, _) = paid_world().await;
    world.sandbox.flush().await;
    let first = world.received("charge.succeeded").event;
    assert!(first["data"]["object"]["balance_transaction"].is_null());
    let second = world.received("charge.updated").event;
    assert!(second["data"]["object"]["balance_transaction"].as_str().unwrap().starts_with("txn_"));
    assert!(second["data"]["previous_attributes"]["balance_transaction"].is_null());
}

// https://docs.stripe.com/webhooks#retries
#[tokio::test]
async fn an_endpoint_that_fails_is_tried_again_later_by_the_clock() {
    let (world, _) = paid_world().await;
    *world.shop.answer.lock().unwrap() = 500;
    world.sandbox.flush().await;
    let events = world.sandbox.undelivered();
    assert_eq!(events, world.arrived().len(), "each was tried once and none was taken");
    assert_eq!(world.sandbox.flush().await, 0, "nothing more is due at this instant");
    *world.shop.answer.lock().unwrap() = 200;
    world.clock_forward(Duration::seconds(1));
    assert_eq!(world.sandbox.flush().await, events);
    assert_eq!(world.sandbox.undelivered(), 0);
}

#[tokio::test]
async fn faults_lose_double_delay_and_shuffle_events() {
    let world = World::new().await;
    world
        .sandbox
        .set_faults(
            plan(json!([
                { "event": "payment_intent.created", "kind": "reordered" },
                { "event": "charge.succeeded", "kind": "lost" },
                { "event": "payment_intent.succeeded", "kind": "doubled" },
                { "event": "charge.updated", "kind": "late", "seconds": 60 },
            ])),
            1,
        )
        .unwrap();
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    world.sandbox.flush().await;
    assert_eq!(
        world.arrived(),
        [
            "payment_intent.succeeded",
            "payment_intent.succeeded",
            "payment_intent.created",
            "checkout.session.completed"
        ]
    );
    world.clock_forward(Duration::seconds(60));
    world.sandbox.flush().await;
    assert_eq!(world.arrived().last().unwrap(), "charge.updated");
    let listed = world.get("/v1/events?type=charge.succeeded").await;
    let lost = listed.body["data"][0]["id"].as_str().unwrap().to_owned();
    world.sandbox.resend_event(&lost).unwrap();
    world.sandbox.flush().await;
    assert_eq!(world.received("charge.succeeded").event["id"], lost);
}

#[tokio::test]
async fn faults_sign_badly_or_show_another_amount() {
    let world = World::new().await;
    world
        .sandbox
        .set_faults(
            plan(json!([
                { "event": "payment_intent.created", "kind": "bad_signature" },
                { "event": "charge.succeeded", "kind": "old_secret" },
                { "event": "payment_intent.succeeded", "kind": "other_currency" },
                { "event": "checkout.session.completed", "kind": "other_amount" },
            ])),
            1,
        )
        .unwrap();
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    world.sandbox.flush().await;
    assert!(!is_signed(&world.received("payment_intent.created"), SECRET));
    assert!(!is_signed(&world.received("charge.succeeded"), SECRET));
    let currency = world.received("payment_intent.succeeded");
    assert!(is_signed(&currency, SECRET));
    assert_eq!(currency.event["data"]["object"]["currency"], "usd");
    let amount = world.received("checkout.session.completed");
    assert!(is_signed(&amount, SECRET));
    assert_eq!(amount.event["data"]["object"]["amount_total"], 4900);
    let truth = world.get(&format!("/v1/checkout/sessions/{}", session.id())).await;
    assert_eq!(truth.body["amount_total"], 4800);
}

#[tokio::test]
async fn a_stranger_can_post_but_not_sign() {
    let (world, session) = paid_world().await;
    let object = world.sandbox.object(&session).unwrap();
    assert_eq!(world.sandbox.forge_event("checkout.session.completed", &object).await.unwrap(), 200);
    assert!(!is_signed(&world.received("checkout.session.completed"), SECRET));
}

// https://docs.stripe.com/api/events/list: "up to 20 strings", and "either type or types, but not both".
#[tokio::test]
async fn a_listing_takes_twenty_types_at_most() {
    let (world, _) = paid_world().await;
    let named = |count: usize| {
        let types: Vec<String> = (1..count).map(|n| format!("types[]=made.up{n}")).collect();
        format!("/v1/events?types[]=charge.updated&{}", types.join("&"))
    };
    assert_eq!(world.get(&named(20)).await.body["data"].as_array().unwrap().len(), 1);
    let refused = world.get(&named(21)).await;
    assert_eq!((refused.status, refused.error("param")), (400, "types"));
    let both = world.get("/v1/events?type=charge.updated&types[]=charge.updated").await;
    assert_eq!(both.status, 400);
}

// https://docs.stripe.com/api/events: 30 days, and a connected account's events only on its behalf.
#[tokio::test]
async fn events_can_be_listed_for_thirty_days() {
    let (world, _) = paid_world().await;
    let all = world.get("/v1/events?limit=100").await;
    assert_eq!(all.body["data"].as_array().unwrap().len(), 5);
    let some = world.get("/v1/events?types[]=charge.updated&types[]=charge.succeeded").await;
    assert_eq!(some.body["data"].as_array().unwrap().len(), 2);
    let account = world.open_account().await;
    world.sandbox.onboard(account.id(), Outcome::Ready).unwrap();
    let platform = world.get("/v1/events?type=account.updated").await;
    assert!(platform.body["data"].as_array().unwrap().is_empty());
    let url = format!("{}/api/v1/events?type=account.updated", world.base);
    let request = world.http.get(url).bearer_auth(KEY).header("stripe-account", account.id());
    let connected: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(connected["data"][0]["account"], account.id());
    let id = all.body["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("/v1/events/{id}")).await.status, 200);
    world.clock_forward(Duration::days(30));
    assert_eq!(world.get(&format!("/v1/events/{id}")).await.status, 404);
    assert!(world.get("/v1/events").await.body["data"].as_array().unwrap().is_empty());
    world.no_violations();
}

// https://docs.stripe.com/webhooks#handle-duplicate-events and #event-ordering: neither is promised.
#[tokio::test]
async fn a_storm_brings_every_event_three_times_in_its_seconds() {
    let world = World::new().await;
    let storm = plan(json!([{ "event": "*", "kind": "storm", "seconds": 5, "times": 100 }]));
    world.sandbox.set_faults(storm, 1).unwrap();
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    world.clock_forward(Duration::seconds(5));
    world.sandbox.flush().await;
    assert_eq!(world.sandbox.undelivered(), 0);
    let (arrived, happened) = (world.arrived(), world.sandbox.objects("event").len());
    assert_eq!(arrived.len(), 3 * happened);
    let in_order = arrived.chunks(3).all(|three| three.iter().all(|kind| *kind == three[0]));
    assert!(!in_order, "shuffled: {arrived:?}");
}
