//! Subscriptions from the page to their end: renewals, refused cards, trials, endings and the portal.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::*;

/// A customer and a price of 9.00 euro a month.
async fn shelf(world: &World) -> (String, String) {
    let customer = world.post("/v1/customers", "email=ada@example.com&metadata[user]=usr_1").await;
    let price = world
        .post(
            "/v1/prices",
            "currency=eur&unit_amount=900&recurring[interval]=month&tax_behavior=inclusive\
             &product_data[name]=Club&metadata[price]=prc_1",
        )
        .await;
    assert_eq!(price.status, 200, "{}", price.body);
    (customer.id().to_owned(), price.id().to_owned())
}

async fn session(world: &World, trial: Option<u32>) -> String {
    let (customer, price) = shelf(world).await;
    let trial = trial.map_or(String::new(), |days| format!("&subscription_data[trial_period_days]={days}"));
    let form = format!(
        "mode=subscription&ui_mode=hosted_page&customer={customer}&client_reference_id=ord_1\
         &success_url=https://shop.example/done&line_items[0][price]={price}&line_items[0][quantity]=1\
         &subscription_data[metadata][order]=ord_1{trial}"
    );
    let answer = world.post("/v1/checkout/sessions", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.id().to_owned()
}

/// A running subscription.
async fn begun(world: &World, trial: Option<u32>) -> Value {
    let session = session(world, trial).await;
    let done = world.sandbox.pay(&session, "4242424242424242").unwrap();
    world.sandbox.object(done["subscription"].as_str().unwrap()).unwrap()
}

fn now(world: &World, subscription: &Value) -> Value {
    world.sandbox.object(subscription["id"].as_str().unwrap()).unwrap()
}

async fn invoices(world: &World, subscription: &Value) -> Vec<Value> {
    let path = format!("/v1/invoices?subscription={}", subscription["id"].as_str().unwrap());
    world.get(&path).await.body["data"].as_array().unwrap().clone()
}

// https://docs.stripe.com/payments/checkout/build-subscriptions
#[tokio::test]
async fn the_page_pays_the_first_invoice_and_begins_the_subscription() {
    let world = World::new().await;
    let id = session(&world, None).await;
    let declined = world.sandbox.pay(&id, "4000000000000002").unwrap_err();
    assert_eq!(declined.code_text(), Some("card_declined"));
    assert!(world.sandbox.objects("subscription").is_empty());

    let done = world.sandbox.pay(&id, "4242424242424242").unwrap();
    assert_eq!((&done["status"], &done["payment_status"]), (&json!("complete"), &json!("paid")));
    assert_eq!(done["amount_total"], 900);
    let subscription = world.sandbox.object(done["subscription"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&subscription["status"], &subscription["metadata"]["order"]),
        (&json!("active"), &json!("ord_1"))
    );
    let read = world.get(&format!("/v1/invoices/{}", done["invoice"].as_str().unwrap())).await;
    assert_eq!((&read.body["status"], &read.body["amount_paid"]), (&json!("paid"), &json!(900)));
    let page = world.http.get(read.body["hosted_invoice_url"].as_str().unwrap()).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("EUR 9.00") && page.contains(read.id()), "{page}");
    let path = format!(
        "/v1/invoice_payments?invoice={}&expand[]=data.payment.payment_intent.latest_charge",
        read.id()
    );
    let payments = world.get(&path).await;
    let charge = &payments.body["data"][0]["payment"]["payment_intent"]["latest_charge"];
    assert_eq!((&charge["paid"], &charge["amount"]), (&json!(true), &json!(900)));
    assert!(charge["balance_transaction"].is_string());
    world.no_violations();
}

