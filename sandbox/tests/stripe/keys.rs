//! Idempotency keys as https://docs.stripe.com/api/idempotent_requests describes them.

use chrono::Duration;
use sandbox::stripe::Fault;
use serde_json::json;

use crate::support::*;

const SESSIONS: &str = "/v1/checkout/sessions";

fn fault(operation: &str, kind: &str) -> Fault {
    serde_json::from_value(json!({ "operation": operation, "kind": kind })).unwrap()
}

#[tokio::test]
async fn the_first_result_is_the_result() {
    let world = World::new().await;
    let first = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!(first.header("idempotent-replayed"), "");
    let second = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(second.header("original-request"), first.header("request-id"));
    assert_eq!(first.body, second.body);
    assert_eq!(world.sandbox.objects("checkout.session").len(), 1);
    world.no_violations();
}

#[tokio::test]
async fn a_500_is_kept_too() {
    let world = World::new().await;
    world.sandbox.set_faults(vec![fault("POST /v1/checkout/sessions", "stored_500")], 1).unwrap();
    let first = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!((first.status, first.error("type")), (500, "api_error"));
    let second = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!((second.status, second.header("idempotent-replayed")), (500, "true"));
    assert!(world.sandbox.objects("checkout.session").is_empty());
    assert_eq!(world.post_with_key(SESSIONS, &session_form(), "co:1:2").await.status, 200);
}

#[tokio::test]
async fn nothing_is_kept_when_validation_fails() {
    let world = World::new().await;
    let wrong = session_form().replace("mode=payment", "mode=gift");
    assert_eq!(world.post_with_key(SESSIONS, &wrong, "co:1:1").await.status, 400);
    assert_eq!(world.post_with_key(SESSIONS, &session_form(), "co:1:1").await.status, 200);
}

#[tokio::test]
async fn other_parameters_or_another_endpoint_are_refused() {
    let world = World::new().await;
    assert_eq!(world.post_with_key(SESSIONS, &session_form(), "co:1:1").await.status, 200);
    let other = session_form().replace("unit_amount]=4000", "unit_amount]=5000");
    let refused = world.post_with_key(SESSIONS, &other, "co:1:1").await;
    assert_eq!((refused.status, refused.error("type")), (400, "idempotency_error"));
    let elsewhere = world.post_with_key("/v1/customers", "name=Ada", "co:1:1").await;
    assert_eq!((elsewhere.status, elsewhere.error("type")), (400, "idempotency_error"));
    assert!(elsewhere.error("message").contains("same endpoint"));
}

#[tokio::test]
async fn a_running_key_conflicts_and_nothing_is_kept_for_the_loser() {
    let world = World::new().await;
    let slow = serde_json::from_value(
        json!({ "operation": "POST /v1/checkout/sessions", "kind": "delay", "milliseconds": 600 }),
    );
    world.sandbox.set_faults(vec![slow.unwrap()], 1).unwrap();
    let form = session_form();
    let both = tokio::join!(
        world.post_with_key(SESSIONS, &form, "co:1:1"),
        world.post_with_key(SESSIONS, &form, "co:1:1"),
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let loser = if both.0.status == 409 { &both.0 } else { &both.1 };
    assert_eq!(loser.error("code"), "idempotency_key_in_use");
    let again = world.post_with_key(SESSIONS, &form, "co:1:1").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
    assert_eq!(world.sandbox.objects("checkout.session").len(), 1);
}

#[tokio::test]
async fn a_key_lives_for_a_day() {
    let world = World::new().await;
    let first = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    world.clock_forward(Duration::hours(24) - Duration::seconds(1));
    let replay = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_eq!(replay.id(), first.id());
    world.clock_forward(Duration::seconds(2));
    let fresh = world.post_with_key(SESSIONS, &session_form(), "co:1:1").await;
    assert_ne!(fresh.id(), first.id());
}

#[tokio::test]
async fn a_refusal_of_the_operation_is_kept() {
    let world = World::new().await;
    let session = world.open_session().await;
    let expire = format!("/v1/checkout/sessions/{}/expire", session.id());
    assert_eq!(world.post_with_key(&expire, "", "ex:1:1").await.status, 200);
    let refused = world.post_with_key(&expire, "", "ex:1:2").await;
    let again = world.post_with_key(&expire, "", "ex:1:2").await;
    assert_eq!((refused.status, again.status), (400, 400));
    assert_eq!(again.header("idempotent-replayed"), "true");
}
