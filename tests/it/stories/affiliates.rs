//! Somebody recommends a course and earns by it.

use atelier::kernel::CreatorId;
use chrono::Duration;
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{CREATE, Market, Person, Priced, Purchase, QUOTE, Shop, story};

const PROGRAM: &str = "mutation($id: ID!, $input: AffiliateProgramInput!) {
    affiliateProgramUpdate(creatorId: $id, input: $input) {
        program { isOpen commissionBasisPoints attributionDays model terms { markdown } } userErrors { code path message } } }";
const APPLY: &str = "mutation($id: ID!) { affiliateApply(creatorId: $id, pitch: \"I write about ink.\") {
    affiliate { id state } userErrors { code path message } } }";
const DECIDE: &str =
    "mutation($id: ID!, $approve: Boolean!) { affiliateDecide(partnershipId: $id, approve: $approve) {
    affiliate { id state commissionBasisPoints } userErrors { code path message } } }";
const LINK: &str = "mutation($input: AffiliateLinkInput!) { affiliateLinkCreate(input: $input) {
    link { id url token campaign isActive requiresDisclosure } userErrors { code path message } } }";
const DISABLE: &str = "mutation($id: ID!) { affiliateLinkDisable(id: $id) { link { isActive }
    userErrors { code path message } } }";
const ACCOUNT: &str = "{ viewer { affiliate { referralUrl balance { minorUnits currency }
    links { nodes { clickCount orderCount earned { minorUnits } } }
    commissions { nodes { id amount { minorUnits } state offeringTitle earnedAt payableAt } } } } }";
const STUDIO: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits } }
    affiliates { nodes { user { displayName } pitch state salesTotal { minorUnits } commissionTotal { minorUnits } } } } }";

/// Mira's shop, and Ada who recommends it.
struct Scene {
    mira: Person,
    ada: Person,
    shop: Shop,
    payee: CreatorId,
    affiliate: String,
    link: Value,
}

async fn scene(market: &Market, program: Value) -> Scene {
    let (mira, ada) = (market.person("Mira").await, market.person("Ada").await);
    let shop = mira.opens_shop("Ink", Priced::Euros(10_000)).await;
    let id = shop.creator.to_string();
    mira.does(PROGRAM, json!({ "id": id, "input": program })).await;
    let payee = ada.opens_studio("ada-writes").await.id.parse().unwrap();
    let applied = ada.does(APPLY, json!({ "id": id })).await;
    assert_eq!(applied["affiliate"]["state"], "PENDING");
    let affiliate = applied["affiliate"]["id"].as_str().unwrap().to_owned();
    mira.does(DECIDE, json!({ "id": affiliate, "approve": true })).await;
    let input = json!({ "creatorId": id, "offeringId": shop.course.to_string(), "campaign": "autumn" });
    let link = ada.does(LINK, json!({ "input": input })).await["link"].clone();
    Scene { mira, ada, shop, payee, affiliate, link }
}

impl Scene {
    /// Follows the link as a browser would; gives the touch.
    async fn touch(&self, market: &Market) -> String {
        let place = follows(market, self.link["url"].as_str().unwrap(), "Mozilla/5.0 Firefox/140.0").await;
        place.split("?ref=").nth(1).unwrap_or_default().to_owned()
    }

    async fn account(&self) -> Value {
        self.ada.sees(ACCOUNT, json!({})).await["viewer"]["affiliate"].clone()
    }

    async fn studio(&self) -> Value {
        self.mira.sees(STUDIO, json!({ "id": self.shop.creator.to_string() })).await["studio"].clone()
    }
}

async fn follows(market: &Market, url: &str, agent: &str) -> String {
    let path = url.split_once("/r/").unwrap().1;
    let request = market.http().get(format!("{}/r/{path}", market.url())).header("user-agent", agent);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 302);
    assert!(answer.headers().get("set-cookie").is_none(), "nothing is kept in the browser");
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn wanted(shop: &Shop, touch: &str) -> Value {
    json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "WEB", "affiliateToken": touch })
}

async fn buys(market: &Market, person: &Person, shop: &Shop, touch: &str) -> Purchase {
    let quoted = person.sees(QUOTE, json!({ "input": wanted(shop, touch) })).await;
    let input = person.agrees_to(&quoted["quote"]["quote"], "HOSTED_PAGE");
    let payload = person.does(CREATE, json!({ "input": input })).await;
    let order = payload["checkout"]["order"]["id"].as_str().unwrap().to_owned();
    let sessions = market.stripe().objects("checkout.session");
    let session = sessions.iter().find(|session| session["client_reference_id"] == order.as_str()).unwrap();
    let session = session["id"].as_str().unwrap().to_owned();
    market.stripe().pay(&session, "4242424242424242").unwrap();
    market.settles().await;
    Purchase { checkout: payload["checkout"]["id"].as_str().unwrap().to_owned(), order, session, input }
}

