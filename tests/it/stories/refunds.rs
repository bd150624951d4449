//! Money goes back to buyers: asked for, decided, given, failed, and never twice.

use atelier::operators::model::Role;
use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{ASK, DECIDE, Market, Person, Priced, Purchase, REFUND, Shop, story};

/// Mira sells a course for 49.00 and Ben has bought it: 4.90 fee, 44.10 hers, Stripe kept 1.72.
async fn sale(market: &Market) -> (Person, Person, Shop, Purchase) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
    let ben = market.person("Ben").await;
    let purchase = ben.buys(&shop).await;
    (mira, ben, shop, purchase)
}

/// The order, its book and Stripe agree that so much is back.
async fn is_back(market: &Market, buyer: &Person, order: &str, refunded: i64, status: &str) {
    let seen = buyer.order(order).await;
    assert_eq!((&seen["status"], &seen["refundedTotal"]["minorUnits"]), (&json!(status), &json!(refunded)));
    let charge = &market.stripe().objects("charge")[0];
    assert_eq!(charge["amount_refunded"], refunded, "at Stripe");
    let (fee, share) = (490 - refunded / 10, 4410 - refunded * 9 / 10);
    let book = market.db_book().await;
    assert_eq!(book["STRIPE"], json!(4900 - 172 - refunded), "{book}");
    assert_eq!(book["FEE"].as_i64().unwrap_or(0), -fee, "{book}");
    assert_eq!(book["HELD"].as_i64().unwrap_or(0), -share, "{book}");
}

