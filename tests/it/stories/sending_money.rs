//! A creator's share from the sale to their account at Stripe, and back.

use atelier::operators::model::Role;
use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{Market, Person, Priced, story};

const MONEY: &str = "query($id: ID!) { studio(creatorId: $id) {
    balance { available { minorUnits } pending { minorUnits } }
    ledger { nodes { kind amount { minorUnits } balanceAfter { minorUnits } } } } }";

async fn money(person: &Person, creator: atelier::kernel::CreatorId) -> Value {
    person.comes_back().await.sees(MONEY, json!({ "id": creator.to_string() })).await["studio"].clone()
}

fn transfers(market: &Market) -> Vec<i64> {
    market.stripe().objects("transfer").iter().map(|transfer| transfer["amount"].as_i64().unwrap()).collect()
}

fn fault(market: &Market, line: Value) {
    market.stripe().set_faults(serde_json::from_value(json!([line])).unwrap(), 1).unwrap();
}

story! {
    async fn a_share_is_held_for_two_weeks_and_then_sent(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        let purchase = market.person("Ben").await.buys(&shop).await;

        market.passes(Duration::days(13)).await;
        assert_eq!(market.holds(&account), 0, "buyers may still ask for their money");
        assert_eq!(money(&mira, shop.creator).await["balance"]["pending"][0]["minorUnits"], 4410);

        market.passes(Duration::days(1) + Duration::hours(2)).await;
        assert_eq!(market.holds(&account), 4410);
        let sent = &market.stripe().objects("transfer")[0];
        let charge = &market.stripe().objects("charge")[0];
        assert_eq!((&sent["source_transaction"], &sent["transfer_group"]), (&charge["id"], &json!(purchase.order)));
        let ledger = money(&mira, shop.creator).await["ledger"]["nodes"].clone();
        assert_eq!(ledger[0]["kind"], "PAYOUT", "{ledger:#}");

        market.passes(Duration::days(3)).await;
        assert_eq!(transfers(&market), [4410], "once");
    }

    async fn money_waits_until_the_account_is_ready(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        assert!(transfers(&market).is_empty());
        assert_eq!(money(&mira, shop.creator).await["balance"]["available"][0]["minorUnits"], 4410);

        let mira = mira.comes_back().await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        assert_eq!(market.holds(&account), 4410, "as soon as it is ready");
    }

    async fn an_account_that_is_held_back_gets_nothing_until_it_is_whole_again(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(13) + Duration::hours(23)).await;
        // Stripe changes its mind, and we do not hear of it: the refusal tells us.
        fault(&market, json!({ "event": "*", "kind": "lost", "times": 5 }));
        market.stripe().onboard(&account, Outcome::Restricted).unwrap();
        market.passes(Duration::hours(2)).await;
        assert!(transfers(&market).is_empty());

        market.stripe().onboard(&account, Outcome::Ready).unwrap();
        market.passes(Duration::hours(30)).await;
        assert_eq!(transfers(&market), [4410]);
    }

    async fn the_platform_holds_a_creators_money_back(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        let fay = market.operator("Fay", Role::Finance).await;
        fay.holds_money_back(shop.creator, true).await;
        market.passes(Duration::days(20)).await;
        assert!(transfers(&market).is_empty());

        fay.holds_money_back(shop.creator, false).await;
        market.passes(Duration::hours(1)).await;
        assert_eq!(market.holds(&account), 4410);
    }

    async fn two_creators_money_never_mixes(market) {
        let (mira, noah) = (market.person("Mira").await, market.person("Noah").await);
        let ink = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let oil = noah.opens_shop("Oil", Priced::Euros(2000)).await;
        let miras = mira.opens_account(ink.creator, Outcome::Ready).await;
        let noahs = noah.opens_account(oil.creator, Outcome::Ready).await;
        for name in ["Ann", "Ben"] {
            let buyer = market.person(name).await;
            buyer.buys(&ink).await;
            buyer.buys(&oil).await;
        }
        market.passes(Duration::days(15)).await;
        assert_eq!((market.holds(&miras), market.holds(&noahs)), (2 * 4410, 2 * 1800));
    }

    async fn an_answer_that_never_came_sends_nothing_twice(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        let faults = json!([
            { "operation": "POST /v1/transfers", "kind": "reset_after_commit", "times": 4 },
            { "event": "transfer.created", "kind": "lost" },
        ]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 1).unwrap();
        market.passes(Duration::days(15)).await;
        market.passes(Duration::hours(1)).await;
        assert_eq!((market.holds(&account), transfers(&market).len()), (4410, 1));
    }

    async fn an_answer_lost_for_two_days_is_looked_up(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        let faults = json!([
            { "operation": "POST /v1/transfers", "kind": "reset_after_commit", "times": 40 },
            { "event": "transfer.created", "kind": "lost" },
        ]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 1).unwrap();
        market.passes(Duration::days(14) + Duration::hours(1)).await;
        market.passes(Duration::days(2)).await;
        assert_eq!((market.holds(&account), transfers(&market).len()), (4410, 1));
    }

    async fn money_sent_too_much_comes_back(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        let purchase = market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        market.db_corrects(&purchase.order, shop.creator, 1000).await;
        market.settles().await;
        assert_eq!(market.holds(&account), 3410);
        assert_eq!(money(&mira, shop.creator).await["balance"]["available"][0]["minorUnits"], 3410);
        market.db_corrects(&purchase.order, shop.creator, -400).await;
        market.passes(Duration::hours(2)).await;
        assert_eq!((market.holds(&account), transfers(&market)), (3810, vec![4410, 400]));
    }

    async fn what_an_empty_account_owes_is_kept_from_later_sales(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        let first = market.person("Ann").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        market.stripe().pay_out(&account, 4410, "eur").unwrap();
        market.db_corrects(&first.order, shop.creator, 4410).await;
        market.settles().await;
        assert_eq!(money(&mira, shop.creator).await["balance"]["available"][0]["minorUnits"], -4410);

        market.person("Ben").await.buys(&shop).await;
        market.person("Cleo").await.buys(&shop).await;
        // The account is asked once more while it is empty, so the next try comes after the release.
        market.passes(Duration::days(13) + Duration::hours(20)).await;
        market.passes(Duration::hours(6)).await;
        assert_eq!(transfers(&market), [4410, 4410], "one of the two sales makes up for it");
        // The money that arrived is what the daily try takes back, and then the other sale is sent.
        market.passes(Duration::days(2)).await;
        assert_eq!((market.holds(&account), transfers(&market).len()), (2 * 4410, 3));
        assert_eq!(money(&mira, shop.creator).await["balance"]["available"][0]["minorUnits"], 4410);
    }

    async fn a_reversal_made_in_stripes_own_pages_is_booked(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(4900)).await;
        let account = mira.opens_account(shop.creator, Outcome::Ready).await;
        market.person("Ben").await.buys(&shop).await;
        market.passes(Duration::days(15)).await;
        let sent = market.stripe().objects("transfer")[0]["id"].as_str().unwrap().to_owned();
        let key = stripe_gateway::IdempotencyKey::new("by-hand").unwrap();
        market.app().stripe.reverse_transfer(&key, &sent, 410, Default::default()).await.unwrap();
        market.settles().await;
        assert_eq!(money(&mira, shop.creator).await["ledger"]["nodes"][0]["amount"]["minorUnits"], 410);
        market.passes(Duration::hours(2)).await;
        assert_eq!(market.holds(&account), 4410, "it is due, so it is sent again");
    }
}
