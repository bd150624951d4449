//! Buyers' banks take money back, and give it back or not.

use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{Market, Person, Priced, Purchase, REFUND, Shop, euros, story};

const SEAT: &str =
    "query($id: ID!) { order(id: $id) { status refundedTotal { minorUnits } lines { seat { status } } } }";

/// Mira sells a course for 49.00 and Ben has bought it: 4.90 fee, 44.10 hers, Stripe kept 1.72.
async fn sale(market: &Market) -> (Person, Person, Shop, Purchase) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
    let ben = market.person("Ben").await;
    let purchase = ben.buys(&shop).await;
    (mira, ben, shop, purchase)
}

async fn is_disputed(market: &Market, amount: Option<i64>) -> String {
    let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
    let dispute = market.stripe().dispute(&charge, amount).unwrap();
    market.settles().await;
    dispute["id"].as_str().unwrap().to_owned()
}

async fn is_decided(market: &Market, dispute: &str, won: bool) {
    market.stripe().close_dispute(dispute, won).unwrap();
    market.settles().await;
}

fn has(book: &Value, sums: &[(&str, i64)]) {
    for (account, amount) in sums {
        assert_eq!(book[*account].as_i64().unwrap_or(0), *amount, "{account} of {book:#}");
    }
}

/// As if nothing had happened: the sale of 49.00.
const SOLD: [(&str, i64); 7] = [
    ("STRIPE", 4728),
    ("FEE", -490),
    ("HELD", -4410),
    ("FROZEN", 0),
    ("DISPUTE_OPEN", 0),
    ("DISPUTE_FEE", 0),
    ("LOSS", 0),
];

