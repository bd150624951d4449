//! What strangers, mistakes and accidents bring to Stripe's two addresses: no effect, and somebody hears of it.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{Market, Person, Priced, Purchase, story};

const PLATFORM: &str = "/webhooks/stripe";
const CONNECT: &str = "/webhooks/stripe-connect";

async fn purchase(market: &Market) -> (Person, Purchase) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
    let ben = market.person("Ben").await;
    let purchase = ben.goes_to_pay(&shop).await;
    (ben, purchase)
}

/// A well-formed event that says the purchase is paid.
fn paid(market: &Market, purchase: &Purchase) -> Value {
    json!({
        "id": "evt_1made", "object": "event", "type": "checkout.session.completed", "livemode": false,
        "created": market.app().now().timestamp(), "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
        "data": { "object": { "id": purchase.session, "object": "checkout.session", "payment_status": "paid",
            "amount_total": 2000, "currency": "eur" } },
    })
}

async fn posts(market: &Market, path: &str, payload: &str, signature: &str) -> u16 {
    let request = market.http().post(format!("{}{path}", market.url())).header("stripe-signature", signature);
    request.body(payload.to_owned()).send().await.unwrap().status().as_u16()
}

/// Posts an event rightly signed for an address, and lets it work.
async fn delivers(market: &Market, path: &str, event: &Value) -> u16 {
    let payload = event.to_string();
    let signature = market.stripe().sign(&payload, path == CONNECT);
    let status = posts(market, path, &payload, &signature).await;
    market.settles().await;
    status
}

fn plan(market: &Market, lines: Value) {
    market.stripe().set_faults(serde_json::from_value(lines).unwrap(), 7).unwrap();
}

/// Nothing was sold.
async fn is_untouched(ben: &Person, purchase: &Purchase) {
    assert_eq!(ben.checkout(purchase).await["status"], "OPEN");
}

