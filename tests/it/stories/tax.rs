//! Tax within the price, worked out by Stripe Tax where the buyer lives.

use atelier::kernel::PriceId;
use atelier::operators::model::Role;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{CREATE, Kind, Market, Person, Priced, Purchase, QUOTE, Shop, play_with};

const BALANCE: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } } } }";
const ORDER: &str = "query($id: ID!) { order(id: $id) { total { minorUnits } taxTotal { minorUnits } } }";

const ORDERS: &str = "{ viewer { orders { nodes { taxTotal { minorUnits } } } } }";

/// Like `story!`, in an installation that asks Stripe Tax.
macro_rules! taxed_story {
    ($(async fn $name:ident($market:ident) $body:block)*) => {
        $(
            mod $name {
                use super::*;

                async fn story($market: Market) $body

                #[test]
                fn sqlite() {
                    play_with(Kind::Sqlite, &[("STRIPE_TAX", "on")], story);
                }

                #[test]
                fn postgres() {
                    play_with(Kind::Postgres, &[("STRIPE_TAX", "on")], story);
                }
            }
        )*
    };
}

fn wanted(shop: &Shop, country: Option<&str>) -> Value {
    json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "WEB", "country": country })
}

async fn quoted(person: &Person, shop: &Shop, country: &str) -> Value {
    quoted_at(person, shop.price, country).await
}

async fn quoted_at(person: &Person, price: PriceId, country: &str) -> Value {
    let input = json!({ "items": [{ "priceId": price.to_string() }], "channel": "WEB", "country": country });
    person.sees(QUOTE, json!({ "input": input })).await["quote"]["quote"].clone()
}

/// The tax of each of a person's orders, newest first.
async fn taxes(person: &Person) -> Vec<i64> {
    let seen = person.sees(ORDERS, json!({})).await;
    let orders = seen["viewer"]["orders"]["nodes"].as_array().unwrap().clone();
    orders.iter().map(|order| order["taxTotal"]["minorUnits"].as_i64().unwrap()).collect()
}

async fn buys(market: &Market, person: &Person, quote: &Value) -> Purchase {
    let input = person.agrees_to(quote, "HOSTED_PAGE");
    let payload = person.does(CREATE, json!({ "input": input })).await;
    let order = payload["checkout"]["order"]["id"].as_str().unwrap().to_owned();
    let sessions = market.stripe().objects("checkout.session");
    let session = sessions.iter().find(|session| session["client_reference_id"] == order.as_str()).unwrap();
    let session = session["id"].as_str().unwrap().to_owned();
    market.stripe().pay(&session, "4242424242424242").unwrap();
    market.settles().await;
    Purchase { checkout: payload["checkout"]["id"].as_str().unwrap().to_owned(), order, session, input }
}

fn faults(market: &Market, plan: Value) {
    market.stripe().set_faults(serde_json::from_value(plan).unwrap(), 1).unwrap();
}

