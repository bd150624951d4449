//! Money from a balance at Stripe to a bank.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::*;

/// An account that is ready and holds 40.00 that can be used.
async fn paid_account(world: &World) -> String {
    let account = world.open_account().await.id().to_owned();
    world.control(&format!("/accounts/{account}/onboard"), json!({ "outcome": "ready" })).await;
    let session = world.open_session().await;
    world
        .control(&format!("/checkout-sessions/{}/pay", session.id()), json!({ "card": "4242424242424242" }))
        .await;
    let charge = world.sandbox.objects("charge")[0]["id"].as_str().unwrap().to_owned();
    let form = format!("amount=4000&currency=eur&destination={account}&source_transaction={charge}");
    let sent = world.post("/v1/transfers", &form).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    world.clock_forward(Duration::days(3));
    account
}

async fn as_account(world: &World, account: &str, form: &str) -> Answer {
    world.post_as(account, "/v1/payouts", form).await
}

fn statuses(world: &World) -> Vec<Value> {
    world.sandbox.objects("payout").iter().map(|payout| payout["status"].clone()).collect()
}

// https://docs.stripe.com/api/payouts/create: "Your Stripe balance must cover the payout amount"; the Stripe-Account
// header pays out of the connected account's balance. https://docs.stripe.com/payouts: pending, then paid.
#[tokio::test]
async fn an_account_pays_out_what_it_may_use() {
    let world = World::new().await;
    let account = paid_account(&world).await;
    let refused = as_account(&world, &account, "amount=4001&currency=eur").await;
    assert_eq!((refused.status, refused.error("code")), (400, "balance_insufficient"));
    let payout = as_account(&world, &account, "amount=1500&currency=eur").await;
    assert_eq!((payout.status, &payout.body["status"]), (200, &json!("pending")), "{}", payout.body);
    assert_eq!(payout.body["automatic"], false);
    let refused = as_account(&world, &account, "amount=2501&currency=eur").await;
    assert_eq!(refused.error("code"), "balance_insufficient", "it has left the balance");
    world.sandbox.flush().await;
    assert!(world.received("payout.created").connect);

    world.clock_forward(Duration::days(2));
    world.sandbox.flush().await;
    assert_eq!(world.received("payout.paid").event["account"], account.as_str());
    let elsewhere = world.get(&format!("/v1/payouts/{}", payout.id())).await;
    assert_eq!(elsewhere.status, 404, "it is the account's, not the platform's");
    world.no_violations();
}

// https://docs.stripe.com/payouts#payout-failures: "Some payouts that fail might initially show as paid, then change to
// failed within 5 business days"; the money returns to the balance.
#[tokio::test]
async fn a_paid_payout_may_still_fail_for_five_days() {
    let world = World::new().await;
    let account = paid_account(&world).await;
    let payout = as_account(&world, &account, "amount=4000&currency=eur").await;
    world.clock_forward(Duration::days(6));
    let fail = format!("/payouts/{}/fail", payout.id());
    assert_eq!(world.control(&fail, json!({})).await.body["status"], "failed");
    assert_eq!(world.control(&fail, json!({})).await.status, 400, "once");
    let again = as_account(&world, &account, "amount=3999&currency=eur").await;
    assert_eq!(again.status, 200, "the money came back");
    world.clock_forward(Duration::days(8));
    assert_eq!(
        world.control(&format!("/payouts/{}/fail", again.id()), json!({})).await.status,
        400,
        "too late"
    );
    world.no_violations();
}

// https://docs.stripe.com/connect/manage-payout-schedule: daily, weekly with weekly_anchor, monthly with
// monthly_anchor, or manual.
#[tokio::test]
async fn an_account_with_a_schedule_is_paid_out_by_itself() {
    let world = World::new().await;
    let account = paid_account(&world).await;
    world.clock_forward(Duration::days(3));
    world.sandbox.flush().await;
    assert!(statuses(&world).is_empty(), "nobody set a schedule");
    let update = format!("/v1/accounts/{account}");
    let vague = world.post(&update, "settings[payouts][schedule][interval]=weekly").await;
    assert_eq!(vague.status, 400, "on which day?");
    let set = world.post(&update, "settings[payouts][schedule][interval]=daily").await;
    assert_eq!(set.body["settings"]["payouts"]["schedule"]["interval"], "daily", "{}", set.body);
    world.clock_forward(Duration::days(1));
    world.sandbox.flush().await;
    assert_eq!(world.sandbox.objects("payout")[0]["automatic"], true);
    assert_eq!(world.sandbox.objects("payout")[0]["amount"], 4000);
    world.clock_forward(Duration::days(2));
    world.sandbox.flush().await;
    assert_eq!(statuses(&world), ["paid"]);
    world.no_violations();
}
