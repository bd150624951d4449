//! Money after the sale: back to the buyer, on to the creator, taken by the bank.

use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::*;

const CARD: &str = "4242424242424242";

/// A paid charge of 48.00 euro; its id.
async fn sale(world: &World, card: &str) -> String {
    let session = world.open_session().await;
    world.sandbox.pay(session.id(), card).unwrap();
    world.sandbox.objects("charge").last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn creator(world: &World) -> String {
    let account = world.open_account().await;
    world.sandbox.onboard(account.id(), Outcome::Ready).unwrap();
    account.id().to_owned()
}

/// Available and pending, of the platform.
async fn balance(world: &World) -> (i64, i64) {
    let balance = world.get("/v1/balance").await.body;
    let of = |side: &Value| {
        side.as_array()
            .unwrap()
            .iter()
            .find(|row| row["currency"] == "eur")
            .map_or(0, |row| row["amount"].as_i64().unwrap())
    };
    (of(&balance["available"]), of(&balance["pending"]))
}

// https://docs.stripe.com/api/refunds/create: refunds never exceed what is left.
#[tokio::test]
async fn a_sale_is_refunded_in_parts_and_never_twice() {
    let world = World::new().await;
    let charge = sale(&world, CARD).await;
    let part = world.post("/v1/refunds", &format!("charge={charge}&amount=1800&metadata[refund]=rf_1")).await;
    assert_eq!((part.status, &part.body["status"]), (200, &json!("succeeded")), "{}", part.body);
    let too_much = world.post("/v1/refunds", &format!("charge={charge}&amount=3001")).await;
    assert_eq!((too_much.status, too_much.error("code")), (400, "amount_too_large"));
    let rest = world.post("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!(rest.body["amount"], 3000);
    let again = world.post("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!(again.error("code"), "charge_already_refunded");
    let read = world.get(&format!("/v1/charges/{charge}")).await.body;
    assert_eq!((&read["amount_refunded"], &read["refunded"]), (&json!(4800), &json!(true)));
    assert_eq!(
        world.get(&format!("/v1/refunds?charge={charge}")).await.body["data"].as_array().unwrap().len(),
        2
    );
    // Stripe keeps its fee of 1.69.
    assert_eq!(balance(&world).await, (-4800, 4631));
    world.no_violations();
}

// https://docs.stripe.com/testing#refunds: the refund begins as succeeded and fails some time later.
#[tokio::test]
async fn a_refund_can_fail_after_it_succeeded() {
    let world = World::new().await;
    let charge = sale(&world, "4000000000005126").await;
    let refund = world.post("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!(refund.body["status"], "succeeded");
    world.clock_forward(Duration::seconds(60));
    world.sandbox.flush().await;
    let failed = world.received("refund.failed").event;
    assert_eq!(failed["data"]["object"]["status"], "failed");
    let read = world.get(&format!("/v1/charges/{charge}")).await.body;
    assert_eq!((&read["amount_refunded"], &read["refunded"]), (&json!(0), &json!(false)));
    assert_eq!(balance(&world).await, (0, 4631));
    world.no_violations();
}

// https://docs.stripe.com/connect/separate-charges-and-transfers#transfer-availability
#[tokio::test]
async fn a_transfer_with_its_charge_needs_no_available_money() {
    let world = World::new().await;
    let (charge, account) = (sale(&world, CARD).await, creator(&world).await);
    let form = |amount: i64, rest: &str| format!("amount={amount}&currency=eur&destination={account}{rest}");
    let poor = world.post("/v1/transfers", &form(3000, "")).await;
    assert_eq!((poor.status, poor.error("code")), (400, "balance_insufficient"));
    let sourced = world.post("/v1/transfers", &form(3000, &format!("&source_transaction={charge}"))).await;
    assert_eq!(sourced.status, 200, "{}", sourced.body);
    assert_eq!(sourced.body["transfer_group"], "ord_1", "the group of its charge");
    let beyond = world.post("/v1/transfers", &form(1801, &format!("&source_transaction={charge}"))).await;
    assert_eq!(beyond.status, 400, "all transfers stay within their charge");
    let booked = sourced.body["balance_transaction"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("/v1/balance_transactions/{booked}")).await.body["status"], "pending");
    assert_eq!(balance(&world).await, (0, 1631));
    world.clock_forward(Duration::days(2));
    assert_eq!(world.get(&format!("/v1/balance_transactions/{booked}")).await.body["status"], "available");
    assert_eq!(balance(&world).await, (1631, 0));
    let free = world.post("/v1/transfers", &form(1631, "")).await;
    assert_eq!(free.status, 200, "now there is available money: {}", free.body);
    let listed = world.get("/v1/transfers?transfer_group=ord_1").await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 1);
    world.no_violations();
}

#[tokio::test]
async fn a_transfer_needs_an_account_that_may_receive_in_the_charges_currency() {
    let world = World::new().await;
    let charge = sale(&world, CARD).await;
    let fresh = world.open_account().await;
    let form = format!("amount=100&currency=eur&destination={}&source_transaction={charge}", fresh.id());
    assert_eq!(
        world.post("/v1/transfers", &form).await.error("code"),
        "insufficient_capabilities_for_transfer"
    );
    world.sandbox.onboard(fresh.id(), Outcome::Ready).unwrap();
    assert_eq!(world.post("/v1/transfers", &form.replace("eur", "usd")).await.error("param"), "currency");
    assert_eq!(world.post("/v1/transfers", &form).await.status, 200);
}

// https://docs.stripe.com/api/transfer_reversals/create: at most what is left, the whole only once; and the creator's
// account must hold the money.
#[tokio::test]
async fn a_reversal_takes_what_is_left_once_and_needs_money_there() {
    let world = World::new().await;
    let (charge, account) = (sale(&world, CARD).await, creator(&world).await);
    let form = format!("amount=3000&currency=eur&destination={account}&source_transaction={charge}");
    let transfer = world.post("/v1/transfers", &form).await;
    let reversals = format!("/v1/transfers/{}/reversals", transfer.id());
    assert_eq!(world.post(&reversals, "amount=1000").await.status, 200);
    assert_eq!(world.post(&reversals, "amount=2001").await.status, 400);

    let payout = world.control(&format!("/accounts/{account}/payout"), json!({ "amount": 1500 })).await;
    assert_eq!(payout.status, 200, "{}", payout.body);
    let empty = world.post(&reversals, "").await;
    assert_eq!((empty.status, empty.error("code")), (400, "balance_insufficient"));
    assert_eq!(world.post(&reversals, "amount=500").await.status, 200);

    let second = world.post("/v1/transfers", &form.replace("3000", "1800")).await;
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(world.post(&reversals, "").await.body["amount"], 1500);
    let again = world.post(&reversals, "").await;
    assert_eq!((again.status, again.error("code")), (400, "transfer_already_reversed"));
    let read = world.get(&format!("/v1/transfers/{}", transfer.id())).await.body;
    assert_eq!((&read["amount_reversed"], &read["reversed"]), (&json!(3000), &json!(true)));
    assert_eq!(world.get(&reversals).await.body["data"].as_array().unwrap().len(), 3);
    world.sandbox.flush().await;
    assert!(world.received("payout.paid").connect);
    world.no_violations();
}

// https://docs.stripe.com/disputes/how-disputes-work
#[tokio::test]
async fn a_dispute_takes_the_money_and_gives_it_back_when_won() {
    let world = World::new().await;
    let charge = sale(&world, CARD).await;
    let before = balance(&world).await;
    let dispute = world.control(&format!("/charges/{charge}/dispute"), json!({ "amount": null })).await;
    assert_eq!(
        (dispute.status, &dispute.body["status"]),
        (200, &json!("needs_response")),
        "{}",
        dispute.body
    );
    assert_eq!(balance(&world).await.0, before.0 - 4800 - 2000);
    let refund = world.post("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!(refund.error("code"), "charge_disputed");
    let evidence = format!("/v1/disputes/{}", dispute.id());
    let answered = world.post(&evidence, "evidence[uncategorized_text]=The buyer came.&submit=true").await;
    assert_eq!(answered.body["status"], "under_review", "{}", answered.body);
    let close = format!("/disputes/{}/close", dispute.id());
    assert_eq!(world.control(&close, json!({ "won": true })).await.body["status"], "won");
    assert_eq!(world.control(&close, json!({ "won": false })).await.status, 400);
    assert_eq!(balance(&world).await, before);
    world.sandbox.flush().await;
    let story: Vec<_> =
        world.arrived().into_iter().filter(|kind| kind.starts_with("charge.dispute")).collect();
    assert_eq!(
        story,
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed"
        ]
    );
    assert_eq!(world.post("/v1/refunds", &format!("charge={charge}")).await.status, 200);
    world.no_violations();
}

// https://docs.stripe.com/disputes/how-disputes-work#inquiries
#[tokio::test]
async fn an_inquiry_moves_nothing_and_leaves_the_charge_refundable() {
    let world = World::new().await;
    let charge = sale(&world, CARD).await;
    let before = balance(&world).await;
    let inquiry = world.control(&format!("/charges/{charge}/dispute"), json!({ "inquiry": true })).await;
    assert_eq!(inquiry.body["status"], "warning_needs_response", "{}", inquiry.body);
    assert_eq!(balance(&world).await, before);
    assert_eq!(world.post("/v1/refunds", &format!("charge={charge}&amount=100")).await.status, 200);
    let close = format!("/disputes/{}/close", inquiry.id());
    assert_eq!(world.control(&close, json!({ "won": true })).await.body["status"], "warning_closed");
    world.no_violations();
}

// https://docs.stripe.com/testing#disputes
#[tokio::test]
async fn one_card_is_disputed_right_after_it_paid_and_may_be_lost() {
    let world = World::new().await;
    let charge = sale(&world, "4000000000000259").await;
    let listed = world.get(&format!("/v1/disputes?charge={charge}")).await.body;
    let dispute = listed["data"][0]["id"].as_str().unwrap().to_owned();
    world.sandbox.flush().await;
    let arrived = world.arrived();
    let position = |kind: &str| arrived.iter().position(|other| other == kind).unwrap();
    assert!(position("checkout.session.completed") < position("charge.dispute.created"));
    assert_eq!(world.post(&format!("/v1/disputes/{dispute}/close"), "").await.body["status"], "lost");
    assert_eq!(balance(&world).await, (-6800, 4631));
    assert_eq!(world.post("/v1/refunds", &format!("charge={charge}")).await.error("code"), "charge_disputed");
    world.no_violations();
}

#[tokio::test]
async fn whatever_was_made_can_be_read_again() {
    let world = World::new().await;
    let (charge, account) = (sale(&world, CARD).await, creator(&world).await);
    let customer = world.post("/v1/customers", "email=ada@example.com").await;
    let refund = world.post("/v1/refunds", &format!("charge={charge}&amount=100")).await;
    let form = format!("amount=100&currency=eur&destination={account}&source_transaction={charge}");
    let transfer = world.post("/v1/transfers", &form).await;
    let method = world.sandbox.object(&charge).unwrap()["payment_method"].as_str().unwrap().to_owned();
    for (path, id) in [
        ("/v1/customers", customer.id()),
        ("/v1/refunds", refund.id()),
        ("/v1/transfers", transfer.id()),
        ("/v1/payment_methods", method.as_str()),
        ("/v1/charges", charge.as_str()),
    ] {
        let read = world.get(&format!("{path}/{id}")).await;
        assert_eq!((read.status, read.id()), (200, id));
    }
    let capabilities = world.get(&format!("/v1/accounts/{account}/capabilities")).await;
    assert_eq!(capabilities.body["data"][0]["status"], "active", "{}", capabilities.body);
    let metadata = world.post(&format!("/v1/accounts/{account}"), "metadata[creator]=cr_2").await;
    assert_eq!(metadata.body["metadata"]["creator"], "cr_2", "{}", metadata.body);
    let intent = world.sandbox.objects("payment_intent")[0]["id"].as_str().unwrap().to_owned();
    let renamed = world.post(&format!("/v1/payment_intents/{intent}"), "description=Order 1").await;
    assert_eq!(renamed.body["description"], "Order 1", "{}", renamed.body);
    let lines = world.sandbox.objects("checkout.session")[0]["id"].as_str().unwrap().to_owned();
    let lines = world.get(&format!("/v1/checkout/sessions/{lines}/line_items")).await;
    assert_eq!(lines.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(
        world.get("/v1/customers?email=ada@example.com").await.body["data"].as_array().unwrap().len(),
        1
    );
    world.no_violations();
}
