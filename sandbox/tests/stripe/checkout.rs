//! A sale from the open session to the money on the balance.

use chrono::Duration;
use sandbox::stripe::BankAnswer;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn a_buyer_pays_and_every_amount_agrees() {
    let world = World::new().await;
    let session = world.open_session().await;
    assert_eq!(session.body["amount_total"], 4800);
    assert_eq!(session.body["payment_status"], "unpaid");
    assert!(session.body["url"].as_str().unwrap().ends_with(session.id()));
    assert!(session.header("request-id").starts_with("req_"));

    let paid = world
        .control(
            &format!("/checkout-sessions/{}/pay", session.id()),
            json!({ "card": "4242 4242 4242 4242" }),
        )
        .await;
    assert_eq!((paid.status, &paid.body["status"]), (200, &json!("complete")));

    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=payment_intent.latest_charge.balance_transaction&expand[]=line_items",
        session.id()
    );
    let read = world.get(&path).await;
    assert_eq!(read.status, 200, "{}", read.body);
    assert_eq!(read.body["payment_status"], "paid");
    assert_eq!(read.body["customer_details"]["email"], "ada@example.com");
    assert_eq!(read.body["line_items"]["data"][1]["amount_total"], 800);
    let intent = &read.body["payment_intent"];
    assert_eq!((&intent["status"], &intent["amount_received"]), (&json!("succeeded"), &json!(4800)));
    assert_eq!(intent["metadata"]["order"], "ord_1");
    let charge = &intent["latest_charge"];
    assert_eq!((&charge["paid"], &charge["transfer_group"]), (&json!(true), &json!("ord_1")));
    let transaction = &charge["balance_transaction"];
    // 2.9 % of 48.00, rounded, and 0.30.
    assert_eq!((&transaction["fee"], &transaction["net"]), (&json!(169), &json!(4631)));
    assert_eq!(transaction["fee_details"][0]["amount"], 169);
    assert_eq!(transaction["status"], "pending");
    world.no_violations();
}

#[tokio::test]
async fn money_becomes_available_on_its_day() {
    let world = World::new().await;
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    let pending = world.get("/v1/balance_transactions?type=charge").await;
    assert_eq!(pending.body["data"][0]["status"], "pending");
    world.clock_forward(Duration::days(2));
    let available = world.get("/v1/balance_transactions?type=charge").await;
    assert_eq!(available.body["data"][0]["status"], "available");
    world.no_violations();
}

