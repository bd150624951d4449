//! Several teachers share what a course earns.

use atelier::kernel::CreatorId;
use serde_json::{Value, json};

use crate::support::{Market, Person, Priced, Shop, story};

const SET: &str =
    "mutation($id: ID!, $shares: [SplitInput!]!) { offeringSplitSet(offeringId: $id, shares: $shares) {
    offering { ... on Course { split { payee { handle } basisPoints acceptedBasisPoints state } } }
    userErrors { code path message } } }";
const ACCEPT: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitAccept(offeringId: $id, creatorId: $creator) {
    share { state acceptedBasisPoints offeringTitle } userErrors { code path message } } }";
const DECLINE: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitDecline(offeringId: $id, creatorId: $creator) {
    share { state acceptedBasisPoints } userErrors { code path message } } }";
const MONEY: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } }
    sharedOfferings { offeringTitle basisPoints acceptedBasisPoints state }
    ledger { nodes { kind amount { minorUnits } description order { number } } } } }";

/// Somebody who teaches, with a page of their own.
struct Teacher {
    person: Person,
    creator: CreatorId,
}

async fn teacher(market: &Market, name: &str) -> Teacher {
    let person = market.person(name).await;
    let creator = person.opens_shop(&format!("By {name}"), Priced::Euros(1000)).await.creator;
    Teacher { person, creator }
}

impl Teacher {
    async fn money(&self) -> Value {
        self.person.sees(MONEY, json!({ "id": self.creator.to_string() })).await["studio"].clone()
    }

    async fn held(&self) -> i64 {
        self.money().await["balance"]["pending"][0]["minorUnits"].as_i64().unwrap_or(0)
    }

    async fn accepts(&self, shop: &Shop) -> Value {
        self.person.does(ACCEPT, self.about(shop)).await["share"].clone()
    }

    fn about(&self, shop: &Shop) -> Value {
        json!({ "id": shop.course.to_string(), "creator": self.creator.to_string() })
    }
}

fn parts(shop: &Shop, parts: &[(&Teacher, i64)]) -> Value {
    let shares = parts.iter().map(
        |(teacher, points)| json!({ "payee": { "id": teacher.creator.to_string() }, "basisPoints": points }),
    );
    json!({ "id": shop.course.to_string(), "shares": shares.collect::<Vec<_>>() })
}

story! {
    async fn a_course_by_three_teachers_is_sold_and_each_sees_their_part(market) {
        let (nora, olga) = (teacher(&market, "Nora").await, teacher(&market, "Olga").await);
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(9999)).await;
        let split = mira.does(SET, parts(&shop, &[(&nora, 3333), (&olga, 2500)])).await;
        assert_eq!(split["offering"]["split"][0], json!({ "payee": { "handle": "nora" }, "basisPoints": 3333,
            "acceptedBasisPoints": null, "state": "INVITED" }));
        let letters = market.mail().messages(Some("nora@example.com"));
        market.settles().await;
        assert!(market.mail().messages(Some("nora@example.com")).len() > letters.len(), "she is told");
        assert_eq!(nora.money().await["sharedOfferings"][0]["state"], "INVITED");

        let before = market.person("Ann").await;
        before.buys(&shop).await;
        assert_eq!((nora.held().await, olga.held().await), (0, 0), "nobody has accepted yet");

        assert_eq!(nora.accepts(&shop).await["acceptedBasisPoints"], 3333);
        olga.accepts(&shop).await;
        market.person("Ben").await.buys(&shop).await;
        // 99.99 less 10.00 of fee: 89.99 in 4167, 3333 and 2500 parts.
        assert_eq!((nora.held().await, olga.held().await), (2999, 2250));
        let owner = mira.sees(MONEY, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(owner["studio"]["balance"]["pending"][0]["minorUnits"], 8999 + 3750);
        let book = nora.money().await["ledger"]["nodes"].clone();
        assert_eq!((book[0]["kind"].as_str(), &book[0]["amount"]["minorUnits"]), (Some("SALE"), &json!(2999)));
        assert!(book[0]["order"].is_null(), "the buyer is Mira's");
        assert!(!book[0]["description"].as_str().unwrap().contains("AT-"), "{book:#}");
    }

    async fn what_was_sold_stays_divided_as_it_was(market) {
        let nora = teacher(&market, "Nora").await;
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(10_000)).await;
        mira.does(SET, parts(&shop, &[(&nora, 5000)])).await;
        nora.accepts(&shop).await;
        let ben = market.person("Ben").await;
        let agreed = ben.goes_to_pay(&shop).await;
        mira.does(SET, parts(&shop, &[])).await;
        market.stripe().pay(&agreed.session, "4242424242424242").unwrap();
        market.settles().await;
        assert_eq!(nora.held().await, 4500, "agreed to before the change");
        market.person("Ann").await.buys(&shop).await;
        assert_eq!(nora.held().await, 4500);
        assert_eq!(nora.money().await["sharedOfferings"], json!([]));
    }

    async fn three_partial_refunds_take_every_part_back_to_nothing(market) {
        let (nora, olga) = (teacher(&market, "Nora").await, teacher(&market, "Olga").await);
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(9999)).await;
        mira.does(SET, parts(&shop, &[(&nora, 3333), (&olga, 2500)])).await;
        nora.accepts(&shop).await;
        olga.accepts(&shop).await;
        let purchase = market.person("Ben").await.buys(&shop).await;
        for (amount, left) in [(Some(3333), (1999, 1500)), (Some(1), (1999, 1500)), (None, (0, 0))] {
            mira.gives_back(&purchase.order, amount, false).await;
            market.settles().await;
            let (has, should) = ((nora.held().await, olga.held().await), left);
            let near = (has.0 - should.0).abs() <= 1 && (has.1 - should.1).abs() <= 1;
            assert!(near, "{has:?} instead of {should:?}");
        }
        assert_eq!((nora.held().await, olga.held().await), (0, 0));
        let owner = mira.sees(MONEY, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(owner["studio"]["balance"]["pending"], json!([]));
    }

    async fn a_changed_part_counts_when_its_payee_says_so(market) {
        let nora = teacher(&market, "Nora").await;
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(10_000)).await;
        mira.does(SET, parts(&shop, &[(&nora, 5000)])).await;
        nora.accepts(&shop).await;
        let changed = mira.does(SET, parts(&shop, &[(&nora, 1000)])).await;
        let part = &changed["offering"]["split"][0];
        assert_eq!((part["basisPoints"].as_i64(), part["acceptedBasisPoints"].as_i64()), (Some(1000), Some(5000)));
        market.person("Ann").await.buys(&shop).await;
        assert_eq!(nora.held().await, 4500);
        nora.accepts(&shop).await;
        market.person("Ben").await.buys(&shop).await;
        assert_eq!(nora.held().await, 4500 + 900);
        nora.person.does(DECLINE, nora.about(&shop)).await;
        market.person("Cleo").await.buys(&shop).await;
        assert_eq!(nora.held().await, 4500 + 900, "she has left");
    }
}