story! {
    async fn a_dispute_that_is_won_leaves_everything_as_it_was(market) {
        let (mira, ben, shop, purchase) = sale(&market).await;
        let dispute = is_disputed(&market, None).await;
        let order = ben.order(&purchase.order).await;
        assert_eq!(order["status"], "DISPUTED");
        assert_eq!(order["viewerCanRequestRefund"], false);
        assert_eq!(order["lines"][0]["enrollment"]["state"], "REVOKED", "by policy");
        has(&market.db_book().await, &[("STRIPE", 4728 - 6900), ("HELD", 0), ("FROZEN", -4410),
            ("DISPUTE_OPEN", 4900), ("DISPUTE_FEE", 2000), ("FEE", -490)]);
        let balance = "query($id: ID!) { studio(creatorId: $id) { balance { reserved { minorUnits } } } }";
        let studio = mira.sees(balance, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(studio["studio"]["balance"]["reserved"][0]["minorUnits"], 4410);
        let letters = market.mail().messages(Some(&mira.email));
        assert!(letters[0].text.contains("€44.10 of yours is set aside"), "{}", letters[0].text);
        let refund = json!({ "id": purchase.order, "input": mira.refund_of(None, false) });
        let refused = mira.is_refused(REFUND, refund).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "orderId"));

        is_decided(&market, &dispute, true).await;
        has(&market.db_book().await, &SOLD);
        let order = ben.order(&purchase.order).await;
        assert_eq!(order["status"], "PAID");
        assert_eq!(order["lines"][0]["enrollment"]["state"], "ACTIVE", "the right is back");
    }

    async fn a_dispute_won_after_the_evening_leaves_the_seat_and_the_money(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(4900), 3).await;
        let ben = market.person("Ben").await;
        let order = ben.buys_seat(&evening).await;
        market.passes(Duration::days(12)).await;
        let ben = ben.comes_back().await;
        let dispute = is_disputed(&market, None).await;
        assert_eq!(ben.sees(SEAT, json!({ "id": order })).await["order"]["lines"][0]["seat"]["status"], "REFUNDED");
        is_decided(&market, &dispute, true).await;
        market.passes(Duration::days(4)).await;
        let ben = ben.comes_back().await;
        let seen = ben.sees(SEAT, json!({ "id": order })).await["order"].clone();
        assert_eq!((&seen["status"], &seen["refundedTotal"]["minorUnits"]), (&json!("PAID"), &json!(0)));
        assert_eq!(seen["lines"][0]["seat"]["status"], "CONFIRMED", "he was there, and paid for it");
        assert!(market.stripe().objects("refund").is_empty());
    }

    async fn a_dispute_that_is_lost_takes_everybodys_part(market) {
        let (mira, ben, shop, purchase) = sale(&market).await;
        let dispute = is_disputed(&market, None).await;
        is_decided(&market, &dispute, false).await;
        has(&market.db_book().await, &[("STRIPE", 4728 - 6900), ("FEE", 0), ("HELD", 0), ("FROZEN", 0),
            ("DISPUTE_OPEN", 0), ("DISPUTE_FEE", 2000), ("LOSS", 0)]);
        let order = ben.order(&purchase.order).await;
        assert_eq!((&order["status"], &order["refundedTotal"]["minorUnits"]), (&json!("DISPUTED"), &json!(0)));
        assert_eq!(order["lines"][0]["enrollment"]["state"], "REVOKED");
        let ledger = "query($id: ID!) { studio(creatorId: $id) { ledger { nodes { kind amount { minorUnits } description } } } }";
        let studio = mira.sees(ledger, json!({ "id": shop.creator.to_string() })).await;
        let line = &studio["studio"]["ledger"]["nodes"][0];
        assert_eq!((&line["kind"], &line["amount"]["minorUnits"]), (&json!("DISPUTE"), &json!(-4410)));
        assert!(line["description"].as_str().unwrap().contains("bank took the payment of Ink"), "{line}");
    }

    async fn after_a_partial_refund_only_what_is_left_is_frozen(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        mira.gives_back(&purchase.order, Some(1000), false).await;
        let dispute = is_disputed(&market, None).await;
        has(&market.db_book().await, &[("FROZEN", -3510), ("HELD", 0), ("DISPUTE_OPEN", 4900)]);
        is_decided(&market, &dispute, false).await;
        has(&market.db_book().await, &[("FROZEN", 0), ("FEE", 0), ("LOSS", 1000), ("DISPUTE_OPEN", 0)]);
        assert_eq!(ben.order(&purchase.order).await["refundedTotal"]["minorUnits"], 1000);
    }

    async fn a_part_that_is_lost_leaves_the_rest_to_its_creator(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        let dispute = is_disputed(&market, Some(1000)).await;
        has(&market.db_book().await, &[("FROZEN", -900), ("HELD", -3510)]);
        is_decided(&market, &dispute, false).await;
        has(&market.db_book().await, &[("FROZEN", 0), ("HELD", -3510), ("FEE", -390)]);
        assert_eq!(ben.order(&purchase.order).await["status"], "PAID");
        let too_much = json!({ "id": purchase.order, "input": mira.refund_of(Some(4000), false) });
        assert_eq!(mira.is_refused(REFUND, too_much).await[0].code, "REFUND_EXCEEDS_PAID");
    }

    async fn events_in_the_wrong_order_and_twice_say_the_same(market) {
        let (_, ben, _, purchase) = sale(&market).await;
        market.plans(json!([{ "event": "charge.dispute.created", "kind": "reordered" }, { "event": "*", "kind": "doubled", "times": 9 }]));
        let dispute = is_disputed(&market, None).await;
        market.plans(json!([{ "event": "*", "kind": "reordered", "times": 3 }]));
        is_decided(&market, &dispute, true).await;
        for event in market.stripe().objects("event") {
            market.stripe().resend_event(event["id"].as_str().unwrap()).unwrap();
        }
        market.settles().await;
        has(&market.db_book().await, &SOLD);
        assert_eq!(ben.order(&purchase.order).await["status"], "PAID");
    }

    async fn events_that_never_come_are_made_up_for(market) {
        let (_, ben, _, purchase) = sale(&market).await;
        market.plans(json!([{ "event": "*", "kind": "lost", "times": 50 }]));
        let dispute = is_disputed(&market, None).await;
        market.passes(Duration::minutes(6)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&purchase.order).await["status"], "DISPUTED");
        market.stripe().close_dispute(&dispute, false).unwrap();
        market.passes(Duration::minutes(70)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&purchase.order).await["lines"][0]["enrollment"]["state"], "REVOKED");
        has(&market.db_book().await, &[("DISPUTE_OPEN", 0), ("FROZEN", 0)]);
    }

    async fn the_bank_is_answered_in_time_with_what_we_know(market) {
        let (_, _, _, purchase) = sale(&market).await;
        let dispute = is_disputed(&market, None).await;
        market.passes(Duration::days(4)).await;
        assert_eq!(market.stripe().object(&dispute).unwrap()["status"], "needs_response", "there is time");
        market.plans(json!([{ "operation": "POST /v1/disputes/{dispute}", "kind": "reset_before", "times": 8 }]));
        market.passes(Duration::hours(26)).await;
        market.plans(json!([]));
        market.passes(Duration::hours(2)).await;
        let answered = market.stripe().object(&dispute).unwrap();
        assert_eq!(answered["status"], "under_review");
        let evidence = &answered["evidence"];
        let says = |field: &str, words: &str| {
            let text = evidence[field].as_str().unwrap_or_default();
            assert!(text.contains(words), "{field}: {text}");
        };
        says("product_description", "Ink");
        says("customer_email_address", "ben@example.com");
        says("customer_name", "Ben");
        says("access_activity_log", "access given: Ink");
        says("refund_policy_disclosure", "within 14 days");
        says("refund_policy_disclosure", "TERMS");
        says("uncategorized_text", "Your receipt for order");
        assert_eq!(answered["metadata"]["order"], purchase.order.as_str());
        is_decided(&market, &dispute, true).await;
    }

    async fn a_bank_that_only_asks_moves_nothing(market) {
        let (mira, ben, _, purchase) = sale(&market).await;
        let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
        let inquiry = market.stripe().inquire(&charge).unwrap();
        market.settles().await;
        has(&market.db_book().await, &SOLD);
        assert_eq!(ben.order(&purchase.order).await["status"], "PAID");
        assert!(market.mail().messages(Some(&mira.email))[0].subject.contains("A bank asks"));
        mira.gives_back(&purchase.order, None, true).await;
        is_decided(&market, inquiry["id"].as_str().unwrap(), true).await;
        assert_eq!(ben.order(&purchase.order).await["status"], "REFUNDED");
    }

    async fn a_card_disputed_at_once_is_frozen_at_once(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.goes_to_pay(&shop).await;
        market.stripe().pay(&purchase.session, "4000000000000259").unwrap();
        market.settles().await;
        market.passes(Duration::minutes(11)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&purchase.order).await["status"], "DISPUTED");
        has(&market.db_book().await, &[("HELD", 0), ("FROZEN", -4410)]);
        market.passes(Duration::days(20)).await;
        has(&market.db_book().await, &[("DUE", 0), ("FROZEN", -4410)]);
    }

    async fn what_was_sent_is_asked_back_and_sent_again_when_won(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        assert_eq!(market.holds(&account), 4410);
        let dispute = is_disputed(&market, None).await;
        assert_eq!(market.holds(&account), 0, "asked back at once");
        has(&market.db_book().await, &[("FROZEN", -4410), ("DUE", 0), ("DISPUTE_OPEN", 4900)]);
        is_decided(&market, &dispute, true).await;
        market.passes(Duration::hours(2)).await;
        assert_eq!(market.holds(&account), 4410, "and sent again");
        has(&market.db_book().await, &[("FROZEN", 0), ("DUE", 0), ("HELD", 0)]);
    }

    async fn a_bank_that_decided_before_we_answered_calls_nobody(market) {
        for won in [true, false] {
            let mira = market.person(&format!("Mira {won}")).await;
            let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
            let ben = market.person(&format!("Ben {won}")).await;
            let purchase = ben.buys(&shop).await;
            let charge = market.stripe().objects("charge").pop().unwrap()["id"].as_str().unwrap().to_owned();
            let dispute = market.stripe().dispute(&charge, None).unwrap();
            market.settles().await;
            market.plans(json!([{ "event": "*", "kind": "lost", "times": 50 }]));
            market.stripe().close_dispute(dispute["id"].as_str().unwrap(), won).unwrap();
            market.plans(json!([]));
            market.passes(Duration::days(6)).await;
            let ben = ben.comes_back().await;
            let expected = if won { "PAID" } else { "DISPUTED" };
            assert_eq!(ben.order(&purchase.order).await["status"], expected);
            assert_eq!(market.db_open_cases().await, Vec::<String>::new(), "there is nothing left to answer");
        }
    }

    async fn a_right_that_came_back_goes_with_the_payment_it_came_back_for(market) {
        let (mira, ben, shop, first) = sale(&market).await;
        let dispute = is_disputed(&market, None).await;
        let second = ben.buys(&shop).await;
        mira.gives_back(&second.order, None, true).await;
        market.settles().await;
        is_decided(&market, &dispute, true).await;
        let active = "enrollments WHERE state = 'ACTIVE'";
        assert_eq!(market.db_count(active).await, 1, "the first payment stands");
        assert_eq!(ben.order(&first.order).await["lines"][0]["enrollment"]["state"], "ACTIVE");
        mira.gives_back(&first.order, None, true).await;
        market.settles().await;
        assert_eq!(market.db_count(active).await, 0, "all money is back, and the right with it");
    }
}
