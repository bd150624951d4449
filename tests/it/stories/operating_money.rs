//! What operators do about money: they see what Stripe said, have it handled again, hold payouts, close cases. Each
//! act is in the audit log, and nobody else gets in.

use atelier::operators::model::Role;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{Market, Priced, story};

const EVENTS: &str = "query($failed: Boolean) { adminStripeEvents(failedOnly: $failed) {
    nodes { id stripeId type state attempts lastError objectId } } }";
const REPLAY: &str = "mutation($id: ID!) { adminStripeEventReplay(eventId: $id) {
    event { id state } userErrors { code path message } } }";
const REFUND: &str = "mutation($id: ID!, $input: RefundInput!, $reason: String!) {
    adminOrderRefund(orderId: $id, input: $input, reason: $reason) {
    refund { id amount { minorUnits } status } userErrors { code path message } } }";
const HOLD: &str = "mutation($id: ID!, $hold: Boolean!, $reason: String!) {
    adminPayoutHold(creatorId: $id, hold: $hold, reason: $reason) {
    payoutAccount { state } userErrors { code path } } }";
const CASES: &str = "query($open: Boolean) { adminCases(open: $open) {
    nodes { id kind subject detail advice closedAt note closedBy { displayName } } } }";
const CLOSE: &str = "mutation($id: ID!, $note: String!) { adminCaseClose(id: $id, note: $note) {
    case { id closedAt note closedBy { displayName } } userErrors { code path } } }";
const DISPUTES: &str =
    "{ adminDisputes { nodes { id state reason amount { minorUnits } order { number } evidenceDueAt } } }";
const LOG: &str = "{ adminAuditLog { nodes { id action subjectId reason ipPrefix actor { displayName } } } }";
const ORDERS: &str = "query($filter: OrderFilter) { adminOrders(filter: $filter) {
    nodes { id number status total { minorUnits } creator { handle } } } }";

fn nodes(answer: &Value, root: &str) -> Vec<Value> {
    answer[root]["nodes"].as_array().unwrap().clone()
}

/// Posts a rightly signed event about a page that Stripe does not have.
async fn posts_event_about(market: &Market, object: &str) {
    let event = json!({
        "id": "evt_1made", "object": "event", "type": "checkout.session.completed", "livemode": false,
        "created": market.app().now().timestamp(), "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
        "data": { "object": { "id": object, "object": "checkout.session" } },
    });
    let payload = event.to_string();
    let request = market.http().post(format!("{}/webhooks/stripe", market.url()));
    let request = request.header("stripe-signature", market.stripe().sign(&payload, false));
    assert!(request.body(payload).send().await.unwrap().status().is_success());
}