taxed_story! {
    async fn tax_is_within_the_price_and_nobody_shares_in_it(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(11_900)).await;
        let ben = market.person("Ben").await;
        let quote = quoted(&ben, &shop, "de").await;
        assert_eq!((&quote["total"]["minorUnits"], &quote["taxTotal"]["minorUnits"]), (&json!(11_900), &json!(1900)));
        let purchase = buys(&market, &ben, &quote).await;
        let order = ben.sees(ORDER, json!({ "id": purchase.order })).await;
        assert_eq!(order["order"], json!({ "total": { "minorUnits": 11_900 }, "taxTotal": { "minorUnits": 1900 } }));
        // 119.00 less 19.00 of tax and a tenth of the rest.
        let balance = mira.sees(BALANCE, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(balance["studio"]["balance"]["pending"], json!([{ "minorUnits": 9000 }]));
        let told = market.stripe().objects("tax.transaction");
        assert_eq!((told.len(), &told[0]["reference"]), (1, &json!(purchase.order)));
        let charged = &market.stripe().objects("charge")[0];
        assert_eq!(charged["amount"], 11_900, "the buyer pays the price");
    }

    async fn each_month_of_a_membership_has_its_tax(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let quote = quoted_at(&ben, club.price, "DE").await;
        assert_eq!((&quote["total"]["minorUnits"], &quote["taxTotal"]["minorUnits"]), (&json!(900), &json!(144)));
        buys(&market, &ben, &quote).await;
        assert_eq!(market.stripe().objects("tax.transaction").len(), 1);
        market.passes(Duration::days(35)).await;
        assert_eq!(taxes(&ben.comes_back().await).await, [144, 144]);
        assert_eq!(market.stripe().objects("tax.transaction").len(), 2);
    }

    async fn a_month_that_stripe_tax_refuses_is_paid_all_the_same(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let quote = quoted_at(&ben, club.price, "DE").await;
        buys(&market, &ben, &quote).await;
        faults(&market, json!([{ "operation": "POST /v1/tax/calculations", "kind": "refused_400", "times": 50 }]));
        market.passes(Duration::days(35)).await;
        let ben = ben.comes_back().await;
        assert_eq!(taxes(&ben).await, [0, 144]);
        assert_eq!(ben.access_to_course(&club).await, "OPEN");
        assert_eq!(market.db_cases().await, ["TAX_NOT_NOTED"]);
        market.operator("Fay", Role::Finance).await.closes_cases().await;
    }

    async fn a_trial_is_no_sale_and_what_follows_is(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(Some(14)).await;
        let ben = market.person("Ben").await;
        let quote = quoted_at(&ben, club.price, "DE").await;
        assert_eq!(quote["taxTotal"]["minorUnits"], 0);
        buys(&market, &ben, &quote).await;
        assert_eq!(market.stripe().objects("tax.transaction").len(), 0);
        market.passes(Duration::days(15)).await;
        assert_eq!(taxes(&ben.comes_back().await).await, [144, 0]);
        assert_eq!(market.stripe().objects("tax.transaction").len(), 1);
    }

    async fn where_no_tax_is_collected_all_of_it_is_shared(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(10_000)).await;
        let ben = market.person("Ben").await;
        let quote = quoted(&ben, &shop, "US").await;
        assert_eq!(quote["taxTotal"]["minorUnits"], 0);
        buys(&market, &ben, &quote).await;
        assert_eq!(market.stripe().objects("tax.transaction").len(), 1, "and it is told all the same");
    }

    async fn without_a_country_or_an_answer_nothing_is_quoted(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let free = mira.publishes(shop.creator, "Paper", Priced::Free).await;
        let ben = market.person("Ben").await;
        for (country, code) in [(None, "REQUIRED"), (Some("Atlantis"), "INVALID")] {
            let refused = ben.is_refused_price(wanted(&shop, country)).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, "input.country"));
        }
        faults(&market, json!([{ "operation": "POST /v1/tax/calculations", "kind": "reset_before", "times": 50 }]));
        let refused = ben.is_refused_price(wanted(&shop, Some("AT"))).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()),
            ("PAYMENT_PROVIDER_UNAVAILABLE", "input.country"));
        faults(&market, json!([]));
        assert_eq!(quoted(&ben, &shop, "AT").await["taxTotal"]["minorUnits"], 333);
        assert_eq!(ben.asks_price(free.price).await["total"]["minorUnits"], 0, "what is free has no tax");
    }

    async fn a_refund_takes_tax_back_once_however_often_it_is_asked(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(11_900)).await;
        let ben = market.person("Ben").await;
        let quote = quoted(&ben, &shop, "DE").await;
        let purchase = buys(&market, &ben, &quote).await;
        let app = market.app();
        let refund = app.entropy.id(app.now());
        for _ in 0..2 {
            let mut tx = app.begin().await.unwrap();
            let payload = json!({ "refund": refund, "order": purchase.order, "amount": 5950, "tax": 950 });
            tx.enqueue(atelier::queue::Job::new("tax.reverse", payload));
            tx.commit().await.unwrap();
            market.settles().await;
        }
        let told = market.stripe().objects("tax.transaction");
        let back: Vec<_> = told.iter().filter(|one| one["type"] == "reversal").collect();
        assert_eq!(back.len(), 1);
        let line = &back[0]["line_items"]["data"][0];
        assert_eq!((&line["amount"], &line["amount_tax"]), (&json!(-5950), &json!(-950)));
    }

    async fn what_is_given_back_is_taken_back_at_stripe_tax(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(11_900)).await;
        let ben = market.person("Ben").await;
        let quote = quoted(&ben, &shop, "DE").await;
        let purchase = buys(&market, &ben, &quote).await;
        for amount in [Some(3333), None] {
            mira.gives_back(&purchase.order, amount, false).await;
            market.settles().await;
        }
        let told = market.stripe().objects("tax.transaction");
        let sum = |part: &str| -> i64 {
            let lines = told.iter().flat_map(|one| one["line_items"]["data"].as_array().unwrap());
            lines.map(|line| line[part].as_i64().unwrap()).sum()
        };
        assert_eq!((told.len(), sum("amount"), sum("amount_tax")), (3, 0, 0), "all of it");
    }

    async fn a_sale_is_told_even_if_stripe_tax_was_away(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = quoted(&ben, &shop, "FR").await;
        faults(&market, json!([{ "operation": "POST /v1/tax/transactions/create_from_calculation", "kind": "reset_before", "times": 50 }]));
        buys(&market, &ben, &quote).await;
        assert!(market.stripe().objects("tax.transaction").is_empty());
        faults(&market, json!([]));
        market.passes(chrono::Duration::hours(1)).await;
        assert_eq!(market.stripe().objects("tax.transaction").len(), 1);
    }
}
