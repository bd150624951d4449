//! The fault plan: each kind does what it says, and the state stays true.

use serde_json::json;

use crate::support::*;

const SESSIONS: &str = "/v1/checkout/sessions";

async fn planned(kind: &str) -> World {
    let world = World::new().await;
    let plan = json!({ "plan": [{ "operation": "POST /v1/checkout/sessions", "kind": kind }], "seed": 1 });
    let answer = world.control("/faults", plan).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world
}

async fn breaks(world: &World) -> bool {
    let request = world.request(SESSIONS, &session_form()).header("idempotency-key", "co:1:1");
    match request.send().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    }
}

#[tokio::test]
async fn a_connection_breaks_before_anything_happened() {
    let world = planned("reset_before").await;
    assert!(breaks(&world).await);
    assert!(world.sandbox.objects("checkout.session").is_empty());
    let again = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, ""));
}

#[tokio::test]
async fn a_connection_breaks_after_everything_happened() {
    let world = planned("reset_after_commit").await;
    assert!(breaks(&world).await);
    assert_eq!(world.sandbox.objects("checkout.session").len(), 1);
    let again = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
    assert_eq!(world.sandbox.objects("checkout.session").len(), 1);
}

#[tokio::test]
async fn statuses_and_broken_bodies() {
    for (kind, status) in
        [("rate_limited_429", 429), ("key_in_use_409", 409), ("stored_500_after_commit", 500)]
    {
        let world = planned(kind).await;
        let answer = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
        assert_eq!(answer.status, status);
        let made = world.sandbox.objects("checkout.session").len();
        assert_eq!(made, usize::from(kind == "stored_500_after_commit"));
    }
    let world = planned("malformed_json").await;
    let answer = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert!(answer.body.is_string(), "not JSON any more: {}", answer.body);
    let world = planned("other_amount").await;
    let answer = world.post(SESSIONS, &session_form()).await;
    assert_eq!(answer.body["amount_total"], 4900);
}

#[tokio::test]
async fn a_plan_that_cannot_be_understood_is_refused() {
    let world = World::new().await;
    for plan in [
        json!([{ "operation": "*", "kind": "explode" }]),
        json!([{ "event": "*", "kind": "reset_before" }]),
        json!([{ "kind": "lost" }]),
        json!([{ "event": "*", "kind": "lost", "colour": "red" }]),
        json!("lost"),
    ] {
        assert_eq!(world.control("/faults", json!({ "plan": plan })).await.status, 400);
    }
}

#[tokio::test]
async fn the_log_shows_calls_with_their_keys() {
    let world = World::new().await;
    world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    let log = world.http.get(format!("{}/requests", world.base)).send().await.unwrap();
    let log: serde_json::Value = log.json().await.unwrap();
    assert_eq!(log["requests"][0]["idempotencyKey"], "co:1:1");
    assert_eq!(log["requests"][0]["operation"], "PostCheckoutSessions");
    assert_eq!(log["requests"][1]["replayed"], true);
    assert_eq!(log["requests"][0]["parameters"]["line_items"][0]["quantity"], "1");
}
