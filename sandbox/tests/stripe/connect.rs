//! A creator's connected account, from nothing to ready.

use chrono::Duration;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn an_account_starts_with_nothing_and_is_made_ready() {
    let world = World::new().await;
    let account = world.open_account().await;
    assert_eq!(account.body["capabilities"], json!({ "transfers": "inactive" }));
    assert_eq!(account.body["payouts_enabled"], false);
    assert_eq!(account.body["controller"]["stripe_dashboard"]["type"], "express");
    assert!(!account.body["requirements"]["currently_due"].as_array().unwrap().is_empty());
    let onboard = format!("/accounts/{}/onboard", account.id());

    let states =
        [("restricted", "inactive", false), ("pending", "pending", false), ("ready", "active", true)];
    for (outcome, transfers, payouts) in states {
        let answer = world.control(&onboard, json!({ "outcome": outcome })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let read = world.get(&format!("/v1/accounts/{}", account.id())).await;
        assert_eq!(read.body["capabilities"]["transfers"], transfers);
        assert_eq!(read.body["payouts_enabled"], payouts);
    }
    assert_eq!(world.control(&onboard, json!({ "outcome": "rich" })).await.status, 400);
    world.sandbox.flush().await;
    let updated = world.received("account.updated");
    assert!(updated.connect);
    assert_eq!(updated.event["account"], account.body["id"]);
    let capability = world.received("capability.updated");
    assert_eq!(capability.event["data"]["object"]["id"], "transfers");
    world.no_violations();
}

// https://docs.stripe.com/api/account_links/object: single use, expires_at is created + 300 s.
#[tokio::test]
async fn an_account_link_opens_once_and_for_five_minutes() {
    let world = World::new().await;
    let account = world.open_account().await;
    let form = format!(
        "account={}&type=account_onboarding&return_url=https://shop.example/back&refresh_url=https://shop.example/again",
        account.id()
    );
    let open = async |url: &str| {
        let answer = world.http.get(url).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let link = world.post("/v1/account_links", &form).await;
    assert_eq!(link.body["expires_at"].as_i64().unwrap() - link.body["created"].as_i64().unwrap(), 300);
    let url = link.body["url"].as_str().unwrap();
    assert_eq!(open(url).await, (200, None));
    assert_eq!(open(url).await, (303, Some("https://shop.example/again".into())));

    let token = url.split("link=").nth(1).unwrap();
    let page = format!("{}/connect/{}", world.base, account.id());
    let finish = || {
        let body = format!("outcome=ready&link={token}");
        let request = world.http.post(&page).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send()
    };
    let finished = finish().await.unwrap();
    assert_eq!(
        (finished.status().as_u16(), finished.headers()["location"].to_str().unwrap()),
        (303, "https://shop.example/back")
    );
    assert_eq!(finish().await.unwrap().status(), 404, "an onboarding is left once");
    let read = world.get(&format!("/v1/accounts/{}", account.id())).await;
    assert_eq!(read.body["payouts_enabled"], true);

    let late = world.post("/v1/account_links", &form).await;
    world.clock_forward(Duration::seconds(300));
    assert_eq!(
        open(late.body["url"].as_str().unwrap()).await,
        (303, Some("https://shop.example/again".into()))
    );
    world.no_violations();
}
