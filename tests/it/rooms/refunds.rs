//! What refunds refuses.

use atelier::creators::TeamRole;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{ASK, DECIDE, Priced, REFUND, story};

story! {
    async fn a_request_is_refused_in_words(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.buys(&shop).await;
        let wish = |order: &str| json!({ "id": order, "reason": "OTHER", "key": ben.new_key() });
        let unpaid = ben.goes_to_pay(&mira.publishes(shop.creator, "Paper", Priced::Euros(500)).await).await;
        assert_eq!(ben.is_refused(ASK, wish(&unpaid.order)).await[0].code, "INVALID_STATE");
        let stranger = market.person("Ann").await;
        let refused = stranger.is_refused(ASK, wish(&purchase.order)).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "orderId"));
        assert_eq!(mira.is_refused(ASK, wish(&purchase.order)).await[0].code, "NOT_FOUND", "the seller is no buyer");
        assert_eq!(ben.is_refused(ASK, wish("nonsense")).await[0].code, "INVALID_ID");
        let mut long = wish(&purchase.order);
        long["note"] = json!("x".repeat(2001));
        let refused = ben.is_refused(ASK, long).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("TOO_LONG", "note"));
        let nobody = market.stranger("Nobody").asks(ASK, wish(&purchase.order)).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
        market.passes(Duration::days(15)).await;
        let ben = ben.comes_back().await;
        let late = ben.is_refused(ASK, json!({ "id": purchase.order, "reason": "OTHER", "key": ben.new_key() })).await;
        assert_eq!(late[0].code, "REFUND_WINDOW_CLOSED");
        assert!(late[0].message.contains("14 days"), "{}", late[0].message);
    }

    async fn what_was_free_cannot_go_back(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::FromEuros(0)).await;
        let ben = market.person("Ben").await;
        let input = json!({ "items": [{ "priceId": shop.price.to_string(),
            "payWhatYouWant": { "minorUnits": 0, "currency": "EUR" } }], "channel": "WEB" });
        let quote = ben.sees(crate::support::QUOTE, json!({ "input": input })).await["quote"]["quote"].clone();
        let paid = ben.does(crate::support::CREATE, json!({ "input": ben.agrees_to(&quote, "FREE") })).await;
        let order = paid["checkout"]["order"]["id"].as_str().unwrap();
        let seen = ben.order(order).await;
        assert_eq!((&seen["viewerCanRequestRefund"], &seen["refundableUntil"]), (&json!(false), &Value::Null));
        let refused = ben.is_refused(ASK, json!({ "id": order, "reason": "OTHER", "key": ben.new_key() })).await;
        assert_eq!(refused[0].code, "INVALID_STATE");
        let refused = mira.is_refused(REFUND, json!({ "id": order, "input": mira.refund_of(None, true) })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "orderId"));
    }

    async fn a_refund_is_refused_with_what_is_wrong(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.buys(&shop).await;
        let line = ben.order(&purchase.order).await["lines"][0]["id"].clone();
        let good = || mira.refund_of(None, false);
        let with = |name: &str, value: Value| {
            let mut input = good();
            input[name] = value;
            input
        };
        let euros = |minor: i64| json!({ "minorUnits": minor, "currency": "EUR" });
        let cases = [
            (with("amount", euros(2001)), "REFUND_EXCEEDS_PAID", "input.amount"),
            (with("amount", euros(0)), "OUT_OF_RANGE", "input.amount"),
            (with("amount", euros(-1)), "OUT_OF_RANGE", "input.amount"),
            (with("amount", json!({ "minorUnits": 1, "currency": "USD" })), "CURRENCY_UNSUPPORTED", "input.amount"),
            (with("lineIds", json!(["nonsense"])), "INVALID_ID", "input.lineIds.0"),
            (with("lineIds", json!([line, line])), "DUPLICATE", "input.lineIds.1"),
            (with("lineIds", json!(["oln_0123456789abcdefghijkl"])), "NOT_FOUND", "input.lineIds.0"),
        ];
        for (input, code, path) in cases {
            let refused = mira.is_refused(REFUND, json!({ "id": purchase.order, "input": input })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{input}");
        }
        let once = good();
        mira.does(REFUND, json!({ "id": purchase.order, "input": once })).await;
        let mut other = once;
        other["revokeAccess"] = json!(true);
        let refused = mira.is_refused(REFUND, json!({ "id": purchase.order, "input": other })).await;
        assert_eq!(refused[0].code, "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(market.stripe().objects("refund").len(), 1);
    }

    async fn only_finance_decides_about_money(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        let purchase = ben.buys(&shop).await;
        let request = ben.asks_money_back(&purchase).await;
        let refund = json!({ "id": purchase.order, "input": mira.refund_of(None, false) });
        let decide = json!({ "id": request["id"], "approve": true, "key": mira.new_key() });
        for outsider in [&ben, &eve] {
            let refused = outsider.is_refused(REFUND, refund.clone()).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "orderId"));
            let refused = outsider.is_refused(DECIDE, decide.clone()).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "id"));
        }
        eve.db_joins(&shop.creator.to_string(), TeamRole::Editor).await;
        assert_eq!(eve.asks(REFUND, refund).await.error_code(), "FORBIDDEN");
        assert_eq!(eve.asks(DECIDE, decide.clone()).await.error_code(), "FORBIDDEN");
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert!(eve.sees(node, json!({ "id": request["id"] })).await["node"].is_null());
        mira.does(DECIDE, json!({ "id": request["id"], "approve": false, "key": mira.new_key() })).await;
        let late = json!({ "id": request["id"], "approve": true, "key": mira.new_key() });
        let refused = mira.is_refused(DECIDE, late).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "id"));
        assert_eq!(market.stripe().objects("refund").len(), 0);
    }
}