// https://docs.stripe.com/billing/subscriptions/webhooks
#[tokio::test]
async fn every_month_has_one_invoice_however_far_the_clock_moves() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    world.clock_forward(Duration::days(62));
    world.sandbox.flush().await;
    let renewed = now(&world, &subscription);
    assert_eq!(renewed["status"], "active");
    assert!(renewed["items"]["data"][0]["current_period_end"].as_i64().unwrap() > world.now());
    let all = invoices(&world, &subscription).await;
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|invoice| invoice["status"] == "paid" && invoice["amount_paid"] == 900));
    let paid = world.arrived().into_iter().filter(|kind| kind == "invoice.paid").count();
    assert_eq!(paid, 3);
    world.no_violations();
}

// https://docs.stripe.com/billing/invoices/subscription#sub-invoice-lifecycle
#[tokio::test]
async fn a_renewal_is_a_draft_for_an_hour() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    world.clock_forward(Duration::days(30) + Duration::minutes(10));
    assert_eq!(invoices(&world, &subscription).await[0]["status"], "draft");
    world.clock_forward(Duration::hours(1));
    assert_eq!(invoices(&world, &subscription).await[0]["status"], "paid");
    world.no_violations();
}

// https://docs.stripe.com/billing/revenue-recovery/smart-retries
#[tokio::test]
async fn a_refused_card_is_tried_again_and_then_the_subscription_ends() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    let customer = subscription["customer"].as_str().unwrap();
    world.sandbox.change_card(customer, "4000000000000341").unwrap();
    world.clock_forward(Duration::days(31));
    world.sandbox.flush().await;
    let late = now(&world, &subscription);
    assert_eq!(late["status"], "past_due");
    let invoice = &invoices(&world, &subscription).await[0];
    assert_eq!((&invoice["status"], &invoice["attempt_count"]), (&json!("open"), &json!(1)));
    assert!(invoice["next_payment_attempt"].is_i64());
    world.received("invoice.payment_failed");

    world.clock_forward(Duration::days(8));
    world.sandbox.flush().await;
    let over = now(&world, &subscription);
    assert_eq!(
        (&over["status"], &over["cancellation_details"]["reason"]),
        (&json!("canceled"), &json!("payment_failed"))
    );
    assert_eq!(invoices(&world, &subscription).await[0]["attempt_count"], 4);
    world.received("customer.subscription.deleted");
    world.no_violations();
}

// https://docs.stripe.com/billing/revenue-recovery/smart-retries
#[tokio::test]
async fn a_new_card_recovers_at_the_next_try() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    let customer = subscription["customer"].as_str().unwrap();
    world.sandbox.change_card(customer, "4000000000000341").unwrap();
    world.clock_forward(Duration::days(31));
    world.sandbox.flush().await;
    world.sandbox.change_card(customer, "5555555555554444").unwrap();
    world.clock_forward(Duration::days(3));
    world.sandbox.flush().await;
    assert_eq!(now(&world, &subscription)["status"], "active");
    assert_eq!(invoices(&world, &subscription).await[0]["status"], "paid");
    world.no_violations();
}

// https://docs.stripe.com/billing/subscriptions/trials
#[tokio::test]
async fn a_trial_costs_nothing_is_announced_and_then_billed() {
    let world = World::new().await;
    let subscription = begun(&world, Some(14)).await;
    assert_eq!(subscription["status"], "trialing");
    let first = &invoices(&world, &subscription).await[0];
    assert_eq!((&first["status"], &first["amount_due"]), (&json!("paid"), &json!(0)));
    assert!(world.sandbox.objects("charge").is_empty());
    world.clock_forward(Duration::days(11));
    world.sandbox.flush().await;
    world.received("customer.subscription.trial_will_end");
    world.clock_forward(Duration::days(4));
    world.sandbox.flush().await;
    assert_eq!(now(&world, &subscription)["status"], "active");
    assert_eq!(invoices(&world, &subscription).await[0]["amount_paid"], 900);
    world.no_violations();
}