// https://docs.stripe.com/testing#declined-payments
#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another() {
    let world = World::new().await;
    let session = world.open_session().await;
    let pay = format!("/checkout-sessions/{}/pay", session.id());
    let declined = world.control(&pay, json!({ "card": "4000000000000002" })).await;
    assert_eq!(declined.status, 402);
    assert_eq!(
        (declined.error("code"), declined.error("decline_code")),
        ("card_declined", "generic_decline")
    );
    let poor = world.control(&pay, json!({ "card": "4000000000009995" })).await;
    assert_eq!(poor.error("decline_code"), "insufficient_funds");

    let open = world.get(&format!("/v1/checkout/sessions/{}?expand[]=payment_intent", session.id())).await;
    assert_eq!(open.body["status"], "open");
    assert_eq!(open.body["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(open.body["payment_intent"]["last_payment_error"]["decline_code"], "insufficient_funds");

    let paid = world.control(&pay, json!({ "card": "4242424242424242" })).await;
    assert_eq!(paid.body["payment_status"], "paid");
    let charges = world
        .get(&format!("/v1/charges?payment_intent={}", paid.body["payment_intent"].as_str().unwrap()))
        .await;
    let statuses: Vec<_> = charges.body["data"].as_array().unwrap().iter().map(|c| &c["status"]).collect();
    assert_eq!(statuses, ["succeeded", "failed", "failed"]);
    world.no_violations();
}

// https://docs.stripe.com/testing#regulatory-cards
#[tokio::test]
async fn three_d_secure_is_asked_failed_and_completed() {
    let world = World::new().await;
    let session = world.open_session().await;
    let card = sandbox::stripe::CardEntry::number("4000002500003155");
    let asked = world.sandbox.pay_with(session.id(), &card, None, BankAnswer::Open).unwrap();
    assert_eq!(asked["status"], "open");
    let intent = world.sandbox.object(asked["payment_intent"].as_str().unwrap()).unwrap();
    assert_eq!(intent["status"], "requires_action");
    let failed = world.sandbox.pay_with(session.id(), &card, None, BankAnswer::Fail).unwrap_err();
    assert_eq!(failed.code_text(), Some("payment_intent_authentication_failure"));
    let paid = world.sandbox.pay(session.id(), "4000002500003155").unwrap();
    assert_eq!(paid["payment_status"], "paid");
    world.no_violations();
}

#[tokio::test]
async fn what_the_form_refuses_never_becomes_a_charge() {
    let world = World::new().await;
    let session = world.open_session().await;
    let pay = format!("/checkout-sessions/{}/pay", session.id());
    for (card, expiry, cvc, code) in [
        ("4242424242424241", "12/30", "123", "incorrect_number"),
        ("4242424242424242", "10/26", "123", "invalid_expiry_year"),
        ("4242424242424242", "13/30", "123", "invalid_expiry_month"),
        ("4242424242424242", "12/30", "12", "invalid_cvc"),
    ] {
        let refused = world.control(&pay, json!({ "card": card, "expiry": expiry, "cvc": cvc })).await;
        assert_eq!((refused.status, refused.error("code")), (402, code));
    }
    assert!(world.sandbox.objects("charge").is_empty());
}

// https://docs.stripe.com/api/checkout/sessions/expire: only an open session can be expired.
#[tokio::test]
async fn only_an_open_session_can_be_expired_and_only_once() {
    let world = World::new().await;
    let session = world.open_session().await;
    let expire = format!("/v1/checkout/sessions/{}/expire", session.id());
    assert_eq!(world.post(&expire, "").await.body["status"], "expired");
    let again = world.post(&expire, "").await;
    assert_eq!((again.status, again.error("type")), (400, "invalid_request_error"));
    assert_eq!(world.sandbox.pay(session.id(), "4242424242424242").unwrap_err().status, 400);

    let paid = world.open_session().await;
    world.sandbox.pay(paid.id(), "4242424242424242").unwrap();
    let late = world.post(&format!("/v1/checkout/sessions/{}/expire", paid.id()), "").await;
    assert_eq!(late.status, 400);
    assert!(late.error("message").contains("complete"), "{}", late.body);
    world.no_violations();
}

// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at: 30 minutes to 24 hours.
#[tokio::test]
async fn a_session_lives_between_half_an_hour_and_a_day() {
    let world = World::new().await;
    for (seconds, status) in [(29 * 60, 400), (31 * 60, 200), (24 * 3600, 200), (24 * 3600 + 60, 400)] {
        let form = format!("{}&expires_at={}", session_form(), world.now() + seconds);
        let answer = world.post("/v1/checkout/sessions", &form).await;
        assert_eq!(answer.status, status, "{seconds} s: {}", answer.body);
    }
    world.clock_forward(Duration::minutes(31));
    let open = world.get("/v1/checkout/sessions?status=open").await;
    assert_eq!(open.body["data"].as_array().unwrap().len(), 1);
    let expired = world.get("/v1/checkout/sessions?status=expired").await;
    assert_eq!(expired.body["data"].as_array().unwrap().len(), 1);
    world.no_violations();
}

// https://docs.stripe.com/api/payment_intents/cancel: not for the intent of a Checkout Session.
#[tokio::test]
async fn the_intent_of_a_session_belongs_to_its_session() {
    let world = World::new().await;
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), "4000000000000002").unwrap_err();
    let intent = world.sandbox.objects("payment_intent")[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.post(&format!("/v1/payment_intents/{intent}/cancel"), "").await.status, 400);
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    assert_eq!(world.post(&confirm, "payment_method=pm_card_visa").await.status, 400);
    world.no_violations();
}

