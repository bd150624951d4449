//! Which deliveries are believed: a table of good ones and of every way to be wrong.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use stripe_gateway::webhook::{WebhookRefusal, verify};

use crate::objects::moment;

const NOW: i64 = 1_790_000_000;
const CURRENT: &str = "whsec_current";
const PREVIOUS: &str = "whsec_previous";
const BODY: &str = r#"{"id":"evt_1","object":"event","type":"checkout.session.completed","livemode":false,
"api_version":"2026-08-26.dahlia","created":1789999990,"pending_webhooks":1,"account":null,
"data":{"object":{"id":"cs_test_1","object":"checkout.session","amount_total":1}}}"#;

fn signature(secret: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key length");
    mac.update(format!("{at}.{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn signed(secret: &str, at: i64) -> String {
    format!("t={at},v1={}", signature(secret, at, BODY))
}

fn now() -> DateTime<Utc> {
    moment(NOW)
}

#[test]
fn deliveries_stripe_made_are_believed() {
    let good = signature(CURRENT, NOW, BODY);
    let bad = "00".repeat(32);
    let headers = [
        ("plain", signed(CURRENT, NOW)),
        ("spaces", format!("t={NOW}, v1={good}")),
        ("good one first", format!("t={NOW},v1={good},v1={bad}")),
        ("good one last", format!("t={NOW},v1={bad},v1={good}")),
        ("with the test scheme", format!("t={NOW},v1={good},v0={bad}")),
        ("with something unreadable", format!("t={NOW},v1=zz,v1={good},v2=?")),
        ("the secret before", signed(PREVIOUS, NOW)),
        ("five minutes old", signed(CURRENT, NOW - 300)),
        ("five minutes ahead", signed(CURRENT, NOW + 300)),
    ];
    for (case, header) in headers {
        let envelope = verify(BODY.as_bytes(), &header, &[CURRENT, PREVIOUS], now());
        let envelope = envelope.unwrap_or_else(|refusal| panic!("{case}: {refusal}"));
        assert_eq!((envelope.id.as_str(), envelope.kind.as_str()), ("evt_1", "checkout.session.completed"));
        assert_eq!(envelope.object_id.as_deref(), Some("cs_test_1"));
        assert_eq!(envelope.object_type.as_deref(), Some("checkout.session"));
        assert_eq!((envelope.account, envelope.livemode), (None, false));
        assert_eq!(envelope.created, now() - TimeDelta::seconds(10));
    }
}

#[test]
fn everything_else_is_refused_with_its_reason() {
    use WebhookRefusal::{Forged, Future, Malformed, Stale};
    let good = signature(CURRENT, NOW, BODY);
    let many = vec![format!("v1={}", "00".repeat(32)); 40].join(",");
    let cases = [
        ("empty header", String::new(), Malformed),
        ("no moment", format!("v1={good}"), Malformed),
        ("no signature", format!("t={NOW}"), Malformed),
        ("only the test scheme", format!("t={NOW},v0={good}"), Malformed),
        ("moment is no number", format!("t=soon,v1={good}"), Malformed),
        ("two moments", format!("t={NOW},t={NOW},v1={good}"), Malformed),
        ("a flood of signatures", format!("t={NOW},{many},v1={good}"), Malformed),
        ("another secret", signed("whsec_other", NOW), Forged),
        ("a shortened signature", format!("t={NOW},v1={}", &good[..32]), Forged),
        ("moment moved after signing", format!("t={},v1={good}", NOW + 1), Forged),
        ("a recorded delivery", signed(CURRENT, NOW - 301), Stale),
        ("a clock ahead", signed(CURRENT, NOW + 301), Future),
        ("forged and old", signed("whsec_other", NOW - 9_000), Forged),
    ];
    for (case, header, refusal) in cases {
        assert_eq!(verify(BODY.as_bytes(), &header, &[CURRENT], now()), Err(refusal), "{case}");
    }
}

#[test]
fn a_changed_body_is_forged() {
    let tampered = BODY.replace("cs_test_1", "cs_test_2");
    let refused = verify(tampered.as_bytes(), &signed(CURRENT, NOW), &[CURRENT], now());
    assert_eq!(refused, Err(WebhookRefusal::Forged));
}

#[test]
fn no_secret_believes_nothing() {
    let with_nothing = signed("", NOW);
    for secrets in [&[] as &[&str], &[""], &[CURRENT, ""]] {
        let refused = verify(BODY.as_bytes(), &with_nothing, secrets, now());
        assert_eq!(refused, Err(WebhookRefusal::NoSecret), "{secrets:?}");
    }
}

#[test]
fn a_signed_body_that_is_no_event_is_named_as_such() {
    for body in ["", "null", "[]", "{}", r#"{"id":"evt_1","object":"charge"}"#, "\u{0}"] {
        let header = format!("t={NOW},v1={}", signature(CURRENT, NOW, body));
        let refused = verify(body.as_bytes(), &header, &[CURRENT], now());
        assert_eq!(refused, Err(WebhookRefusal::NotAnEvent), "{body:?}");
    }
}

#[test]
fn an_event_of_a_type_and_shape_nobody_knows_still_has_an_envelope() {
    let body = BODY
        .replace("checkout.session.completed", "v9.something.new")
        .replace(r#""account":null"#, r#""account":"acct_1","extra":{}"#)
        .replace(r#""id":"cs_test_1","object":"checkout.session","#, "");
    let header = format!("t={NOW},v1={}", signature(CURRENT, NOW, &body));
    let envelope = verify(body.as_bytes(), &header, &[CURRENT], now()).expect("an envelope");
    assert_eq!((envelope.kind.as_str(), envelope.object_id), ("v9.something.new", None));
    assert_eq!(envelope.account.as_deref(), Some("acct_1"));
}
