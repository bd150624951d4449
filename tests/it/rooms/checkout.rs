//! What checkout refuses.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{CHECKOUT, CREATE, Priced, SYNC, changes_at_stripe, story};

const ORDER: &str = "query($id: ID!) { order(id: $id) { id } }";

fn wants(items: Value) -> Value {
    json!({ "items": items, "channel": "WEB" })
}

story! {
    async fn a_price_is_refused_with_the_item_that_is_wrong(market) {
        let (mira, nora) = (market.person("Mira").await, market.person("Nora").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let other = nora.opens_shop("Clay", Priced::Euros(2000)).await;
        let open = mira.publishes(shop.creator, "Paper", Priced::FromEuros(500)).await.price;
        let gone = mira.prices(shop.course, Priced::Euros(100)).await;
        mira.withdraws(gone).await;
        let ben = market.person("Ben").await;
        let fine = json!({ "priceId": shop.price.to_string() });
        let pay = |minor: i64, currency: &str| {
            json!({ "priceId": open.to_string(), "payWhatYouWant": { "minorUnits": minor, "currency": currency } })
        };
        let cases = [
            (json!([]), "REQUIRED", "input.items"),
            (json!([{ "priceId": "nonsense" }]), "INVALID_ID", "input.items.0.priceId"),
            (json!([{ "priceId": shop.course.to_string() }]), "INVALID_ID", "input.items.0.priceId"),
            (json!([{ "priceId": gone.to_string() }]), "NOT_FOUND", "input.items.0.priceId"),
            (json!([fine, fine]), "DUPLICATE", "input.items.1.priceId"),
            (json!([fine, { "priceId": other.price.to_string() }]), "NOT_ALLOWED", "input.items.1.priceId"),
            (json!([{ "priceId": open.to_string() }]), "REQUIRED", "input.items.0.payWhatYouWant"),
            (json!([pay(499, "EUR")]), "AMOUNT_BELOW_MINIMUM", "input.items.0.payWhatYouWant"),
            (json!([pay(-500, "EUR")]), "AMOUNT_BELOW_MINIMUM", "input.items.0.payWhatYouWant"),
            (json!([pay(900_000_000, "EUR")]), "OUT_OF_RANGE", "input.items.0.payWhatYouWant"),
            (json!([pay(900, "USD")]), "CURRENCY_UNSUPPORTED", "input.items.0.payWhatYouWant"),
            (json!([pay(900, "DOUBLOON")]), "CURRENCY_UNSUPPORTED", "input.items.0.payWhatYouWant.currency"),
            (json!([{ "priceId": shop.price.to_string(), "giftRecipientEmail": "nobody" }]),
                "INVALID", "input.items.0.giftRecipientEmail"),
            (json!([{ "priceId": shop.price.to_string(), "sessionId": "ses_x" }]), "INVALID_ID", "input.items.0.sessionId"),
            (json!([{ "priceId": shop.price.to_string(), "sessionId": "wss_0000000000000000000001" }]), "NOT_ALLOWED", "input.items.0.sessionId"),
            (Value::Array(vec![fine.clone(); 21]), "TOO_MANY", "input.items"),
        ];
        for (items, code, path) in cases {
            let refused = ben.is_refused_price(wants(items.clone())).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{items}");
        }
        let anybody = market.stranger("Nobody").asks_price(shop.price).await;
        assert_eq!(anybody["total"]["minorUnits"], 2000, "prices are for everybody");
    }

    async fn a_quote_says_beforehand_what_will_not_work(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        ben.buys(&shop).await;
        let input = json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "IOS", "couponCode": "SUMMER" });
        let quoted = ben.sees(crate::support::QUOTE, json!({ "input": input })).await;
        let quote = &quoted["quote"]["quote"];
        assert_eq!(quote["coupon"], json!({ "code": "SUMMER", "isApplied": false, "reason": "COUPON_NOT_FOUND" }));
        assert_eq!(quote["purchaseOptions"], json!([]));
        let warned: Vec<&str> = quote["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
        assert_eq!(warned, ["ALREADY_ENROLLED", "PURCHASE_CHANNEL_UNAVAILABLE"]);
    }

    async fn a_purchase_is_refused_with_every_reason(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        let good = ben.agrees_to(&quote, "HOSTED_PAGE");
        let with = |name: &str, value: Value| {
            let mut input = good.clone();
            input[name] = value;
            input
        };
        let token = quote["token"].as_str().unwrap();
        let tampered = format!("{}A{}", &token[..9], &token[10..]);
        let cases = [
            (with("quoteToken", json!("")), "TOKEN_INVALID", "input.quoteToken"),
            (with("quoteToken", json!(tampered)), "TOKEN_INVALID", "input.quoteToken"),
            (with("purchaseOption", json!("FREE")), "PURCHASE_CHANNEL_UNAVAILABLE", "input.purchaseOption"),
            (with("purchaseOption", json!("EXTERNAL_LINK")), "PURCHASE_CHANNEL_UNAVAILABLE", "input.purchaseOption"),
            (with("stripeApiVersion", json!("latest")), "INVALID", "input.stripeApiVersion"),
            (with("consents", json!([])), "CONSENT_REQUIRED", "input.consents"),
            (with("returnUrl", json!("javascript:alert(1)")), "INVALID", "input.returnUrl"),
            (with("returnUrl", json!("http://example.com")), "INVALID", "input.returnUrl"),
            (with("cancelUrl", json!("/relative")), "INVALID", "input.cancelUrl"),
            (with("buyerEmail", json!("guest@example.com")), "NOT_ALLOWED", "input.buyerEmail"),
        ];
        for (input, code, path) in cases {
            let refused = ben.is_refused(CREATE, json!({ "input": input })).await;
            assert!(refused.iter().any(|r| (r.code.as_str(), r.path.as_str()) == (code, path)), "{code}: {refused:?}");
        }
        let mut declined = good.clone();
        declined["consents"][0]["accepted"] = json!(false);
        let refused = ben.is_refused(CREATE, json!({ "input": declined })).await;
        assert_eq!(refused[0].code, "CONSENT_REQUIRED");
        let nobody = market.stranger("Nobody").asks(CREATE, json!({ "input": good })).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
        assert_eq!(changes_at_stripe(&market), 0, "nothing reached Stripe");
    }

    async fn a_quote_holds_for_fifteen_minutes(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        market.passes(Duration::minutes(15)).await;
        let ben = ben.comes_back().await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("TOKEN_EXPIRED", "input.quoteToken"));
    }

    async fn what_one_has_cannot_be_bought_again(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        ben.buys(&shop).await;
        let quote = ben.asks_price(shop.price).await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].code, "ALREADY_ENROLLED");
    }

    async fn anothers_purchase_is_the_same_as_none(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let purchase = ben.buys(&shop).await;
        for stranger in [ann.clone(), market.stranger("Nobody")] {
            let seen = stranger.sees(CHECKOUT, json!({ "id": purchase.checkout })).await;
            assert!(seen["checkout"].is_null());
            let seen = stranger.sees(ORDER, json!({ "id": purchase.order })).await;
            assert!(seen["order"].is_null());
            let node = "query($id: ID!) { node(id: $id) { id } }";
            for id in [&purchase.checkout, &purchase.order] {
                assert!(stranger.sees(node, json!({ "id": id })).await["node"].is_null());
            }
        }
        let sold = mira.sees(ORDER, json!({ "id": purchase.order })).await;
        assert_eq!(sold["order"]["id"], purchase.order.as_str(), "the seller sees the sale");
        let refused = ann.is_refused(SYNC, json!({ "id": purchase.checkout })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "id"));
        let wrong = ann.is_refused(SYNC, json!({ "id": "nonsense" })).await;
        assert_eq!(wrong[0].code, "INVALID_ID");
    }
}
