//! Fairness: who asks too much waits, and takes nothing from neighbours, buyers, or those who sign in.

use std::time::Duration;

use atelier::config::{Environment, Settings};
use atelier::server::Server;
use chrono::Duration as Time;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::support::{Kind, Market, Priced, SIGN_IN, basket, play_with, story};

/// A stranger's list: 102 units.
const LIST: &str = "{ offerings(first: 50) { nodes { __typename id } } }";
const LEFT: &str = "{ rateLimit { cost limit remaining resetAt } niches { id } }";
const GUESTS_CHECKOUT: &str =
    "query($id: ID!, $secret: String) { checkout(id: $id, secret: $secret) { status } }";

/// Few units, and answers that are worked out each time, which is what is charged. A proxy says who asks.
const SCARCE: [(&str, &str); 4] = [
    ("VISITOR_UNITS_PER_SECOND", "10"),
    ("SIGN_INS_PER_MINUTE", "30"),
    ("ANSWER_CACHE_MIB", "0"),
    ("TRUSTED_PROXIES", "127.0.0.1"),
];

/// What came back: the status, when to come again, and the body.
struct Heard {
    status: u16,
    retry_after: Option<i64>,
    body: Value,
}

impl Heard {
    fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("fine")
    }
}

async fn asks_from(market: &Market, address: &str, document: &str, variables: Value) -> Heard {
    let body = json!({ "query": document, "variables": variables });
    let sent = market.http().post(format!("{}/graphql", market.url())).header("x-forwarded-for", address);
    let answer = sent.json(&body).send().await.unwrap();
    let retry_after = answer.headers().get("retry-after").map(|text| text.to_str().unwrap().parse().unwrap());
    Heard { status: answer.status().as_u16(), retry_after, body: answer.json().await.unwrap() }
}

/// Asks until it is refused.
async fn uses_up(market: &Market, address: &str) -> Heard {
    for _ in 0..100 {
        let heard = asks_from(market, address, LIST, json!({})).await;
        if heard.status != 200 {
            return heard;
        }
    }
    panic!("nothing is ever used up");
}

async fn who_asks_too_much_waits(market: Market) {
    let refused = uses_up(&market, "192.0.2.1").await;
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    let seconds = refused.retry_after.unwrap();
    assert_eq!(refused.body["errors"][0]["extensions"]["retryAfterSeconds"], seconds);
    assert!((1..=12).contains(&seconds), "{seconds}");
    assert!(refused.body.get("data").is_none(), "nothing ran");

    assert_eq!(
        asks_from(&market, "192.0.2.2", LIST, json!({})).await.status,
        200,
        "a neighbour is not concerned"
    );
    for words in
        ["192.0.2.9, 192.0.2.1", "192.0.2.9, 192.0.2.1:4711", "192.0.2.9, ::ffff:192.0.2.1, 127.0.0.1"]
    {
        let spoofed = asks_from(&market, words, LIST, json!({})).await;
        assert_eq!(spoofed.status, 429, "only what our own proxies say counts: {words}");
    }
    market.app().clock.advance(Time::seconds(seconds));
    assert_eq!(asks_from(&market, "192.0.2.1", LIST, json!({})).await.status, 200);
}

async fn a_network_of_ipv6_is_one_stranger(market: Market) {
    assert_eq!(uses_up(&market, "2001:db8:1:2::1").await.code(), "RATE_LIMITED");
    assert_eq!(asks_from(&market, "2001:db8:1:2:3:4:5:6", LIST, json!({})).await.status, 429);
    assert_eq!(asks_from(&market, "2001:db8:1:3::1", LIST, json!({})).await.status, 200);
}

async fn nobody_is_kept_from_signing_in_and_paying(market: Market) {
    let shop = market.person("Mira").await.opens_shop("Ink", Priced::Euros(2000)).await;
    // Everybody is at one address here: the tests' own.
    while market.stranger("Eve").asks(LIST, json!({})).await.status == 200 {}
    let ben = market.person("Ben").await;
    let purchase = ben.buys(&shop).await;
    assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
    // A guest has nothing but the address, from the first question to the receipt.
    let gus = market.stranger("Gus");
    let checkout = gus.buys_as_guest(basket(&[&shop.price.to_string()])).await;
    market.settles().await;
    let held = json!({ "id": checkout["id"], "secret": checkout["secret"] });
    assert_eq!(gus.anonymously().sees(GUESTS_CHECKOUT, held).await["checkout"]["status"], "SUCCEEDED");
    assert_eq!(market.stranger("Eve").asks(LIST, json!({})).await.error_code(), "RATE_LIMITED");
}

async fn guesses_from_one_address_end(market: Market) {
    let (mut tried, began) = (0, market.app().now());
    let refused = loop {
        let email = json!({ "input": { "email": format!("somebody-{tried}@example.com"), "password": "not the right one" } });
        let heard = asks_from(&market, "192.0.2.1", SIGN_IN, email).await;
        if heard.status != 200 {
            break heard;
        }
        tried += 1;
    };
    assert_eq!(refused.code(), "RATE_LIMITED");
    let meanwhile = (market.app().now() - began).num_seconds() / 2 + 1;
    assert!(tried <= 30 + meanwhile, "{tried} passwords were looked at");
    assert!(asks_from(&market, "192.0.2.1", LIST, json!({})).await.status == 200, "looking around goes on");
}

