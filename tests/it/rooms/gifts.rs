//! What gifts refuse.

use serde_json::json;

use crate::support::{CREATE, Priced, REDEEM, gifts, story};

story! {
    async fn what_cannot_be_given_is_refused_with_its_item(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let free = mira.publishes(shop.creator, "Paper", Priced::Free).await.price.to_string();
        let open = mira.publishes(shop.creator, "Wood", Priced::FromEuros(0)).await.price.to_string();
        let ben = market.person("Ben").await;
        let ink = shop.price.to_string();
        let mut nothing = gifts(&[&open], "ann@example.com");
        nothing["items"][0]["payWhatYouWant"] = json!({ "minorUnits": 0, "currency": "EUR" });
        let mut second = gifts(&[&ink, &open], "ann@example.com");
        second["items"][1]["giftRecipientEmail"] = json!("BEN@example.com");
        second["items"][1]["payWhatYouWant"] = json!({ "minorUnits": 900, "currency": "EUR" });
        let cases = [
            (gifts(&[&ink], ""), "INVALID", "input.items.0.giftRecipientEmail"),
            (gifts(&[&ink], "nobody"), "INVALID", "input.items.0.giftRecipientEmail"),
            (gifts(&[&ink], "Ben@Example.com"), "NOT_ALLOWED", "input.items.0.giftRecipientEmail"),
            (second, "NOT_ALLOWED", "input.items.1.giftRecipientEmail"),
            (gifts(&[&free], "ann@example.com"), "NOT_ALLOWED", "input.items.0.giftRecipientEmail"),
            (nothing, "NOT_ALLOWED", "input.items.0.giftRecipientEmail"),
            (gifts(&[&ink, &ink], "ann@example.com"), "DUPLICATE", "input.items.1.priceId"),
        ];
        for (input, code, path) in cases {
            let refused = ben.is_refused_price(input.clone()).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{input}");
        }
    }

    async fn nobody_gives_to_themselves_by_signing_in_later(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ben, gus) = (market.person("Ben").await, market.stranger("Gus"));
        let refused = |refused: Vec<crate::support::Refused>| {
            (refused[0].code.clone(), refused[0].path.clone())
        };
        let own = ("NOT_ALLOWED".to_owned(), "input.quoteToken".to_owned());
        let quote = gus.is_quoted(gifts(&[&shop.price.to_string()], &ben.email)).await;
        let input = ben.agrees_to(&quote, "HOSTED_PAGE");
        assert_eq!(refused(ben.is_refused(CREATE, json!({ "input": input })).await), own);
        let quote = gus.is_quoted(gifts(&[&shop.price.to_string()], &gus.email.to_uppercase())).await;
        let mut input = gus.agrees_to(&quote, "HOSTED_PAGE");
        input["buyerEmail"] = json!(gus.email);
        assert_eq!(refused(gus.is_refused(CREATE, json!({ "input": input })).await), own);
        assert_eq!(market.db_count("orders").await, 0);
    }

    async fn a_code_is_refused_plainly_and_not_guessed(market) {
        let ben = market.person("Ben").await;
        let zoe = market.stranger("Zoe");
        assert_eq!(zoe.asks(REDEEM, json!({ "code": "x" })).await.error_code(), "UNAUTHENTICATED");
        for code in ["", "x", "7K3M9-2QPXA-7K3M9-2QPXA", "' OR 1 = 1 --"] {
            let refused = ben.is_refused(REDEEM, json!({ "code": code })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("TOKEN_INVALID", "code"), "{code}");
        }
        let twice = "mutation { a: giftRedeem(code: \"x\") { userErrors { code } }
            b: giftRedeem(code: \"y\") { userErrors { code } } }";
        assert!(ben.asks(twice, json!({})).await.body["errors"][0].is_object(), "one code a request");
        for _ in 0..12 {
            let refused = ben.is_refused(REDEEM, json!({ "code": "x" })).await;
            if refused[0].code == "RATE_LIMITED" {
                return;
            }
        }
        panic!("one may guess without end");
    }

    async fn the_rules_notice_a_gift_that_went_wrong(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.gives(&[&shop.price.to_string()], "ann@example.org").await;
        let broken = async || -> Vec<String> {
            let rules = atelier::doctor::rules(market.app()).await;
            let of_gifts = rules.into_iter().find(|(room, _)| *room == "gifts").unwrap();
            let named = of_gifts.1.unwrap().into_iter().map(|rule| rule.split(':').next().unwrap().to_owned());
            named.collect()
        };
        assert_eq!(broken().await, Vec::<String>::new());
        market.db_runs("UPDATE order_lines SET gift_recipient = NULL").await;
        assert_eq!(broken().await, ["gift_lines_have_gifts"], "nobody knows whose it is");
        market.db_runs("UPDATE order_lines SET gift_recipient = 'ann@example.org'").await;
        ann.redeems(&market.gift_code("ann@example.org")).await;
        let buyers = "UPDATE enrollments SET user_id = (SELECT buyer_id FROM orders)";
        market.db_runs(buyers).await;
        assert_eq!(broken().await, ["redeemed_gifts_gave_all", "gifts_give_redeemers_alone"], "the buyer has it");
        market.db_runs("UPDATE enrollments SET user_id = (SELECT redeemed_by FROM gifts)").await;
        assert_eq!(broken().await, Vec::<String>::new());
    }
}