story! {
    async fn a_buyer_asks_and_gets_everything_back(market) {
        let (mira, ben, shop, purchase) = sale(&market).await;
        assert_eq!(ben.order(&purchase.order).await["viewerCanRequestRefund"], true);
        assert_eq!(mira.order(&purchase.order).await["viewerCanRequestRefund"], false, "she is not the buyer");
        let request = ben.asks_money_back(&purchase).await;
        assert_eq!((&request["status"], &request["note"]), (&json!("OPEN"), &json!("Too easy.")));
        assert_eq!(ben.order(&purchase.order).await["viewerCanRequestRefund"], false);
        market.settles().await;
        let letters = market.mail().messages(Some(&mira.email));
        assert!(letters[0].text.contains("Too easy."), "Mira is told");

        let list = "query($id: ID!) { studio(creatorId: $id) { refundRequests(status: OPEN) { nodes { id order { number } } } } }";
        let studio = mira.sees(list, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(studio["studio"]["refundRequests"]["nodes"][0]["id"], request["id"]);
        let key = mira.new_key();
        let decision = json!({ "id": request["id"], "approve": true, "key": key });
        let decided = mira.does(DECIDE, decision.clone()).await;
        assert_eq!(decided["refundRequest"]["status"], "APPROVED");
        let again = mira.does(DECIDE, decision).await;
        assert_eq!(again["refundRequest"]["status"], "APPROVED", "the same key gives the same answer");
        market.settles().await;

        is_back(&market, &ben, &purchase.order, 4900, "REFUNDED").await;
        let order = ben.order(&purchase.order).await;
        assert_eq!(order["refunds"].as_array().unwrap().len(), 1);
        assert_eq!(order["refunds"][0]["status"], "SUCCEEDED");
        assert_eq!(order["lines"][0]["enrollment"]["state"], "REVOKED");
        let refund = &market.stripe().objects("refund")[0];
        assert_eq!(refund["metadata"]["order"], purchase.order.as_str());
        let subjects: Vec<_> = market.mail().messages(Some(&ben.email)).into_iter().map(|m| m.subject).collect();
        assert!(subjects.contains(&"Your refund of €49.00".to_owned()), "{subjects:?}");
        let node = ben.sees("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": order["refunds"][0]["id"] })).await;
        assert_eq!(node["node"]["__typename"], "Refund");
        let quote = ben.asks_price(shop.price).await;
        assert_eq!(quote["total"]["minorUnits"], 4900, "and it can be bought again");
    }

    async fn a_creator_declines_and_says_why(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        let request = ben.asks_money_back(&purchase).await;
        let decision = json!({ "id": request["id"], "approve": false, "note": "You finished it.", "key": mira.new_key() });
        let decided = mira.does(DECIDE, decision).await;
        assert_eq!(decided["refundRequest"]["status"], "DECLINED");
        market.settles().await;
        assert!(market.mail().messages(Some(&ben.email))[0].text.contains("You finished it."));
        is_back(&market, &ben, &purchase.order, 0, "PAID").await;
        assert_eq!(market.stripe().objects("refund").len(), 0);
    }

    async fn parts_go_back_until_nothing_is_left(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        let first = mira.gives_back(&purchase.order, Some(1000), false).await;
        assert_eq!(first["refund"]["status"], "SUCCEEDED");
        assert_eq!(first["order"]["status"], "PARTIALLY_REFUNDED");
        is_back(&market, &ben, &purchase.order, 1000, "PARTIALLY_REFUNDED").await;
        let second = mira.gives_back(&purchase.order, Some(900), false).await;
        assert_eq!(second["refund"]["amount"]["minorUnits"], 900);
        assert_eq!(ben.order(&purchase.order).await["lines"][0]["enrollment"]["state"], "ACTIVE");
        let line = ben.order(&purchase.order).await["lines"][0]["id"].clone();
        let mut rest = mira.refund_of(None, true);
        rest["lineIds"] = json!([line]);
        let third = mira.does(REFUND, json!({ "id": purchase.order, "input": rest })).await;
        assert_eq!(third["refund"]["amount"]["minorUnits"], 3000, "all that is left of the line");
        market.settles().await;
        is_back(&market, &ben, &purchase.order, 4900, "REFUNDED").await;
        assert_eq!(ben.order(&purchase.order).await["lines"][0]["enrollment"]["state"], "REVOKED");
        let more = json!({ "id": purchase.order, "input": mira.refund_of(None, false) });
        assert_eq!(mira.is_refused(REFUND, more).await[0].code, "REFUND_EXCEEDS_PAID");
    }

    async fn two_refunds_at_once_never_exceed_what_was_paid(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        let wish = || json!({ "id": purchase.order, "input": mira.refund_of(Some(3000), false) });
        let tries = (0..4).map(|_| mira.asks(REFUND, wish()));
        let answers = futures_util::future::join_all(tries).await;
        let given = answers.iter().filter(|answer| answer.refusals().is_empty()).count();
        assert_eq!(given, 1, "{answers:#?}");
        let once = wish();
        let same = (0..4).map(|_| mira.asks(REFUND, json!({ "id": once["id"], "input": {
            "amount": { "minorUnits": 700, "currency": "EUR" }, "reason": "OTHER", "revokeAccess": false,
            "idempotencyKey": once["input"]["idempotencyKey"] } })));
        let same = futures_util::future::join_all(same).await;
        let ids: std::collections::HashSet<_> =
            same.iter().map(|answer| answer.data()["orderRefund"]["refund"]["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "one key, one refund");
        market.settles().await;
        is_back(&market, &ben, &purchase.order, 3700, "PARTIALLY_REFUNDED").await;
    }

    async fn a_lost_answer_never_refunds_twice(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        market.plans(json!([{ "operation": "POST /v1/refunds", "kind": "reset_after_commit", "times": 8 }]));
        let given = mira.gives_back(&purchase.order, Some(1900), false).await;
        assert_eq!(given["refund"]["status"], "PENDING", "Stripe's answer is lost");
        market.plans(json!([]));
        market.passes(Duration::minutes(3)).await;
        is_back(&market, &ben, &purchase.order, 1900, "PARTIALLY_REFUNDED").await;
        assert_eq!(market.stripe().objects("refund").len(), 1);
        let keys: std::collections::HashSet<_> = market.stripe().requests().into_iter()
            .filter(|request| request.method == "POST" && request.path == "/v1/refunds")
            .map(|request| request.idempotency_key).collect();
        assert_eq!(keys.len(), 1);
    }

    async fn a_refund_nobody_answered_for_a_day_is_looked_up_first(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        market.plans(json!([
            { "operation": "POST /v1/refunds", "kind": "reset_after_commit", "times": 500 },
            { "event": "*", "kind": "lost", "times": 500 },
        ]));
        mira.gives_back(&purchase.order, Some(1900), false).await;
        market.app().clock.advance(Duration::hours(25));
        market.plans(json!([]));
        market.settles().await;
        let ben = ben.comes_back().await;
        is_back(&market, &ben, &purchase.order, 1900, "PARTIALLY_REFUNDED").await;
        assert_eq!(market.stripe().objects("refund").len(), 1);
        let posts = market.stripe().requests().into_iter().filter(|r| r.method == "POST" && r.path == "/v1/refunds");
        let by_then = posts.filter(|request| request.idempotency_key.is_some()).count();
        assert!(by_then <= 8, "a day later it is not posted again: {by_then}");
    }

    async fn stripe_was_away_and_the_refund_goes_out_later(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        market.plans(json!([{ "operation": "POST /v1/refunds", "kind": "reset_before", "times": 8 }]));
        let given = mira.gives_back(&purchase.order, None, true).await;
        assert_eq!(given["refund"]["status"], "PENDING");
        assert_eq!(ben.order(&purchase.order).await["lines"][0]["enrollment"]["state"], "ACTIVE", "nothing is booked yet");
        market.plans(json!([]));
        market.passes(Duration::minutes(3)).await;
        is_back(&market, &ben, &purchase.order, 4900, "REFUNDED").await;
    }

    async fn a_refund_that_fails_is_as_if_it_had_never_been(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.goes_to_pay(&shop).await;
        market.stripe().pay(&purchase.session, "4000000000005126").unwrap();
        market.settles().await;
        let request = ben.asks_money_back(&purchase).await;
        mira.does(DECIDE, json!({ "id": request["id"], "approve": true, "key": mira.new_key() })).await;
        market.settles().await;
        is_back(&market, &ben, &purchase.order, 4900, "REFUNDED").await;

        market.passes(Duration::minutes(2)).await;
        is_back(&market, &ben, &purchase.order, 0, "PAID").await;
        let order = ben.order(&purchase.order).await;
        assert_eq!(order["refunds"][0]["status"], "FAILED");
        assert_eq!(order["refundRequest"]["status"], "OPEN", "somebody decides again");
        assert_eq!(order["lines"][0]["enrollment"]["state"], "ACTIVE", "the right is back");
        assert_eq!(market.db_cases().await, ["REFUND_FAILED"]);
        assert!(market.mail().messages(Some(&mira.email))[0].subject.contains("failed"));
        market.operator("Fay", Role::Finance).await.closes_cases().await;
    }

    async fn what_is_refunded_at_stripe_by_hand_is_ours_too(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        mira.gives_back(&purchase.order, Some(900), false).await;
        let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
        let key = stripe_gateway::IdempotencyKey::new("by-hand".to_owned()).unwrap();
        let by_hand = market.app().stripe.create_refund(
            &key,
            stripe_gateway::NewRefund { charge, amount: 1000, is_duplicate: false, metadata: Default::default() },
        );
        by_hand.await.unwrap();
        market.settles().await;
        is_back(&market, &ben, &purchase.order, 1900, "PARTIALLY_REFUNDED").await;
        let order = ben.order(&purchase.order).await;
        assert_eq!(order["refunds"][1]["reason"], Value::Null, "nobody here said why");
        for event in market.stripe().objects("event") {
            market.stripe().resend_event(event["id"].as_str().unwrap()).unwrap();
        }
        market.settles().await;
        is_back(&market, &ben, &purchase.order, 1900, "PARTIALLY_REFUNDED").await;
    }

    async fn the_creator_reads_in_the_book_why_there_is_less(market) {
        let (mira, _, shop, purchase) = sale(&market).await;
        mira.gives_back(&purchase.order, Some(1000), false).await;
        let ledger = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } }
            ledger { nodes { kind description amount { minorUnits } balanceAfter { minorUnits } } } } }";
        let studio = mira.sees(ledger, json!({ "id": shop.creator.to_string() })).await["studio"].clone();
        assert_eq!(studio["balance"]["pending"][0]["minorUnits"], 3510);
        let line = &studio["ledger"]["nodes"][0];
        assert_eq!((&line["kind"], &line["amount"]["minorUnits"]), (&json!("REFUND"), &json!(-900)));
    }

    async fn what_was_sent_already_is_asked_back(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        let purchase = market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        let mira = mira.comes_back().await;
        mira.gives_back(&purchase.order, Some(1000), false).await;
        market.settles().await;
        assert_eq!(market.holds(&account), 4410 - 900);
        let book = market.db_book().await;
        assert_eq!((book["DUE"].as_i64(), book["HELD"].as_i64()), (None, None), "{book}");
    }

    async fn what_is_gone_to_the_bank_is_kept_from_the_next_sales(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        let purchase = market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        market.stripe().pay_out(&account, 4410, "eur").unwrap();
        let mira = mira.comes_back().await;
        mira.gives_back(&purchase.order, Some(1000), false).await;
        market.settles().await;
        let studio = "query($id: ID!) { studio(creatorId: $id) { balance { available { minorUnits } }
            ledger { nodes { kind description amount { minorUnits } balanceAfter { minorUnits } } } } }";
        let seen = mira.sees(studio, json!({ "id": shop.creator.to_string() })).await["studio"].clone();
        assert_eq!(seen["balance"]["available"][0]["minorUnits"], -900);
        let words = seen["ledger"]["nodes"][0]["description"].as_str().unwrap();
        assert!(words.contains("€10.00 of €49.00") && words.contains("€9.00 below zero"), "{words}");
        market.person("Ann").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        let book = market.db_book().await;
        assert_eq!(book["DUE"].as_i64().unwrap_or(0), 0, "netted: {book}");
    }

    async fn asking_twice_is_asking_once(market) {
        let (_, ben, _, purchase) = sale(&market).await;
        let wish = json!({ "id": purchase.order, "reason": "TECHNICAL", "key": ben.new_key() });
        let first = ben.does(ASK, wish.clone()).await;
        let again = ben.does(ASK, wish).await;
        assert_eq!(first["refundRequest"]["id"], again["refundRequest"]["id"]);
        let other = json!({ "id": purchase.order, "reason": "OTHER", "key": ben.new_key() });
        assert_eq!(ben.is_refused(ASK, other).await[0].code, "DUPLICATE");
    }
}
