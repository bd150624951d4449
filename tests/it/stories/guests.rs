//! People who buy without an account: they see their purchase with a secret, and own it once they prove their address.

use serde_json::{Value, json};

use crate::support::{CREATE, Heard, Market, Person, Priced, QUOTE, Shop, story};

const CHECKOUT: &str = "query($id: ID!, $secret: String) { checkout(id: $id, secret: $secret) { status secret
    order { number status buyer { displayName } lines { enrollment { id } } } } }";
const ORDER: &str = "query($id: ID!, $secret: String) { order(id: $id, secret: $secret) { number status
    buyer { displayName } lines { titleAtPurchase } } }";
const SYNC: &str = "mutation($id: ID!, $secret: String) { checkoutSync(id: $id, secret: $secret) {
    checkout { status } userErrors { code path message } } }";
const CANCEL: &str = "mutation($id: ID!, $secret: String) { checkoutCancel(id: $id, secret: $secret) {
    checkout { status order { status } } userErrors { code path message } } }";
const FOLLOW: &str =
    "subscription($id: ID!, $secret: String) { checkoutUpdated(id: $id, secret: $secret) { status secret } }";
const LIBRARY: &str =
    "{ viewer { orders { nodes { number status lines { enrollment { state source } } } } } }";

const CARD: &str = "4242424242424242";

/// What a guest holds.
struct Basket {
    input: Value,
    checkout: String,
    order: String,
    session: String,
    secret: String,
}

impl Basket {
    fn with_secret(&self) -> Value {
        json!({ "id": self.checkout, "secret": self.secret })
    }
}

async fn shop(market: &Market) -> (Person, Shop) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
    (mira, shop)
}

async fn wish(guest: &Person, shop: &Shop) -> Value {
    let input = json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "WEB" });
    let quoted = guest.sees(QUOTE, json!({ "input": input })).await;
    let quote = &quoted["quote"]["quote"];
    let option = quote["purchaseOptions"][0].as_str().unwrap();
    let mut input = guest.agrees_to(quote, option);
    input["buyerEmail"] = json!(guest.email);
    input
}