story! {
    async fn forged_events_leave_one_case_for_each_address_and_day(market) {
        let (ben, purchase) = purchase(&market).await;
        let payload = paid(&market, &purchase).to_string();
        let other = market.stripe().sign("another body", false);
        for _ in 0..20 {
            assert_eq!(posts(&market, PLATFORM, &payload, &other).await, 400);
            assert_eq!(posts(&market, CONNECT, &payload, &other).await, 400);
        }
        market.settles().await;
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_events().await, ["customer.created"], "nothing of a stranger is kept");
        assert_eq!(market.db_open_cases().await, ["EVENT_FORGED", "EVENT_FORGED"]);
    }

    async fn the_other_addresss_secret_does_not_open_this_one(market) {
        let (ben, purchase) = purchase(&market).await;
        let payload = paid(&market, &purchase).to_string();
        let connect = market.stripe().sign(&payload, true);
        assert_eq!(posts(&market, PLATFORM, &payload, &connect).await, 400);
        market.settles().await;
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_open_cases().await, ["EVENT_FORGED"]);
    }

    async fn a_header_that_proves_nothing_is_refused(market) {
        let (ben, purchase) = purchase(&market).await;
        let payload = paid(&market, &purchase).to_string();
        for header in ["", "v1=00", "t=1", "t=now,v1=00", "t=1,t=2,v1=00"] {
            assert_eq!(posts(&market, PLATFORM, &payload, header).await, 400, "{header}");
        }
        is_untouched(&ben, &purchase).await;
    }

    async fn a_recorded_event_is_stale_after_five_minutes(market) {
        let (ben, purchase) = purchase(&market).await;
        let payload = paid(&market, &purchase).to_string();
        let signature = market.stripe().sign(&payload, false);
        market.app().clock.advance(Duration::seconds(301));
        assert_eq!(posts(&market, PLATFORM, &payload, &signature).await, 400);
        market.settles().await;
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_events().await, ["customer.created"]);
        assert_eq!(market.db_open_cases().await, ["EVENT_STALE"]);
    }

    async fn a_replayed_event_is_taken_once_and_later_refused(market) {
        let (ben, purchase) = purchase(&market).await;
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;
        let events = market.stripe().objects("event");
        let told = events.iter().find(|event| event["type"] == "checkout.session.completed").unwrap();
        let payload = told.to_string();
        let signature = market.stripe().sign(&payload, false);
        let (kept, sales) = (market.db_count("stripe_events").await, market.db_count("journals").await);
        for _ in 0..3 {
            assert_eq!(posts(&market, PLATFORM, &payload, &signature).await, 200, "as Stripe itself repeats");
        }
        market.settles().await;
        assert_eq!(market.db_count("stripe_events").await, kept);
        assert_eq!(market.db_count("journals").await, sales);
        market.app().clock.advance(Duration::seconds(301));
        assert_eq!(posts(&market, PLATFORM, &payload, &signature).await, 400);
        assert_eq!(market.db_open_cases().await, ["EVENT_STALE"]);
        assert_eq!(ben.comes_back().await.checkout(&purchase).await["status"], "SUCCEEDED");
    }

    async fn an_event_of_the_other_mode_is_parked(market) {
        let (ben, purchase) = purchase(&market).await;
        let mut event = paid(&market, &purchase);
        event["livemode"] = json!(true);
        assert_eq!(delivers(&market, PLATFORM, &event).await, 200);
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_open_cases().await, ["EVENT_MISFIT"]);
    }

    async fn an_event_at_the_wrong_address_is_parked(market) {
        let (ben, purchase) = purchase(&market).await;
        let mut event = paid(&market, &purchase);
        assert_eq!(delivers(&market, CONNECT, &event).await, 200, "about no account, at connect's address");
        event["id"] = json!("evt_1other");
        event["account"] = json!("acct_1somebody");
        assert_eq!(delivers(&market, PLATFORM, &event).await, 200, "about an account, at our own address");
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_open_cases().await, ["EVENT_MISFIT", "EVENT_MISFIT"]);
    }

    async fn an_event_about_an_account_nobody_has_calls_a_person(market) {
        let (ben, purchase) = purchase(&market).await;
        let mut event = paid(&market, &purchase);
        event["type"] = json!("account.updated");
        event["account"] = json!("acct_1somebody");
        event["data"]["object"] = json!({ "id": "acct_1somebody", "object": "account", "payouts_enabled": true });
        assert_eq!(delivers(&market, CONNECT, &event).await, 200);
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_open_cases().await, ["EVENT_UNKNOWN_ACCOUNT"]);
    }

    async fn another_amount_or_currency_in_the_event_decides_nothing(market) {
        let (ben, purchase) = purchase(&market).await;
        let mut event = paid(&market, &purchase);
        event["data"]["object"]["amount_total"] = json!(1);
        assert_eq!(delivers(&market, PLATFORM, &event).await, 200);
        event["id"] = json!("evt_1other");
        event["data"]["object"]["amount_total"] = json!(2000);
        event["data"]["object"]["currency"] = json!("usd");
        assert_eq!(delivers(&market, PLATFORM, &event).await, 200);
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_open_cases().await, ["EVENT_MISMATCH", "EVENT_MISMATCH"]);
    }

    async fn a_page_in_another_currency_gives_nothing(market) {
        let (ben, purchase) = purchase(&market).await;
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        let reading = "GET /v1/checkout/sessions/{session}";
        plan(&market, json!([{ "operation": reading, "kind": "other_currency", "times": 50 }]));
        market.settles().await;
        is_untouched(&ben, &purchase).await;
        assert_eq!(market.db_count("enrollments").await, 0);
        assert_eq!(market.db_open_cases().await, ["PAYMENT_MISMATCH"]);
        plan(&market, json!([]));
    }

    async fn events_of_a_creators_account_are_asked_for_when_there_is_reason(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let link = "mutation($id: ID!) { payoutAccountLinkCreate(creatorId: $id, returnUrl: \"https://example.com\") {
            url userErrors { code } } }";
        mira.does(link, json!({ "id": shop.creator.to_string() })).await;
        let account = market.stripe().objects("account")[0]["id"].as_str().unwrap().to_owned();
        market.settles().await;
        plan(&market, json!([{ "event": "*", "kind": "lost", "times": 100 }]));
        market.stripe().onboard(&account, sandbox::stripe::Outcome::Ready).unwrap();
        market.settles().await;
        let state = "SELECT COUNT(*) AS n FROM payout_accounts WHERE state = 'READY'";
        assert_eq!(market.db_number(state).await, 0);
        let found = atelier::payments::actions::catch_up_account(market.app(), &account, None).await.unwrap();
        assert!(found > 0);
        market.settles().await;
        assert_eq!(market.db_number(state).await, 1);
    }
}
