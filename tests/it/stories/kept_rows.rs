//! Rows that are kept between questions: pages of who is signed in cost less, and nobody reads what is no longer so.
//!
//! That no change goes untold is shown by all other stories, which read whatever is kept once more and fail where it
//! differs (`KEPT_ROWS=proved`); here, that this would be noticed.

use chrono::Duration;
use serde_json::{Value, json};

use crate::rooms::creators::UPDATE;
use crate::support::{Kind, Made, Market, Person, Studio, euros, play_with, story};

const COURSE: &str = "{ course(by: { slug: { creatorHandle: \"mira\", slug: \"ink\" } }) { title
    creator { displayName } prices { amount { formatted } } description { markdown }
    sections { title lessons { title } } viewerAccess { state } } }";
const STOREFRONT: &str = "{ creator(by: { handle: \"mira\" }) { displayName viewerIsFollowing
    courses(first: 20) { nodes { title prices { amount { formatted } } } } } }";
const LIBRARY: &str = "{ viewer { library(first: 20) { nodes { state progress { completedLessons }
    offering { title creator { handle } } } } } }";
const FOUND: &str =
    "{ search(query: \"ink\") { nodes { __typename ... on Course { title creator { handle } } } } }";
const SIGNS_OUT: &str = "mutation { authSignOut { revokedSessionCount userErrors { code path message } } }";
const RENAMES: &str = "mutation($id: ID!, $to: String) { courseUpdate(id: $id, input: { title: $to }) {
    course { title } userErrors { code path message } } }";

/// A studio with a course, and a learner who has it.
struct Class {
    mira: Studio,
    made: Made,
    ben: Person,
}

impl Class {
    async fn opens(market: &Market) -> Self {
        let mira = market.person("Mira").await.opens_studio("mira").await;
        mira.opens(true).await;
        let made = mira.sells("Ink", euros(2000)).await;
        let ben = market.person("Ben").await;
        ben.db_enrolls(&made.course).await.expect("a new right");
        Self { mira, made, ben }
    }

    async fn renames(&self, to: &str) -> Value {
        let done = self.mira.owner.does(RENAMES, json!({ "id": self.made.course, "to": to })).await;
        done["course"]["title"].clone()
    }
}

async fn title(ben: &Person) -> Value {
    ben.sees(COURSE, json!({})).await["course"]["title"].clone()
}

/// Why somebody is not let in, by this instance.
async fn refusal(place: &Market, who: &Person) -> Option<Value> {
    let asked = place.http().post(format!("{}/graphql", place.url())).bearer_auth(who.token().unwrap());
    let answer = asked.json(&json!({ "query": "{ viewer { id } }" })).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["errors"].get(0).map(|error| error["extensions"]["code"].clone())
}