async fn goes_to_pay(market: &Market, guest: &Person, shop: &Shop) -> Basket {
    let input = wish(guest, shop).await;
    let payload = guest.anonymously().does(CREATE, json!({ "input": input })).await;
    let checkout = &payload["checkout"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let order = text(&checkout["order"]["id"]);
    let pages = market.stripe().objects("checkout.session");
    let page = pages.iter().find(|page| page["client_reference_id"] == order.as_str()).unwrap();
    assert_eq!((&page["customer"], &page["customer_email"]), (&Value::Null, &json!(guest.email)));
    let (id, secret) = (text(&checkout["id"]), text(&checkout["secret"]));
    Basket { input, checkout: id, session: text(&page["id"]), order, secret }
}

story! {
    async fn a_guest_buys_and_owns_it_after_signing_up(market) {
        let (_, shop) = shop(&market).await;
        let gus = market.stranger("Gus");
        let basket = goes_to_pay(&market, &gus, &shop).await;
        let seen = gus.sees(CHECKOUT, basket.with_secret()).await;
        assert_eq!((&seen["checkout"]["status"], &seen["checkout"]["secret"]), (&json!("OPEN"), &Value::Null));
        for secret in [Value::Null, json!(""), json!("nonsense")] {
            let asked = json!({ "id": basket.checkout, "secret": secret });
            assert!(gus.sees(CHECKOUT, asked).await["checkout"].is_null(), "without the secret: nothing");
            let asked = json!({ "id": basket.order, "secret": secret });
            assert!(gus.sees(ORDER, asked).await["order"].is_null());
        }

        market.stripe().pay(&basket.session, CARD).unwrap();
        market.settles().await;
        let seen = gus.sees(ORDER, json!({ "id": basket.order, "secret": basket.secret })).await;
        assert_eq!((&seen["order"]["status"], &seen["order"]["buyer"]), (&json!("PAID"), &Value::Null));
        let receipt = market.mail().messages(Some("gus@example.com"));
        assert_eq!(receipt.len(), 1);
        assert!(receipt[0].text.contains("sign up or sign in with this e-mail address"), "{}", receipt[0].text);

        gus.signs_up().await;
        assert!(gus.sees(CHECKOUT, basket.with_secret()).await["checkout"]["order"]["lines"][0]["enrollment"].is_null());
        gus.proves_address().await;
        market.settles().await;
        let library = gus.sees(LIBRARY, json!({})).await;
        let order = &library["viewer"]["orders"]["nodes"][0];
        assert_eq!(order["lines"][0]["enrollment"], json!({ "state": "ACTIVE", "source": "PURCHASE" }));
        assert_eq!(library["viewer"]["orders"]["nodes"].as_array().unwrap().len(), 1);
        let seen = gus.anonymously().sees(CHECKOUT, basket.with_secret()).await;
        assert!(seen["checkout"]["order"]["buyer"].is_null(), "the secret does not tell whose it became");
    }

    async fn asking_twice_gives_the_same_purchase_and_secret(market) {
        let (_, shop) = shop(&market).await;
        let gus = market.stranger("Gus");
        let basket = goes_to_pay(&market, &gus, &shop).await;
        let again = gus.does(CREATE, json!({ "input": basket.input })).await;
        assert_eq!(again["checkout"]["id"], basket.checkout.as_str());
        assert_eq!(again["checkout"]["secret"], basket.secret.as_str(), "a lost answer loses nothing");
        let mut anothers = basket.input.clone();
        anothers["buyerEmail"] = json!("somebody@example.com");
        let other = gus.does(CREATE, json!({ "input": anothers })).await;
        assert_ne!(other["checkout"]["id"], basket.checkout.as_str(), "keys are each guest's own");
    }

    async fn an_account_is_neither_told_of_nor_overlooked(market) {
        let (_, shop) = shop(&market).await;
        let (ben, gus) = (market.person("Ben").await, market.stranger("Gus"));
        let (bens, guss) = (goes_to_pay(&market, &ben, &shop).await, goes_to_pay(&market, &gus, &shop).await);
        for basket in [&bens, &guss] {
            market.stripe().pay(&basket.session, CARD).unwrap();
        }
        market.settles().await;
        let ordinary = |seen: &Value| (seen["order"]["status"].clone(), seen["order"]["buyer"].clone());
        let asked = |basket: &Basket| json!({ "id": basket.order, "secret": basket.secret });
        let (one, other) = (gus.sees(ORDER, asked(&bens)).await, gus.sees(ORDER, asked(&guss)).await);
        assert_eq!(ordinary(&one), ordinary(&other), "nobody can tell which address has an account");
        let library = ben.sees(LIBRARY, json!({})).await;
        assert_eq!(library["viewer"]["orders"]["nodes"][0]["lines"][0]["enrollment"]["state"], "ACTIVE");
    }

    async fn a_guest_asks_again_and_says_never_mind(market) {
        let (_, shop) = shop(&market).await;
        let (gus, ann) = (market.stranger("Gus"), market.person("Ann").await);
        let (left, paid) = (goes_to_pay(&market, &gus, &shop).await, goes_to_pay(&market, &gus, &shop).await);
        for person in [&gus, &ann] {
            let refused = person.is_refused(CANCEL, json!({ "id": left.checkout, "secret": paid.secret })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "id"));
        }
        let mut heard = gus.follows(FOLLOW, left.with_secret()).await;
        assert_eq!(heard.next().await["checkoutUpdated"], json!({ "status": "OPEN", "secret": null }));
        let stolen = json!({ "id": left.checkout, "secret": paid.secret });
        assert_eq!(ann.follows(FOLLOW, stolen).await.hears().await, Heard::Error("FORBIDDEN".into()));
        let cancelled = gus.does(CANCEL, left.with_secret()).await;
        assert_eq!(cancelled["checkout"], json!({ "status": "CANCELLED", "order": { "status": "VOID" } }));
        let ended = heard.next().await["checkoutUpdated"]["status"].clone();
        assert!(ended == "EXPIRED" || ended == "CANCELLED", "{ended}");
        assert_eq!(heard.hears().await, Heard::Complete);
        market.stripe().pay(&paid.session, CARD).unwrap();
        let synced = gus.does(SYNC, paid.with_secret()).await;
        assert_eq!(synced["checkout"]["status"], "SUCCEEDED");
        assert_eq!(gus.asks(SYNC, json!({ "id": paid.checkout })).await.error_code(), "UNAUTHENTICATED");
    }

    async fn a_guest_is_refused_plainly(market) {
        let (mira, shop) = shop(&market).await;
        let gus = market.stranger("Gus");
        let mut input = wish(&gus, &shop).await;
        input["buyerEmail"] = json!("not an address");
        let refused = gus.is_refused(CREATE, json!({ "input": input })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID", "input.buyerEmail"));
        let free = mira.publishes(shop.creator, "Paper", Priced::Free).await;
        let refused = gus.is_refused(CREATE, json!({ "input": wish(&gus, &free).await })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.purchaseOption"));
        for _ in 0..12 {
            let answer = gus.asks(CREATE, json!({ "input": wish(&gus, &shop).await })).await;
            if answer.refusals().first().is_some_and(|refusal| refusal.code == "RATE_LIMITED") {
                return;
            }
        }
        panic!("one address may order without end");
    }
}