// https://docs.stripe.com/billing/subscriptions/cancel
#[tokio::test]
async fn an_ending_can_be_taken_back_until_the_period_is_over() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
    let ending = world.post(&path, "cancel_at_period_end=true").await;
    assert_eq!(
        (&ending.body["status"], &ending.body["cancel_at_period_end"]),
        (&json!("active"), &json!(true))
    );
    assert!(ending.body["cancel_at"].is_i64());
    let resumed = world.post(&path, "cancel_at_period_end=false").await;
    assert_eq!(
        (&resumed.body["cancel_at_period_end"], &resumed.body["canceled_at"]),
        (&json!(false), &Value::Null)
    );
    world.post(&path, "cancel_at_period_end=true").await;
    world.clock_forward(Duration::days(31));
    world.sandbox.flush().await;
    assert_eq!(now(&world, &subscription)["status"], "canceled");
    assert_eq!(invoices(&world, &subscription).await.len(), 1);
    let late = world.post(&path, "cancel_at_period_end=false").await;
    assert_eq!(late.status, 400);
    world.no_violations();
}

// https://docs.stripe.com/api/subscriptions/cancel
#[tokio::test]
async fn a_subscription_is_cancelled_once() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    let url = format!("{}/api/v1/subscriptions/{}", world.base, subscription["id"].as_str().unwrap());
    let cancel = || world.http.delete(&url).bearer_auth(KEY).send();
    assert_eq!(cancel().await.unwrap().status(), 200);
    assert_eq!(now(&world, &subscription)["status"], "canceled");
    assert_eq!(cancel().await.unwrap().status(), 404);
    world.no_violations();
}

// https://docs.stripe.com/products-prices/manage-prices
#[tokio::test]
async fn a_withdrawn_or_single_price_begins_no_subscription() {
    let world = World::new().await;
    let (customer, price) = shelf(&world).await;
    let form = |price: &str, mode: &str| {
        format!(
            "mode={mode}&customer={customer}&success_url=https://shop.example/done\
             &line_items[0][price]={price}&line_items[0][quantity]=1"
        )
    };
    let wrong_mode = world.post("/v1/checkout/sessions", &form(&price, "payment")).await;
    assert_eq!(wrong_mode.status, 400);
    let single = world.post("/v1/prices", "currency=eur&unit_amount=900&product_data[name]=Book").await;
    let refused = world.post("/v1/checkout/sessions", &form(single.id(), "subscription")).await;
    assert_eq!(refused.status, 400);
    world.post(&format!("/v1/prices/{price}"), "active=false").await;
    let withdrawn = world.post("/v1/checkout/sessions", &form(&price, "subscription")).await;
    assert!(withdrawn.error("message").contains("inactive"), "{}", withdrawn.body);
    world.no_violations();
}

// https://docs.stripe.com/customer-management/integrate-customer-portal
#[tokio::test]
async fn the_portal_changes_the_card_and_ends_and_leads_back() {
    let world = World::new().await;
    let subscription = begun(&world, None).await;
    let form = format!(
        "customer={}&return_url=https://shop.example/account",
        subscription["customer"].as_str().unwrap()
    );
    let portal = world.post("/v1/billing_portal/sessions", &form).await;
    let url = portal.body["url"].as_str().unwrap().to_owned();
    let page = world.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("EUR 9.00 a month"), "{page}");
    let press = |form: String| {
        let request = world.http.post(&url).header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send()
    };
    let card = "action=card&number=5555555555554444&expiry=&cvc=";
    assert_eq!(press(card.to_owned()).await.unwrap().status(), 200);
    assert_ne!(now(&world, &subscription)["default_payment_method"], subscription["default_payment_method"]);
    let refused = "action=card&number=4000000000000002";
    assert_eq!(press(refused.to_owned()).await.unwrap().status(), 402);
    press(format!("action=cancel:{}", subscription["id"].as_str().unwrap())).await.unwrap();
    assert_eq!(now(&world, &subscription)["cancel_at_period_end"], true);
    let back = press("action=leave".to_owned()).await.unwrap();
    assert_eq!(back.headers()["location"], "https://shop.example/account");
    world.no_violations();
}