story! {
    async fn a_recommendation_earns_and_says_nothing_of_the_buyer(market) {
        let scene = scene(&market, json!({ "isOpen": true, "commissionBasisPoints": 2000 })).await;
        let place = follows(&market, scene.link["url"].as_str().unwrap(), "Mozilla/5.0 Firefox/140.0").await;
        assert!(place.starts_with("/@mira/ink?ref="), "{place}");
        let touch = place.split("?ref=").nth(1).unwrap();
        buys(&market, &market.person("Ben").await, &scene.shop, touch).await;

        // 100.00 less 10.00 of fee; a fifth of 90.00.
        let account = scene.account().await;
        let commission = &account["commissions"]["nodes"][0];
        assert_eq!((&commission["amount"]["minorUnits"], &commission["state"]), (&json!(1800), &json!("PENDING")));
        assert_eq!(commission["offeringTitle"], "Ink");
        assert_eq!(account["balance"], json!([{ "minorUnits": 1800, "currency": "EUR" }]));
        assert_eq!(account["links"]["nodes"][0], json!({ "clickCount": 1, "orderCount": 1, "earned": { "minorUnits": 1800 } }));
        assert!(!account.to_string().contains("Ben"), "{account:#}");
        let studio = scene.studio().await;
        assert_eq!(studio["balance"]["pending"][0]["minorUnits"], 7200);
        assert_eq!(studio["affiliates"]["nodes"][0], json!({ "user": { "displayName": "Ada" }, "pitch": "I write about ink.",
            "state": "APPROVED", "salesTotal": { "minorUnits": 10_000 }, "commissionTotal": { "minorUnits": 1800 } }));
        let node = "query($id: ID!) { node(id: $id) { __typename } }";
        let id = json!({ "id": commission["id"] });
        assert_eq!(scene.ada.sees(node, id.clone()).await["node"]["__typename"], "Commission");
        assert!(scene.mira.sees(node, id).await["node"].is_null(), "it is hers alone");
        let file = scene.mira.downloads(&market, &scene.shop.creator.to_string(), "AFFILIATES").await;
        assert!(file[1].starts_with("com_") && file[1].ends_with(",Ink,EUR,18.00,PENDING"), "{file:#?}");
    }

    async fn clicks_are_counted_once_for_people_and_never_for_machines(market) {
        let scene = scene(&market, json!({ "isOpen": true })).await;
        let url = scene.link["url"].as_str().unwrap().to_owned();
        for _ in 0..6 {
            follows(&market, &url, "Mozilla/5.0 Firefox/140.0").await;
        }
        follows(&market, &url, "Googlebot/2.1").await;
        assert_eq!(scene.account().await["links"]["nodes"][0]["clickCount"], 3, "so many an hour from one place");
        assert_eq!(follows(&market, "/r/nothing", "Mozilla/5.0 Firefox/140.0").await, "/");
        scene.ada.does(DISABLE, json!({ "id": scene.link["id"] })).await;
        assert_eq!(follows(&market, &url, "Mozilla/5.0 Firefox/140.0").await, "/@mira/ink", "it leads on");
    }

    async fn a_click_counts_as_long_as_the_program_says(market) {
        let scene = scene(&market, json!({ "isOpen": true, "attributionDays": 7 })).await;
        let touch = scene.touch(&market).await;
        market.passes(Duration::days(8)).await;
        let ben = market.person("Ben").await;
        let quoted = ben.sees(QUOTE, json!({ "input": wanted(&scene.shop, &touch) })).await;
        let warnings = &quoted["quote"]["quote"]["warnings"];
        assert_eq!(warnings[0], json!({ "code": "NOT_FOUND", "path": ["affiliateToken"] }), "and it can still be bought");
        buys(&market, &ben, &scene.shop, &touch).await;
        let ada = scene.ada.comes_back().await;
        assert_eq!(ada.sees(ACCOUNT, json!({})).await["viewer"]["affiliate"]["commissions"]["nodes"], json!([]));
    }

    async fn the_first_or_the_last_click_earns(market) {
        let scene = scene(&market, json!({ "isOpen": true, "model": "FIRST_TOUCH" })).await;
        let id = scene.shop.creator.to_string();
        let eve = market.person("Eve").await;
        eve.opens_studio("eve-talks").await;
        let applied = eve.does(APPLY, json!({ "id": id })).await;
        scene.mira.does(DECIDE, json!({ "id": applied["affiliate"]["id"], "approve": true })).await;
        let other = eve.does(LINK, json!({ "input": { "creatorId": id } })).await["link"].clone();

        let first = scene.touch(&market).await;
        market.app().clock.advance(Duration::seconds(60));
        let place = follows(&market, other["url"].as_str().unwrap(), "Mozilla/5.0 Firefox/140.0").await;
        assert!(place.starts_with("/@mira?ref="), "{place}");
        let both = format!("{},{first}", place.split("?ref=").nth(1).unwrap());
        buys(&market, &market.person("Ben").await, &scene.shop, &both).await;
        assert_eq!(scene.account().await["commissions"]["nodes"].as_array().unwrap().len(), 1, "Ada was first");

        scene.mira.does(PROGRAM, json!({ "id": id, "input": { "model": "LAST_TOUCH" } })).await;
        buys(&market, &market.person("Cleo").await, &scene.shop, &both).await;
        let eves = eve.sees(ACCOUNT, json!({})).await["viewer"]["affiliate"].clone();
        assert_eq!(eves["commissions"]["nodes"].as_array().unwrap().len(), 1, "Eve was last");
    }

    async fn a_commission_is_what_it_was_when_somebody_bought(market) {
        let scene = scene(&market, json!({ "isOpen": true, "commissionBasisPoints": 1000 })).await;
        let touch = scene.touch(&market).await;
        let id = scene.shop.creator.to_string();
        scene.mira.does(PROGRAM, json!({ "id": id, "input": { "commissionBasisPoints": 5000 } })).await;
        buys(&market, &market.person("Ben").await, &scene.shop, &touch).await;
        let decided = scene.mira.does(DECIDE, json!({ "id": scene.affiliate, "approve": true })).await;
        assert_eq!(decided["affiliate"]["commissionBasisPoints"], 5000, "decided anew");
        buys(&market, &market.person("Cleo").await, &scene.shop, &touch).await;
        scene.mira.does(DECIDE, json!({ "id": scene.affiliate, "approve": false })).await;
        buys(&market, &market.person("Dora").await, &scene.shop, &touch).await;
        let nodes = scene.account().await["commissions"]["nodes"].clone();
        let amounts: Vec<_> = nodes.as_array().unwrap().iter().map(|one| one["amount"]["minorUnits"].as_i64()).collect();
        assert_eq!(amounts, [Some(4500), Some(900)], "suspended, her links earn nothing more");
    }

    async fn nobody_claims_a_commission_and_it_goes_back(market) {
        let scene = scene(&market, json!({ "isOpen": true, "commissionBasisPoints": 2000 })).await;
        let touch = scene.touch(&market).await;
        buys(&market, &market.person("Ben").await, &scene.shop, &touch).await;
        market.passes(Duration::days(20)).await;
        let ada = scene.ada.comes_back().await;
        let seen = |account: Value| account["viewer"]["affiliate"]["commissions"]["nodes"][0]["state"].clone();
        assert_eq!(seen(ada.sees(ACCOUNT, json!({})).await), "APPROVED", "it waits for her account");
        market.passes(Duration::days(165)).await;
        let ada = ada.comes_back().await;
        assert_eq!(seen(ada.sees(ACCOUNT, json!({})).await), "REVERSED");
        assert_eq!(ada.sees(ACCOUNT, json!({})).await["viewer"]["affiliate"]["balance"], json!([]));
        let mira = scene.mira.comes_back().await;
        let due = "query($id: ID!) { studio(creatorId: $id) { balance { available { minorUnits } } } }";
        let studio = mira.sees(due, json!({ "id": scene.shop.creator.to_string() })).await;
        assert_eq!(studio["studio"]["balance"]["available"], json!([{ "minorUnits": 9000 }]), "all of it is hers again");
    }

    async fn what_is_given_back_takes_the_commission_with_it(market) {
        let scene = scene(&market, json!({ "isOpen": true, "commissionBasisPoints": 2000 })).await;
        let touch = scene.touch(&market).await;
        let purchase = buys(&market, &market.person("Ben").await, &scene.shop, &touch).await;
        scene.mira.gives_back(&purchase.order, Some(5000), false).await;
        market.settles().await;
        let account = scene.account().await;
        assert_eq!(account["balance"], json!([{ "minorUnits": 900, "currency": "EUR" }]));
        assert_eq!(account["commissions"]["nodes"][0]["state"], "PENDING");
        scene.mira.gives_back(&purchase.order, None, true).await;
        market.settles().await;
        let account = scene.account().await;
        assert_eq!((&account["commissions"]["nodes"][0]["state"], &account["balance"]), (&json!("REVERSED"), &json!([])));
        assert_eq!(account["links"]["nodes"][0]["earned"]["minorUnits"], 0);
    }

    async fn a_commission_is_sent_to_who_has_an_account(market) {
        let scene = scene(&market, json!({ "isOpen": true, "commissionBasisPoints": 2000 })).await;
        let touch = scene.touch(&market).await;
        let account = scene.ada.opens_account(scene.payee, Outcome::Ready).await;
        buys(&market, &market.person("Ben").await, &scene.shop, &touch).await;
        assert_eq!(market.holds(&account), 0, "not before the buyer can no longer ask for it back");
        market.passes(Duration::days(15)).await;
        assert_eq!(market.holds(&account), 1800);
        let ada = scene.ada.comes_back().await;
        let seen = ada.sees(ACCOUNT, json!({})).await["viewer"]["affiliate"].clone();
        assert_eq!((&seen["commissions"]["nodes"][0]["state"], &seen["balance"]), (&json!("PAID"), &json!([])));
        assert_eq!(seen["links"]["nodes"][0]["earned"]["minorUnits"], 1800, "earned is earned");
    }
}
