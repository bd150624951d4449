//! What goes wrong between Stripe and us, and what must be true afterwards all the same.

use chrono::Duration;
use sandbox::stripe::Fault;
use serde_json::{Value, json};

use crate::support::{CREATE, Market, Priced, Purchase, SYNC, story};

fn plan(market: &Market, lines: Value) {
    let faults: Vec<Fault> = serde_json::from_value(lines).unwrap();
    market.stripe().set_faults(faults, 7).unwrap();
}

/// How much there is of everything that a sale makes once.
async fn db_counts(market: &Market) -> Vec<i64> {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let conn = market.app().db.read();
    let mut counts = Vec::new();
    let tables = [
        "payments WHERE state = 'SETTLED'",
        "journals WHERE kind = 'SALE'",
        "enrollments",
        "letters WHERE kind = 'receipt'",
        "events WHERE kind = 'order.paid'",
        "cases",
    ];
    for table in tables {
        let backend: DbBackend = market.app().db.backend();
        let count = Statement::from_string(backend, format!("SELECT COUNT(*) AS n FROM {table}"));
        counts.push(conn.query_one_raw(count).await.unwrap().unwrap().try_get("", "n").unwrap());
    }
    counts
}

/// One sale and nothing for a person to look at.
const ONE_SALE: [i64; 6] = [1, 1, 1, 1, 1, 0];

async fn db_cases(market: &Market) -> Vec<String> {
    use sea_orm::EntityTrait;
    let rows = entity::cases::Entity::find().all(market.app().db.read()).await.unwrap();
    rows.into_iter().map(|case| case.kind).collect()
}

async fn purchase(market: &Market) -> (crate::support::Person, Purchase) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
    let ben = market.person("Ben").await;
    let purchase = ben.goes_to_pay(&shop).await;
    (ben, purchase)
}

fn pay(market: &Market, purchase: &Purchase) {
    market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
}

async fn posts(market: &Market, path: &str, payload: &str, signature: &str) -> u16 {
    let request = market.http().post(format!("{}{path}", market.url())).header("stripe-signature", signature);
    request.body(payload.to_owned()).send().await.unwrap().status().as_u16()
}

