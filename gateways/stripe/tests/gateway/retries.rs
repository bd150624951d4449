//! One wish, one key: what is tried again, with what, and when it stops.

use std::time::{Duration, Instant};

use stripe_gateway::{IdempotencyKey, Settings, SettingsError, StripeError, StripeGateway, UncertainCause};

use crate::objects::{key, new_session, open_session};
use crate::stub::{Reply, Stub, failure, json, with_headers};

fn cause_of(error: &StripeError) -> UncertainCause {
    match error {
        StripeError::Uncertain(uncertain) => uncertain.cause,
        definite => panic!("a definite answer: {definite}"),
    }
}

#[tokio::test]
async fn passing_failures_are_tried_again_with_the_same_key_and_body() {
    let script = [failure(500), Reply::Cut, failure(409), json(200, open_session())];
    let stub = Stub::playing(script).await;
    let session = stub.gateway().create_checkout_session(&key(), new_session()).await.expect("a page");

    assert_eq!(session.id, "cs_test_1");
    let seen = stub.seen();
    assert_eq!(seen.len(), 4);
    for sent in &seen {
        assert_eq!(sent.key(), Some("co:ord_42:1"));
        assert_eq!(sent.body, seen[0].body);
    }
}

#[tokio::test]
async fn tries_are_bounded_and_the_outcome_is_uncertain() {
    let stub = Stub::playing((0..10).map(|_| failure(503))).await;
    let error = stub.gateway().create_checkout_session(&key(), new_session()).await.expect_err("no page");

    assert!(error.is_uncertain());
    assert_eq!(stub.seen().len(), 4);
    let StripeError::Uncertain(uncertain) = error else { unreachable!() };
    assert_eq!((uncertain.cause, uncertain.status, uncertain.tries), (UncertainCause::Server, Some(503), 4));
    assert_eq!(uncertain.request_id.as_deref(), Some("req_stub"));
}

#[tokio::test]
async fn a_stored_failure_that_stripe_says_not_to_repeat_is_not_repeated() {
    let told = with_headers(500, vec![("stripe-should-retry", "false")], "{}");
    let stub = Stub::playing([told]).await;
    let error = stub.gateway().create_checkout_session(&key(), new_session()).await.expect_err("no page");
    assert_eq!(cause_of(&error), UncertainCause::Server);
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_wait_stripe_asks_for_is_kept_or_handed_to_the_caller() {
    let soon = || with_headers(429, vec![("retry-after", "1")], "{}");
    let stub = Stub::playing([soon(), json(200, open_session())]).await;
    let patient = stub.gateway_with(|settings| settings.longest_wait = Duration::from_secs(2));
    let began = Instant::now();
    patient.checkout_session("cs_test_1").await.expect("a page");
    assert!(began.elapsed() >= Duration::from_secs(1), "asked to wait a second");

    let stub = Stub::playing([soon()]).await;
    let error = stub.gateway().checkout_session("cs_test_1").await.expect_err("no page");
    let StripeError::Uncertain(uncertain) = error else { panic!("{error}") };
    assert_eq!(uncertain.cause, UncertainCause::TooMany);
    assert_eq!(uncertain.retry_after, Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn silence_ends_in_time() {
    let stub = Stub::playing([Reply::Silence, Reply::Silence]).await;
    let gateway = stub.gateway_with(|settings| {
        settings.request_timeout = Duration::from_millis(100);
        settings.tries = 2;
    });
    let began = Instant::now();
    let error = gateway.create_checkout_session(&key(), new_session()).await.expect_err("no page");
    assert_eq!(cause_of(&error), UncertainCause::Timeout);
    assert_eq!(stub.seen().len(), 2);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn patience_ends_even_when_tries_are_left() {
    let stub = Stub::playing((0..10).map(|_| Reply::Silence)).await;
    let gateway = stub.gateway_with(|settings| {
        settings.patience = Duration::from_millis(150);
        settings.tries = 10;
    });
    let error = gateway.create_checkout_session(&key(), new_session()).await.expect_err("no page");
    assert_eq!(cause_of(&error), UncertainCause::Timeout);
    assert_eq!(stub.seen().len(), 1, "the first try used all of it");
}

#[tokio::test]
async fn nobody_listening_is_uncertain_too() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let mut settings = Settings::new("sk_test_stub", base);
    settings.first_wait = Duration::from_millis(1);
    let gateway = StripeGateway::connect(settings).expect("a gateway");
    let error = gateway.checkout_session("cs_test_1").await.expect_err("no page");
    assert_eq!(cause_of(&error), UncertainCause::Connect);
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let stub = Stub::playing((0..5).map(|_| json(200, open_session()))).await;
    let gateway = stub.gateway();
    for _ in 0..5 {
        gateway.checkout_session("cs_test_1").await.expect("a page");
    }
    assert!(stub.seen().iter().all(|sent| sent.connection == 1), "{:?}", stub.seen());
}

#[test]
fn a_key_is_short_plain_text() {
    assert_eq!(IdempotencyKey::for_attempt("co", "ord_42", 2).expect("a key").as_str(), "co:ord_42:2");
    for wrong in [String::new(), "two words".into(), "ключ".into(), "line\nbreak".into(), "k".repeat(256)]
    {
        assert!(IdempotencyKey::new(wrong.clone()).is_err(), "{wrong:?}");
    }
}

#[test]
fn settings_that_would_show_the_key_are_refused() {
    let refused = |key: &str, base: &str| StripeGateway::connect(Settings::new(key, base)).err();
    assert_eq!(refused("sk_test_1", "http://stripe.example"), Some(SettingsError::PlainHttp));
    assert_eq!(refused("sk_live_1", "http://127.0.0.1:4242"), Some(SettingsError::PlainHttp));
    assert_eq!(refused("pk_test_1", "https://api.stripe.com"), Some(SettingsError::SecretKey));
    assert_eq!(refused("sk_test_1\n", "https://api.stripe.com"), Some(SettingsError::SecretKey));
    assert_eq!(refused("sk_test_1", "stripe"), Some(SettingsError::ApiBase));
    let live = StripeGateway::connect(Settings::new("sk_live_1", "https://api.stripe.com")).expect("fine");
    assert!(live.livemode());
    assert!(!format!("{:?} {live:?}", Settings::new("sk_live_1", "https://x")).contains("sk_live"));
}