#[tokio::test]
async fn a_phone_pays_an_intent_of_its_own() {
    let world = World::new().await;
    let form = "amount=4800&currency=eur&automatic_payment_methods[enabled]=true&metadata[order]=ord_2";
    let intent = world.post("/v1/payment_intents", form).await;
    assert_eq!(intent.status, 200, "{}", intent.body);
    let confirm = format!("/payment-intents/{}/confirm", intent.id());
    assert_eq!(world.control(&confirm, json!({ "card": "4000000000000002" })).await.status, 402);
    let paid = world.control(&confirm, json!({ "card": "4242424242424242" })).await;
    assert_eq!(paid.body["status"], "succeeded");
    let twice = world.control(&confirm, json!({ "card": "4242424242424242" })).await;
    assert_eq!(twice.error("code"), "payment_intent_unexpected_state");
    assert_eq!(world.sandbox.objects("balance_transaction").len(), 1);
    let cancel = world.post(&format!("/v1/payment_intents/{}/cancel", intent.id()), "").await;
    assert_eq!(cancel.status, 400);
    world.no_violations();
}

// https://docs.stripe.com/payments/checkout/fulfill-orders#delayed-payment-methods
#[tokio::test]
async fn a_debit_completes_the_session_before_the_money_is_there() {
    let world = World::new().await;
    for (succeeded, payment_status, event) in [
        (true, "paid", "checkout.session.async_payment_succeeded"),
        (false, "unpaid", "checkout.session.async_payment_failed"),
    ] {
        let session = world.open_session().await;
        let complete = world.sandbox.pay_by_debit(session.id()).unwrap();
        assert_eq!(
            (&complete["status"], &complete["payment_status"]),
            (&json!("complete"), &json!("unpaid"))
        );
        let settle = format!("/checkout-sessions/{}/settle", session.id());
        let settled = world.control(&settle, json!({ "succeeded": succeeded })).await;
        assert_eq!(settled.body["payment_status"], payment_status, "{}", settled.body);
        assert_eq!(world.control(&settle, json!({ "succeeded": true })).await.status, 400);
        world.sandbox.flush().await;
        world.received(event);
    }
    world.no_violations();
}

#[tokio::test]
async fn a_customer_is_kept_and_its_address_prefilled() {
    let world = World::new().await;
    let customer = world.post("/v1/customers", "name=Ada&email=ada@example.com&metadata[user]=u_1").await;
    assert_eq!(customer.status, 200, "{}", customer.body);
    let changed =
        world.post(&format!("/v1/customers/{}", customer.id()), "name=Ada L.&metadata[user]=").await;
    assert_eq!((&changed.body["name"], &changed.body["metadata"]), (&json!("Ada L."), &json!({})));
    let form =
        session_form().replace("customer_email=ada@example.com", &format!("customer={}", customer.id()));
    let session = world.post("/v1/checkout/sessions", &form).await;
    let paid = world.sandbox.pay(session.id(), "4242424242424242").unwrap();
    assert_eq!(paid["customer_details"]["email"], "ada@example.com");
    assert_eq!(
        world.get(&format!("/v1/payment_intents?customer={}", customer.id())).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let charge = &world.sandbox.objects("charge")[0];
    assert_eq!(charge["customer"], customer.body["id"]);
    world.no_violations();
}

#[tokio::test]
async fn lists_go_newest_first_and_page_by_id() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.open_session().await.id().to_owned());
    }
    let first = world.get("/v1/checkout/sessions?limit=2").await;
    assert_eq!(first.body["has_more"], true);
    assert_eq!(
        (&first.body["data"][0]["id"], &first.body["data"][1]["id"]),
        (&json!(ids[2]), &json!(ids[1]))
    );
    let second = world.get(&format!("/v1/checkout/sessions?limit=2&starting_after={}", ids[1])).await;
    assert_eq!((&second.body["data"][0]["id"], &second.body["has_more"]), (&json!(ids[0]), &json!(false)));
    assert_eq!(world.get("/v1/checkout/sessions?limit=101").await.status, 400);
    world.no_violations();
}