story! {
    async fn every_event_twice_and_the_buyer_asking_make_one_sale(market) {
        let (ben, purchase) = purchase(&market).await;
        plan(&market, json!([{ "event": "*", "kind": "doubled", "times": 20 }]));
        pay(&market, &purchase);
        let asking = (0..4).map(|_| ben.does(SYNC, json!({ "id": purchase.checkout })));
        futures_util::future::join(futures_util::future::join_all(asking), market.settles()).await;
        for event in market.stripe().objects("event") {
            market.stripe().resend_event(event["id"].as_str().unwrap()).unwrap();
        }
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
        assert_eq!(db_counts(&market).await, ONE_SALE);
    }

    async fn events_in_the_wrong_order_make_the_same_sale(market) {
        let (ben, purchase) = purchase(&market).await;
        plan(&market, json!([{ "event": "*", "kind": "reordered", "times": 3 }]));
        pay(&market, &purchase);
        market.settles().await;
        market.passes(Duration::minutes(11)).await;
        assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
        assert_eq!(db_counts(&market).await, ONE_SALE);
    }

    async fn a_lost_event_is_found_by_the_buyer_who_comes_back(market) {
        let (ben, purchase) = purchase(&market).await;
        plan(&market, json!([{ "event": "*", "kind": "lost", "times": 100 }]));
        pay(&market, &purchase);
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "OPEN", "nobody has told us");
        let synced = ben.does(SYNC, json!({ "id": purchase.checkout })).await;
        assert_eq!(synced["checkout"]["status"], "SUCCEEDED");
        market.settles().await;
        assert_eq!(db_counts(&market).await, ONE_SALE);
    }

    async fn lost_events_are_asked_for(market) {
        let (ben, purchase) = purchase(&market).await;
        plan(&market, json!([{ "event": "*", "kind": "lost", "times": 100 }]));
        pay(&market, &purchase);
        market.passes(Duration::minutes(6)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED", "within a round of catching up");
        assert_eq!(db_counts(&market).await, ONE_SALE);
    }

    async fn an_event_a_day_late_changes_nothing_any_more(market) {
        let (ben, purchase) = purchase(&market).await;
        plan(&market, json!([{ "event": "*", "kind": "late", "times": 100, "seconds": 86_400 }]));
        pay(&market, &purchase);
        ben.does(SYNC, json!({ "id": purchase.checkout })).await;
        market.passes(Duration::hours(25)).await;
        assert_eq!(market.stripe().undelivered(), 0, "they did arrive");
        assert_eq!(db_counts(&market).await, ONE_SALE);
    }

    async fn a_forged_event_is_not_even_kept(market) {
        let (ben, purchase) = purchase(&market).await;
        let session = json!({ "id": purchase.session, "object": "checkout.session", "payment_status": "paid" });
        let status = market.stripe().forge_event("checkout.session.completed", &session).await.unwrap();
        assert_eq!(status, 400);
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "OPEN");
        use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
        let forged = entity::stripe_events::Column::StripeId.eq("evt_forged");
        let kept = entity::stripe_events::Entity::find().filter(forged).count(market.app().db.read()).await.unwrap();
        assert_eq!(kept, 0);
    }

    async fn a_true_signature_on_a_false_amount_does_not_help(market) {
        let (ben, purchase) = purchase(&market).await;
        let event = json!({
            "id": "evt_false", "object": "event", "type": "checkout.session.completed", "livemode": false,
            "created": market.app().now().timestamp(), "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
            "data": { "object": { "id": purchase.session, "object": "checkout.session", "payment_status": "paid",
                "amount_total": 1 } },
        });
        let payload = event.to_string();
        let signature = market.stripe().sign(&payload, false);
        assert_eq!(posts(&market, "/webhooks/stripe", &payload, &signature).await, 200);
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "OPEN", "the page itself is unpaid");
        let connect = market.stripe().sign(&payload, true);
        assert_eq!(posts(&market, "/webhooks/stripe", &payload, &connect).await, 400, "the other endpoint's secret");
    }

    async fn a_live_event_in_test_mode_is_parked(market) {
        let (ben, purchase) = purchase(&market).await;
        let event = json!({
            "id": "evt_live", "object": "event", "type": "checkout.session.completed", "livemode": true,
            "created": market.app().now().timestamp(), "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
            "data": { "object": { "id": purchase.session, "object": "checkout.session" } },
        });
        let payload = event.to_string();
        let signature = market.stripe().sign(&payload, false);
        assert_eq!(posts(&market, "/webhooks/stripe", &payload, &signature).await, 200);
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "OPEN");
        assert_eq!(db_cases(&market).await, ["EVENT_MISFIT"]);
    }

    async fn another_amount_than_the_quote_gives_nothing_and_calls_a_person(market) {
        let (ben, purchase) = purchase(&market).await;
        pay(&market, &purchase);
        plan(&market, json!([{ "operation": "GET /v1/checkout/sessions/{session}", "kind": "other_amount", "times": 50 }]));
        market.settles().await;
        let checkout = ben.checkout(&purchase).await;
        assert_eq!(checkout["status"], "OPEN");
        assert!(checkout["order"]["lines"][0]["enrollment"].is_null());
        assert_eq!(db_cases(&market).await, ["PAYMENT_MISMATCH"]);
        plan(&market, json!([]));
    }

    async fn an_answer_that_never_came_is_asked_for_with_the_same_key(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        let input = json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") });
        plan(&market, json!([
            { "operation": "POST /v1/checkout/sessions", "kind": "reset_after_commit", "times": 4 }
        ]));
        let refused = ben.is_refused(CREATE, input.clone()).await;
        assert_eq!(refused[0].code, "PAYMENT_PROVIDER_UNAVAILABLE");
        let payload = ben.does(CREATE, input).await;
        assert_eq!(payload["checkout"]["action"]["__typename"], "HostedRedirect");
        assert_eq!(market.stripe().objects("checkout.session").len(), 1, "Stripe opened one page");
        let requests = market.stripe().requests().into_iter();
        let posts = requests.filter(|r| r.method == "POST" && r.path == "/v1/checkout/sessions");
        let keys: std::collections::HashSet<_> = posts.map(|request| request.idempotency_key).collect();
        assert_eq!(keys.len(), 1);
    }

    async fn a_page_is_opened_even_if_the_buyer_gives_up_asking(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        let input = json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") });
        plan(&market, json!([{ "operation": "POST /v1/checkout/sessions", "kind": "reset_before", "times": 4 }]));
        ben.is_refused(CREATE, input.clone()).await;
        assert_eq!(market.stripe().objects("checkout.session").len(), 0);
        market.passes(Duration::minutes(1)).await;
        assert_eq!(market.stripe().objects("checkout.session").len(), 1, "a job asked again");
        let payload = ben.does(CREATE, input).await;
        assert_eq!(payload["checkout"]["status"], "OPEN");
    }

    async fn a_fee_that_is_booked_late_is_found(market) {
        let (_, purchase) = purchase(&market).await;
        plan(&market, json!([{ "operation": "*", "kind": "fee_not_booked", "times": 3 }]));
        pay(&market, &purchase);
        market.settles().await;
        plan(&market, json!([]));
        market.passes(Duration::minutes(20)).await;
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let unknown = entity::payments::Entity::find()
            .filter(entity::payments::Column::FeeMinor.is_null())
            .one(market.app().db.read())
            .await
            .unwrap();
        assert!(unknown.is_none(), "the sweep read the charge again");
    }
}
