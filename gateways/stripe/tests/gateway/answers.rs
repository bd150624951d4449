//! Every kind of "no": which are definite, which are not, and what is kept of each.

use serde_json::json as object;
use sha2::{Digest, Sha256};
use stripe_gateway::{StripeError, UncertainCause};

use crate::objects::{key, new_session, open_session};
use crate::stub::{Reply, Stub, json, with_headers};

async fn answer_to_a_purchase(reply: Reply) -> StripeError {
    let stub = Stub::playing([reply]).await;
    let gateway = stub.gateway_with(|settings| settings.tries = 1);
    gateway.create_checkout_session(&key(), new_session()).await.expect_err("no page")
}

#[tokio::test]
async fn a_declined_card_keeps_the_banks_reason() {
    let error = answer_to_a_purchase(json(
        402,
        object!({ "error": {
            "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
            "message": "Your card has insufficient funds.",
        } }),
    ))
    .await;
    let StripeError::Declined { code, decline_code, message, request_id } = error else { panic!("{error}") };
    assert_eq!(code.as_deref(), Some("card_declined"));
    assert_eq!(decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(message, "Your card has insufficient funds.");
    assert_eq!(request_id.as_deref(), Some("req_stub"));
}

#[tokio::test]
async fn a_refusal_names_the_parameter_and_is_definite() {
    let error = answer_to_a_purchase(json(
        400,
        object!({ "error": {
            "type": "invalid_request_error", "code": "parameter_unknown", "param": "ui_mode",
            "message": "Received unknown parameter", "doc_url": "https://stripe.com/docs",
        } }),
    ))
    .await;
    assert!(!error.is_uncertain());
    assert_eq!(error.request_id(), Some("req_stub"));
    let StripeError::Refused { status, kind, param, .. } = error else { panic!("{error}") };
    assert_eq!((status, kind.as_str(), param.as_deref()), (400, "invalid_request_error", Some("ui_mode")));
}

#[tokio::test]
async fn unknown_objects_and_bad_keys_are_told_apart() {
    let said = |status| json(status, object!({ "error": { "type": "invalid_request_error" } }));
    assert!(matches!(answer_to_a_purchase(said(404)).await, StripeError::NotFound { .. }));
    assert!(matches!(answer_to_a_purchase(said(401)).await, StripeError::Unauthorized { status: 401, .. }));
    assert!(matches!(answer_to_a_purchase(said(403)).await, StripeError::Unauthorized { status: 403, .. }));
}

#[tokio::test]
async fn a_page_from_something_in_between_is_uncertain_and_only_its_hash_is_kept() {
    let page = "<html>502 Bad Gateway for ada@example.org</html>";
    for (status, cause) in
        [(502, UncertainCause::Server), (400, UncertainCause::Unreadable), (302, UncertainCause::Unreadable)]
    {
        let reply = with_headers(status, vec![("request-id", "req_9"), ("location", "https://evil")], page);
        let error = answer_to_a_purchase(reply).await;
        assert!(!format!("{error} {error:?}").contains("ada@"), "no one's data in {error}");
        let StripeError::Uncertain(uncertain) = error else { panic!("{error}") };
        assert_eq!((uncertain.cause, uncertain.status), (cause, Some(status)));
        assert_eq!(uncertain.body_sha256, Some(hex::encode(Sha256::digest(page))));
        assert_eq!(uncertain.request_id.as_deref(), Some("req_9"));
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_uncertain_because_it_may_have_happened() {
    let mut maimed = open_session();
    maimed.as_object_mut().expect("an object").remove("payment_status");
    let bodies = [maimed.to_string(), r#"{"id": "cs_test_1", "#.to_owned(), String::new()];
    for body in bodies {
        let error = answer_to_a_purchase(with_headers(200, vec![("request-id", "req_9")], &body)).await;
        let StripeError::Uncertain(uncertain) = error else { panic!("{error}") };
        assert_eq!((uncertain.cause, uncertain.status), (UncertainCause::Unreadable, Some(200)));
        assert_eq!(uncertain.body_sha256, Some(hex::encode(Sha256::digest(&body))));
        assert_eq!(uncertain.request_id.as_deref(), Some("req_9"));
    }
}