async fn everybody_is_told_what_is_left(market: Market) {
    let first = asks_from(&market, "192.0.2.1", LEFT, json!({})).await.body;
    let (left, cost) = (&first["data"]["rateLimit"], &first["extensions"]["cost"]["requested"]);
    assert_eq!(left["cost"], *cost);
    let (limit, remaining) = (left["limit"].as_i64().unwrap(), left["remaining"].as_i64().unwrap());
    assert_eq!((limit, remaining), (2500, limit - cost.as_i64().unwrap()));
    assert!(left["resetAt"].as_str().unwrap() > market.app().now().to_rfc3339().as_str());

    let second = asks_from(&market, "192.0.2.1", LEFT, json!({})).await.body;
    let less = second["data"]["rateLimit"]["remaining"].as_i64().unwrap();
    assert!((remaining - cost.as_i64().unwrap()..remaining).contains(&less), "{less} of {remaining}");

    let member = market.person("Ben").await.sees(LEFT, json!({})).await;
    assert_eq!(member["rateLimit"]["limit"], 40_000, "who is known has a budget of their own");
}

/// All of the strangers' connections are taken; buying takes its own.
async fn a_purchase_needs_nothing_that_strangers_hold(market: Market) {
    let shop = market.person("Mira").await.opens_shop("Ink", Priced::Euros(2000)).await;
    let ben = market.person("Ben").await;
    let visitors = market.app().for_visitors();
    let held = visitors.db.read().begin().await.unwrap();
    let stranger = market.stranger("Eve");
    let waiting = tokio::spawn(async move { stranger.asks(LIST, json!({})).await });
    let purchase = ben.buys(&shop).await;
    assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
    held.rollback().await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap();
    assert!(answer.data()["offerings"]["nodes"].is_array(), "and the stranger's turn comes");
}

story! {
    /// What is for strangers reads; nothing they ask could ever change something.
    async fn strangers_connections_change_nothing(market) {
        let visitors = market.app().for_visitors();
        let refused = visitors.db.read().execute_unprepared("DELETE FROM niches").await;
        assert!(refused.is_err_and(|cause| cause.to_string().contains("read")));
    }

    async fn what_is_limited_by_default_is_far_from_what_people_do(market) {
        let left = market.stranger("Eve").sees(LEFT, json!({})).await;
        assert_eq!(left["rateLimit"]["limit"], 100_000);
        for _ in 0..50 {
            market.stranger("Eve").sees(LIST, json!({})).await;
        }
    }
}

macro_rules! on_both {
    ($($name:ident with $own:expr;)*) => {
        $(
            mod $name {
                use super::*;

                #[test]
                fn sqlite() {
                    play_with(Kind::Sqlite, &$own, super::$name);
                }

                #[test]
                fn postgres() {
                    play_with(Kind::Postgres, &$own, super::$name);
                }
            }
        )*
    };
}

on_both! {
    who_asks_too_much_waits with SCARCE;
    a_network_of_ipv6_is_one_stranger with SCARCE;
    nobody_is_kept_from_signing_in_and_paying with [("VISITOR_UNITS_PER_SECOND", "10"), ("ANSWER_CACHE_MIB", "0")];
    guesses_from_one_address_end with SCARCE;
    everybody_is_told_what_is_left with SCARCE;
    guessing_documents_ends with [("VISITOR_UNITS_PER_SECOND", "10")];
    a_purchase_needs_nothing_that_strangers_hold with [("DATABASE_VISITOR_CONNECTIONS", "1"), ("ANSWER_CACHE_MIB", "0")];
}

/// Numbers of documents that nobody registered are looked for, which is charged too.
async fn guessing_documents_ends(market: Market) {
    for number in 0..5_000 {
        let body = json!({ "documentId": format!("sha256:{number:064x}") });
        let sent = market.http().post(format!("{}/graphql", market.url())).json(&body).send().await.unwrap();
        if sent.status() == 429 {
            return;
        }
        assert_eq!(sent.status(), 404);
    }
    panic!("one may guess for ever");
}

/// A replica stands still here: who is known reads what has just been written, strangers what the replica has, and nothing
/// of that is kept.
#[test]
fn a_replica_answers_strangers_and_nobody_else() {
    let Some(replica) = Kind::Postgres.place().and_then(|place| place.database_url) else { return };
    play_with(Kind::Postgres, &[("DATABASE_VISITOR_URL", replica.as_str())], async |market| {
        let mira = market.person("Mira").await;
        mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let seen = mira.sees(LIST, json!({})).await;
        assert_eq!(seen["offerings"]["nodes"].as_array().map(Vec::len), Some(1));
        for _ in 0..3 {
            let heard =
                market.http().post(format!("{}/graphql", market.url())).json(&json!({ "query": LIST }));
            let heard = heard.send().await.unwrap();
            assert!(!heard.headers().contains_key("cache-status"), "what a replica says is not kept");
            let body: Value = heard.json().await.unwrap();
            assert_eq!(body["data"]["offerings"]["nodes"], json!([]));
        }
    });
}

/// A setting that is wrong is said before anything listens.
#[test]
fn a_replica_that_is_not_there_is_named_at_the_start() {
    let Some(place) = Kind::Postgres.place() else { return };
    let nowhere = format!("{}_nowhere", place.database_url.as_ref().unwrap());
    let environment = Environment::default()
        .with("PORT", "0")
        .with("ATELIER_DATA_DIR", place.folder.path().display().to_string())
        .with("DATABASE_URL", place.database_url.as_ref().unwrap())
        .with("DATABASE_VISITOR_URL", nowhere);
    let opened = atelier::runtime::start(Some(1)).unwrap().block_on(async {
        tokio::time::timeout(Duration::from_secs(60), Server::open(Settings::from(&environment).unwrap()))
            .await
    });
    let said = opened.unwrap().err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.starts_with("DATABASE_VISITOR_URL: "), "{said}");
}