story! {
    async fn a_page_that_was_read_costs_what_is_ones_own(market) with ("KEPT_ROWS" = "yes") {
        let class = Class::opens(&market).await;
        market.settles().await;
        // Where others may have changed something, the log is looked at once.
        let look = u64::from(!market.app().db.is_sqlite());
        // What he has and what he is there; whether he follows; what he has, and how far he is; of what is found, nothing.
        for (page, own) in [(COURSE, 2), (STOREFRONT, 1), (LIBRARY, 1), (FOUND, 0)] {
            let (first, whole) = market.statements(class.ben.sees(page, json!({}))).await;
            class.ben.sees(page, json!({})).await;
            let (again, cost) = market.statements(class.ben.sees(page, json!({}))).await;
            assert_eq!(first, again);
            assert!(cost <= own + look && cost < whole, "{cost} statements, {whole} before, for {page}");
        }
    }

    async fn a_change_is_in_its_own_answer_and_in_the_next_anywhere(market) with ("KEPT_ROWS" = "yes") {
        let class = Class::opens(&market).await;
        let other = if market.app().db.is_sqlite() { market.clone() } else { market.opens_beside().await };
        let token = class.ben.token().unwrap();
        let elsewhere = async || {
            let asked = other.http().post(format!("{}/graphql", other.url())).bearer_auth(&token);
            let answer: Value =
                asked.json(&json!({ "query": COURSE })).send().await.unwrap().json().await.unwrap();
            answer["data"]["course"]["title"].clone()
        };
        for number in 0..10 {
            assert_eq!(elsewhere().await, title(&class.ben).await);
            let to = format!("Ink {number}");
            assert_eq!(class.renames(&to).await, to);
            assert_eq!((elsewhere().await, title(&class.ben).await), (json!(to), json!(to)));
        }
    }

    async fn what_a_search_found_is_found_as_it_is_now(market) with ("KEPT_ROWS" = "yes") {
        let class = Class::opens(&market).await;
        let found = async || class.ben.sees(FOUND, json!({})).await["search"]["nodes"].clone();
        let is = |title: &str| json!([{ "__typename": "Course", "title": title, "creator": { "handle": "mira" } }]);
        assert_eq!((found().await, found().await), (is("Ink"), is("Ink")));
        class.renames("Paper").await;
        assert_eq!(found().await, json!([]));
        class.renames("Ink and paper").await;
        assert_eq!(found().await, is("Ink and paper"));
    }

    async fn a_session_that_was_ended_opens_nothing_anywhere(market) with ("KEPT_ROWS" = "yes") {
        let ben = market.person("Ben").await;
        let other = if market.app().db.is_sqlite() { market.clone() } else { market.opens_beside().await };
        for _ in 0..2 {
            assert_eq!(refusal(&market, &ben).await, None);
            assert_eq!(refusal(&other, &ben).await, None);
        }
        ben.does(SIGNS_OUT, json!({})).await;
        for place in [&other, &market, &other] {
            assert_eq!(refusal(place, &ben).await, Some(json!("UNAUTHENTICATED")));
        }
    }

    async fn what_is_changed_by_hand_is_found_a_minute_later(market) with ("KEPT_ROWS" = "yes") {
        let ben = market.person("Ben").await;
        for _ in 0..2 {
            assert_eq!(refusal(&market, &ben).await, None);
        }
        market.db_runs("UPDATE users SET suspended_at = created_at").await;
        assert_eq!(refusal(&market, &ben).await, None, "no event told of it");
        market.passes(Duration::minutes(1)).await;
        assert_eq!(refusal(&market, &ben).await, Some(json!("UNAUTHENTICATED")));
    }

    async fn a_price_that_ends_is_offered_no_more(market) with ("KEPT_ROWS" = "yes") {
        let class = Class::opens(&market).await;
        let until = (market.app().now() + Duration::minutes(2)).to_rfc3339();
        let offer =
            json!({ "oneTime": { "amount": { "minorUnits": 900, "currency": "CHF" }, "availableUntil": until } });
        class.mira.prices(&class.made.course, offer).await;
        let prices = async || {
            let seen = class.ben.sees(COURSE, json!({})).await;
            seen["course"]["prices"].as_array().unwrap().len()
        };
        assert_eq!((prices().await, prices().await), (2, 2));
        market.passes(Duration::minutes(2)).await;
        assert_eq!(prices().await, 1);
    }

    async fn a_closed_storefront_is_closed_to_others_at_once(market) with ("KEPT_ROWS" = "yes") {
        let class = Class::opens(&market).await;
        let ann = market.person("Ann").await;
        assert_eq!(title(&ann).await, "Ink");
        class.mira.opens(false).await;
        assert_eq!(title(&ann).await, Value::Null);
        assert_eq!(title(&class.mira.owner).await, "Ink", "its team sees it");
        assert_eq!(ann.sees(STOREFRONT, json!({})).await["creator"], Value::Null);
        class.mira.opens(true).await;
        let name = json!({ "id": class.mira.id, "input": { "displayName": "Mira Ink" } });
        class.mira.owner.does(UPDATE, name).await;
        let seen = ann.sees(COURSE, json!({})).await;
        assert_eq!(seen["course"]["creator"]["displayName"], "Mira Ink");
    }
}

/// A change that no event tells of, which no action makes: where whatever is kept is read again, the difference is a fault.
#[test]
fn a_change_that_nobody_tells_of_is_noticed() {
    const PAPER: &str =
        "{ course(by: { slug: { creatorHandle: \"mira\", slug: \"ink\" } }) { certificateEnabled } }";
    for (mode, noticed) in [("yes", false), ("proved", true)] {
        play_with(Kind::Sqlite, &[("KEPT_ROWS", mode)], async move |market| {
            let class = Class::opens(&market).await;
            // What is read for the first time is dated by what the process knew before.
            let before = (class.ben.sees(PAPER, json!({})).await, class.ben.sees(PAPER, json!({})).await).1;
            market.db_runs("UPDATE courses SET certificate_enabled = NOT certificate_enabled").await;
            let answer = class.ben.asks(PAPER, json!({})).await;
            let code = answer.body["errors"][0]["extensions"]["code"].as_str();
            assert_eq!(code, noticed.then_some("INTERNAL"), "{:#}", answer.body);
            assert!(noticed || answer.body["data"] == before);
        });
    }
}