story! {
    async fn a_parked_event_is_seen_replayed_and_its_case_closed(market) {
        let fay = market.operator("Fay", Role::Finance).await;
        posts_event_about(&market, "cs_test_nobody").await;
        for _ in 0..12 {
            market.passes(Duration::minutes(30)).await;
        }
        let fay = fay.comes_back().await;
        let failed = nodes(&fay.sees_admin(EVENTS, json!({ "failed": true })).await, "adminStripeEvents");
        assert_eq!(failed.len(), 1, "{failed:#?}");
        assert_eq!((failed[0]["state"].as_str(), failed[0]["objectId"].as_str()), (Some("FAILED"), Some("cs_test_nobody")));
        let cases = nodes(&fay.sees_admin(CASES, json!({})).await, "adminCases");
        assert_eq!(cases[0]["kind"], "EVENT_UNKNOWN_OBJECT");
        assert!(cases[0]["advice"].as_str().unwrap().contains("handled again"));
        let replayed = fay.does_admin(REPLAY, json!({ "id": failed[0]["id"] })).await;
        assert_eq!(replayed["event"]["state"], "QUEUED");
        fay.does_admin(REPLAY, json!({ "id": failed[0]["id"] })).await;
        for _ in 0..12 {
            market.passes(Duration::minutes(30)).await;
        }
        let fay = fay.comes_back().await;
        let failed = nodes(&fay.sees_admin(EVENTS, json!({})).await, "adminStripeEvents");
        assert_eq!(failed.len(), 1, "tried again, and still about nothing");
        let closed = fay.does_admin(CLOSE, json!({ "id": cases[0]["id"], "note": "Made by hand at Stripe." })).await;
        assert_eq!(closed["case"]["closedBy"]["displayName"], "Fay");
        let again = fay.asks_admin(CLOSE, json!({ "id": cases[0]["id"], "note": "Again." })).await;
        assert_eq!(again.refusals()[0].code, "INVALID_STATE");
        assert_eq!(nodes(&fay.sees_admin(CASES, json!({})).await, "adminCases"), Vec::<Value>::new());
        assert_eq!(nodes(&fay.sees_admin(CASES, json!({ "open": false })).await, "adminCases").len(), 1);
    }

    async fn a_replayed_sale_is_still_one_sale(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.person("Ben").await.buys(&shop).await;
        let eng = market.operator("Eng", Role::Engineering).await;
        let journals = market.db_count("journals").await;
        let all = nodes(&eng.sees_admin(EVENTS, json!({ "failed": false })).await, "adminStripeEvents");
        assert!(all.len() >= 4, "{all:#?}");
        for event in &all {
            eng.does_admin(REPLAY, json!({ "id": event["id"] })).await;
        }
        market.settles().await;
        assert_eq!(market.db_count("journals").await, journals);
        assert_eq!(market.db_count("enrollments").await, 1);
        assert_eq!(market.db_count("audit_log WHERE action = 'event.replay'").await, i64::try_from(all.len()).unwrap());
        let left = nodes(&eng.sees_admin(EVENTS, json!({})).await, "adminStripeEvents");
        assert_eq!(left, Vec::<Value>::new());
    }

    async fn an_event_that_was_never_ours_is_not_replayed(market) {
        let eng = market.operator("Eng", Role::Engineering).await;
        let event = json!({
            "id": "evt_1live", "object": "event", "type": "checkout.session.completed", "livemode": true,
            "created": market.app().now().timestamp(), "api_version": "2026-08-26.dahlia", "pending_webhooks": 1,
            "data": { "object": { "id": "cs_live_1", "object": "checkout.session" } },
        });
        let payload = event.to_string();
        let request = market.http().post(format!("{}/webhooks/stripe", market.url()));
        let request = request.header("stripe-signature", market.stripe().sign(&payload, false));
        request.body(payload).send().await.unwrap();
        let failed = nodes(&eng.sees_admin(EVENTS, json!({})).await, "adminStripeEvents");
        let refused = eng.asks_admin(REPLAY, json!({ "id": failed[0]["id"] })).await.refusals();
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "eventId"));
        assert_eq!(market.db_count("audit_log WHERE action = 'event.replay'").await, 0, "nothing was done");
    }

    async fn a_hold_has_an_operator_and_a_reason(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (fay, sam) = (market.operator("Fay", Role::Finance).await, market.operator("Sam", Role::Security).await);
        let hold = |hold: bool, reason: &str| json!({ "id": shop.creator.to_string(), "hold": hold, "reason": reason });
        let refused = fay.asks_admin(HOLD, hold(true, "  ")).await.refusals();
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("REQUIRED", "reason"));
        fay.does_admin(HOLD, hold(true, "Stolen cards, asked on 22 November")).await;
        fay.does_admin(HOLD, hold(true, "Once more")).await;
        let held = atelier::payouts::store::is_held(market.app().db.read(), shop.creator).await.unwrap();
        assert!(held);
        fay.does_admin(HOLD, hold(false, "All cards were theirs")).await;
        let held = atelier::payouts::store::is_held(market.app().db.read(), shop.creator).await.unwrap();
        assert!(!held);
        let log = nodes(&sam.sees_admin(LOG, json!({})).await, "adminAuditLog");
        let acts: Vec<_> = log.iter().map(|line| (line["action"].as_str().unwrap(), line["reason"].as_str())).collect();
        assert_eq!(acts[..2], [
            ("payout.release", Some("All cards were theirs")),
            ("payout.hold", Some("Stolen cards, asked on 22 November")),
        ]);
        assert_eq!(log[0]["actor"]["displayName"], "Fay");
        assert!(log[0]["ipPrefix"].as_str().unwrap().contains('/'), "{log:#?}");
        assert_eq!(log[0]["subjectId"], shop.creator.to_string());
    }

    async fn the_audit_log_cannot_be_rewritten(market) {
        use sea_orm::ConnectionTrait;
        market.operator("Fay", Role::Finance).await;
        assert_eq!(market.db_count("audit_log WHERE action = 'staff.grant'").await, 1);
        let conn = market.app().db.read();
        for text in ["UPDATE audit_log SET reason = 'no'", "DELETE FROM audit_log"] {
            let refused = conn.execute_unprepared(text).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{refused}");
        }
    }

    async fn operators_find_everybodys_orders(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.buys(&shop).await;
        let sue = market.operator("Sue", Role::Support).await;
        let found = nodes(&sue.sees_admin(ORDERS, json!({ "filter": { "search": ben.email } })).await, "adminOrders");
        assert_eq!(found[0]["id"], purchase.order.as_str());
        assert_eq!((found[0]["status"].as_str(), found[0]["creator"]["handle"].as_str()), (Some("PAID"), Some("mira")));
        let none = sue.sees_admin(ORDERS, json!({ "filter": { "search": "nobody@" } })).await;
        assert_eq!(nodes(&none, "adminOrders"), Vec::<Value>::new());
        let node = "query($id: ID!) { node(id: $id) { __typename id ... on Order { number } } }";
        let seen = sue.sees_admin(node, json!({ "id": purchase.order })).await;
        assert_eq!(seen["node"]["__typename"], "Order");
        let eng = market.operator("Eng", Role::Engineering).await;
        assert!(eng.sees_admin(node, json!({ "id": purchase.order })).await["node"].is_null(), "not for this role");
    }

    async fn an_operator_gives_money_back_and_says_why(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let purchase = market.person("Ben").await.buys(&shop).await;
        let (fay, sam) = (market.operator("Fay", Role::Finance).await, market.operator("Sam", Role::Security).await);
        let key = fay.new_key();
        let wish = |reason: &str| json!({ "id": purchase.order, "reason": reason, "input": {
            "reason": "OTHER", "revokeAccess": true, "idempotencyKey": key } });
        let refused = fay.asks_admin(REFUND, wish("")).await.refusals();
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("REQUIRED", "reason"));
        let given = fay.does_admin(REFUND, wish("The creator died")).await;
        assert_eq!(given["refund"]["amount"]["minorUnits"], 2000);
        let again = fay.does_admin(REFUND, wish("The creator died")).await;
        assert_eq!(again["refund"]["id"], given["refund"]["id"], "the same key, the same refund");
        market.settles().await;
        let log = nodes(&sam.sees_admin(LOG, json!({})).await, "adminAuditLog");
        let refunds: Vec<_> = log.iter().filter(|line| line["action"] == "order.refund").collect();
        assert_eq!(refunds.len(), 1);
        assert_eq!((refunds[0]["reason"].as_str(), refunds[0]["subjectId"].as_str()),
            (Some("The creator died"), Some(purchase.order.as_str())));
        assert_eq!(market.db_count("journals WHERE kind = 'REFUND'").await, 1);
    }

    async fn a_role_counts_only_while_it_is_held_and_the_address_is_proven(market) {
        let fay = market.operator("Fay", Role::Finance).await;
        assert!(fay.asks_admin(ORDERS, json!({})).await.data()["adminOrders"].is_object());
        atelier::operators::actions::revoke(market.app(), &fay.email, Role::Finance).await.unwrap();
        assert!(fay.asks_admin(ORDERS, json!({})).await.data()["adminOrders"].is_null(), "at once");
        let una = market.stranger("Una");
        una.signs_up().await;
        atelier::operators::actions::grant(market.app(), &una.email, Role::Finance).await.unwrap();
        let answer = una.asks_admin(ORDERS, json!({})).await;
        assert!(answer.body["data"]["adminOrders"].is_null(), "{:#}", answer.body);
        let staff = atelier::operators::actions::staff(market.app()).await.unwrap();
        assert_eq!(staff.len(), 1);
        assert!(!staff[0].is_proven);
        assert!(atelier::operators::actions::grant(market.app(), "nobody@example.com", Role::Support).await.is_err());
    }

    async fn the_two_endpoints_share_no_root_field_but_node(market) {
        let fay = market.operator("Fay", Role::Finance).await;
        let asked = fay.asks("{ adminOrders { nodes { id } } }", json!({})).await;
        assert_eq!(asked.error_code(), "VALIDATION_FAILED");
        let asked = fay.asks_admin("{ viewer { id } }", json!({})).await;
        assert_eq!(asked.error_code(), "VALIDATION_FAILED");
        let two = "mutation($id: ID!) { a: adminStripeEventReplay(eventId: $id) { userErrors { code } }
            b: adminStripeEventReplay(eventId: $id) { userErrors { code } } }";
        let asked = fay.asks_admin(two, json!({ "id": "sev_0000000000000000000000" })).await;
        assert!(asked.body["errors"].is_array(), "one act a request: {:#}", asked.body);
    }

    async fn disputes_of_all_creators_are_seen(market) {
        let fay = market.operator("Fay", Role::Finance).await;
        let shop = market.person("Mira").await.opens_shop("Ink", Priced::Euros(4900)).await;
        market.person("Ben").await.buys(&shop).await;
        let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
        let dispute = market.stripe().dispute(&charge, None).unwrap();
        market.settles().await;
        let found = nodes(&fay.sees_admin(DISPUTES, json!({})).await, "adminDisputes");
        assert_eq!((found.len(), &found[0]["amount"]["minorUnits"]), (1, &json!(4900)));
        assert!(found[0]["order"]["number"].is_string() && found[0]["evidenceDueAt"].is_string(), "{found:#?}");
        let before = found[0]["state"].as_str().unwrap().to_owned();
        assert!(["NEEDS_RESPONSE", "UNDER_REVIEW"].contains(&before.as_str()), "{before}");
        market.stripe().close_dispute(dispute["id"].as_str().unwrap(), true).unwrap();
        market.settles().await;
        let one = "query($id: ID!) { node(id: $id) { ... on Dispute { state stripeId } } }";
        let after = fay.sees_admin(one, json!({ "id": found[0]["id"] })).await;
        assert_eq!(after["node"], json!({ "state": "WON", "stripeId": dispute["id"] }));
        let sue = market.operator("Sue", Role::Security).await;
        assert_eq!(sue.asks_admin(DISPUTES, json!({})).await.error_code(), "FORBIDDEN");
    }
}
