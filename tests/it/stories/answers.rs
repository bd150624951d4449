//! Answers that are kept: nobody ever reads what is no longer so, and nobody reads what is somebody else's.
//!
//! `ATELIER_CHANGES` sets how many changes are read back through another instance (the design asks for 1,000,
//! which take longer than a story may: `ATELIER_STORY_SECONDS=900`).

use chrono::Duration;
use serde_json::{Value, json};

use crate::rooms::creators::{FOLLOW, LINKS, UNFOLLOW, UPDATE};
use crate::support::{
    HELPFUL, Kind, Made, Market, Person, REPLY, Studio, UNREVIEW, euros, play_with, story, text,
};

/// A page and a course, as anybody asks for them: public fields alone.
const PAGE: &str = "{ creator(by: { handle: \"mira\" }) {
    id handle displayName headline bio { html } avatar { url } niches { slug name } links { label url } followerCount
    ratingSummary { average count } seo { title description }
    storefront { version sections { __typename ... on HeroSection { heading } ... on FeaturedSection { offerings { id title } } } }
    courses(first: 20) { nodes { ...Card } pageInfo { hasNextPage } } } }
    fragment Card on Course { id title slug lessonCount prices { id amount { formatted } isActive availableUntil } }";
const COURSE: &str = "{ course(by: { slug: { creatorHandle: \"mira\", slug: \"ink\" } }) {
    id title subtitle description { html } lessonCount prices { id amount { formatted } } creator { displayName followerCount }
    sections { id title position lessons { id title isPreview position } } } }";
const LIST: &str = "{ offerings(first: 50, orderBy: NEWEST) { nodes { __typename id title prices { id } } } niches { slug creatorCount } }";

/// What a question was answered, and whether the answer had been kept.
struct Heard {
    body: Value,
    status: String,
}

impl Heard {
    fn is_hit(&self) -> bool {
        self.status == "Atelier; hit"
    }
}

async fn asks(market: &Market, document: &str, token: Option<&str>) -> Heard {
    let mut request =
        market.http().post(format!("{}/graphql", market.url())).json(&json!({ "query": document }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    let status = answer.headers().get("cache-status").map(|status| status.to_str().unwrap().to_owned());
    Heard { status: status.unwrap_or_default(), body: answer.json().await.unwrap() }
}

/// Has a question's answer kept. What is asked for the first time is dated by what the process knew before; asked again, it is
/// worked out once more if something has happened since.
async fn keeps(market: &Market, document: &str) {
    asks(market, document, None).await;
    asks(market, document, None).await;
    assert!(asks(market, document, None).await.is_hit(), "{document}");
}

fn same_address(market: &Market) -> reqwest::Url {
    reqwest::Url::parse_with_params(&format!("{}/graphql", market.url()), [("query", PAGE)]).unwrap()
}

/// What is true: the same question in words that were never used before.
async fn truth(market: &Market, document: &str, number: usize) -> Value {
    let heard = asks(market, &format!("{document} # {number}"), None).await;
    assert!(!heard.is_hit());
    heard.body
}

/// A studio with a course, and somebody who follows and leaves.
struct Busy {
    studio: Studio,
    made: Made,
    ben: Person,
    sections: Vec<String>,
    prices: Vec<String>,
}

impl Busy {
    async fn opens(market: &Market) -> Self {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        studio.opens(true).await;
        let made = studio.sells("Ink", euros(2000)).await;
        let ben = market.person("Ben").await;
        let (sections, prices) = (Vec::new(), Vec::new());
        Self { studio, made, ben, sections, prices }
    }

    /// Something that the public sees changes.
    async fn changes(&mut self, number: usize) {
        let (owner, id, course) = (&self.studio.owner, &self.studio.id, &self.made.course);
        let does = async |words: &str, variables: Value| {
            let document =
                format!("mutation($id: ID!, $to: String) {{ {words} {{ userErrors {{ code message }} }} }}");
            owner.does(&document, variables).await
        };
        let to = format!("As of {number}");
        match number % 14 {
            0 => drop(owner.does(UPDATE, json!({ "id": id, "input": { "displayName": to } })).await),
            1 => drop(self.ben.does(FOLLOW, json!({ "id": id })).await),
            2 => drop(
                does("courseUpdate(id: $id, input: { title: $to })", json!({ "id": course, "to": to })).await,
            ),
            3 => self.sections.push(self.studio.adds_section(course, &to).await),
            4 => drop(self.studio.adds_lesson(&self.sections[0], json!({ "title": to })).await),
            5 => self
                .prices
                .push(self.studio.prices(course, euros(3000 + i64::try_from(number).unwrap())).await),
            6 => drop(
                does(
                    "sectionUpdate(id: $id, input: { title: $to })",
                    json!({ "id": self.made.sections[0], "to": to }),
                )
                .await,
            ),
            7 => drop(
                does(
                    "lessonUpdate(id: $id, input: { title: $to })",
                    json!({ "id": self.made.lessons[1], "to": to }),
                )
                .await,
            ),
            8 => drop(self.ben.does(UNFOLLOW, json!({ "id": id })).await),
            9 => {
                let links = json!([{ "label": to, "url": "https://video.example/mira" }]);
                drop(owner.does(LINKS, json!({ "id": id, "links": links })).await);
            }
            10 => drop(does("offeringUnpublish(id: $id)", json!({ "id": course })).await),
            11 => drop(self.studio.publishes(course).await),
            12 => drop(does("priceArchive(id: $id)", json!({ "id": self.prices.pop() })).await),
            _ => drop(does("sectionDelete(id: $id)", json!({ "id": self.sections.pop() })).await),
        }
    }
}

/// A number of the test's own, if the environment sets it.
#[expect(clippy::disallowed_methods, reason = "a setting of the test, not of the product")]
fn changes() -> usize {
    std::env::var("ATELIER_CHANGES").ok().and_then(|number| number.parse().ok()).unwrap_or(42)
}

story! {
    async fn a_change_is_read_by_the_very_next_question_anywhere(market) with (
        "VISITOR_UNITS_PER_SECOND" = "1000000", "MEMBER_UNITS_PER_SECOND" = "1000000"
    ) {
        let mut busy = Busy::opens(&market).await;
        // Two instances where the database can serve two.
        let other = if market.app().db.is_sqlite() { market.clone() } else { market.opens_beside().await };
        let questions = [(&other, PAGE), (&market, COURSE), (&other, LIST), (&market, PAGE)];
        for (place, document) in questions {
            keeps(place, document).await;
        }
        let mut hits = 0;
        for number in 0..changes() {
            busy.changes(number).await;
            for (turn, (place, document)) in questions.into_iter().enumerate() {
                let heard = asks(place, document, None).await;
                let so = truth(&market, document, number * questions.len() + turn).await;
                assert_eq!(heard.body["data"], so["data"], "after change {number}");
                let again = asks(place, document, None).await;
                assert_eq!(again.body, heard.body);
                hits += usize::from(again.is_hit());
            }
        }
        assert_eq!(hits, changes() * 4, "what has not changed is not worked out again");
    }

    async fn what_is_kept_costs_one_look_at_most(market) {
        Busy::opens(&market).await;
        for document in [PAGE, COURSE] {
            keeps(&market, document).await;
            let (heard, cost) = market.statements(asks(&market, document, None)).await;
            // Where others may have changed something, the log is looked at; where nobody else can, nothing is.
            assert_eq!((heard.is_hit(), cost), (true, u64::from(!market.app().db.is_sqlite())));
        }
    }

    async fn what_concerns_others_changes_nothing(market) {
        let busy = Busy::opens(&market).await;
        let ann = market.person("Ann").await.opens_studio("ann").await;
        for document in [PAGE, COURSE, LIST] {
            keeps(&market, document).await;
        }
        ann.opens(true).await;
        ann.sells("Tea", euros(900)).await;
        busy.ben.does("mutation { viewerUpdate(input: { displayName: \"Benno\" }) { userErrors { code path message } } }", json!({})).await;
        assert!(asks(&market, PAGE, None).await.is_hit() && asks(&market, COURSE, None).await.is_hit());
        assert!(!asks(&market, LIST, None).await.is_hit(), "a list is everybody's");
    }

    async fn only_what_is_public_and_right_is_kept(market) {
        let busy = Busy::opens(&market).await;
        let token = busy.studio.owner.token().unwrap();
        for _ in 0..2 {
            assert_eq!(asks(&market, PAGE, Some(&token)).await.status, "", "with a token, nothing is kept or shown");
        }
        asks(&market, PAGE, None).await;
        assert_eq!(asks(&market, PAGE, Some(&token)).await.status, "", "nor what was kept for others");
        let own = "{ creator(by: { handle: \"mira\" }) { id viewerIsFollowing } }";
        let seats = "{ workshopCalendar(range: { from: \"2026-01-01\", to: \"2026-02-01\" }) { nodes { id } } }";
        let wrong = "{ creator(by: { handle: \"mira\" }) { courses(after: \"nonsense\") { nodes { id } } } }";
        let reads = "{ __schema { queryType { name } } }";
        // What ends by itself at a moment that nobody noted.
        let free = "{ offerings(filter: { freeOnly: true }) { nodes { id } } }";
        for document in [own, seats, wrong, reads, free] {
            for _ in 0..2 {
                assert_eq!(asks(&market, document, None).await.status, "", "{document}");
            }
        }
        let nobody = "{ creator(by: { handle: \"ann\" }) { id } }";
        assert_eq!(asks(&market, nobody, None).await.body["data"]["creator"], Value::Null);
        // That there is nobody is an answer too.
        keeps(&market, nobody).await;
        market.person("Ann").await.opens_studio("ann").await.opens(true).await;
        assert!(asks(&market, nobody, None).await.body["data"]["creator"]["id"].is_string());
    }

    async fn a_price_that_ends_is_gone_at_that_moment(market) {
        let busy = Busy::opens(&market).await;
        let end = market.app().now() + Duration::minutes(2);
        let until = end.to_rfc3339();
        let offer = json!({ "oneTime": { "amount": { "minorUnits": 900, "currency": "CHF" }, "availableUntil": until } });
        busy.studio.prices(&busy.made.course, offer).await;
        let prices = async || asks(&market, COURSE, None).await.body["data"]["course"]["prices"].as_array().unwrap().len();
        assert_eq!((prices().await, prices().await), (2, 2));
        keeps(&market, COURSE).await;
        market.passes(Duration::minutes(2)).await;
        assert_eq!(prices().await, 1);
    }

    async fn an_address_tells_networks_how_long(market) {
        Busy::opens(&market).await;
        let get = async |document: &str, mark: Option<&str>| {
            let url = reqwest::Url::parse_with_params(&format!("{}/graphql", market.url()), [("query", document)]);
            let request = market.http().get(url.unwrap()).header("accept-encoding", "gzip");
            let request = mark.iter().fold(request, |request, mark| request.header("if-none-match", *mark));
            request.send().await.unwrap()
        };
        let header = |answer: &reqwest::Response, name: &str| {
            answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        get(PAGE, None).await;
        let first = get(PAGE, None).await;
        assert_eq!(header(&first, "cache-control"), "public, max-age=0, s-maxage=30");
        assert_eq!(header(&first, "content-encoding"), "gzip");
        let varies: Vec<_> = first.headers().get_all("vary").iter().map(|one| one.to_str().unwrap()).collect();
        assert!(varies.join(", ").contains("authorization"), "{varies:?}");
        let mark = header(&first, "etag");
        let (body, again) = (first.bytes().await.unwrap(), get(PAGE, None).await);
        assert_eq!((header(&again, "cache-status"), header(&again, "etag")), ("Atelier; hit".to_owned(), mark.clone()));
        assert!(!header(&again, "x-request-id").is_empty());
        assert_eq!(again.bytes().await.unwrap(), body);
        let same = get(PAGE, Some(&mark)).await;
        assert_eq!((same.status().as_u16(), same.bytes().await.unwrap().len()), (304, 0));
        assert_eq!(get(PAGE, Some("\"other\"")).await.status().as_u16(), 200);
        let elsewhere = market.http().get(same_address(&market)).header("origin", "https://mira.example").send().await.unwrap();
        assert!(header(&elsewhere, "vary").contains("accept-encoding"), "{}", header(&elsewhere, "vary"));
        assert!(elsewhere.headers().contains_key("access-control-allow-origin"));
        // Said twice, a header is read in two ways: nothing is kept under either.
        let twice = market.http().get(same_address(&market)).header("accept-encoding", "identity").header("accept-encoding", "br");
        assert_eq!(header(&twice.send().await.unwrap(), "cache-status"), "");
        let private = get("{ viewer { id } }", None).await;
        assert_eq!((header(&private, "cache-control"), header(&private, "etag")), ("private, no-store".to_owned(), String::new()));
    }

    async fn what_learners_think_is_read_as_it_is(market) {
        let busy = Busy::opens(&market).await;
        let (ben, ann, owner) = (&busy.ben, market.person("Ann").await, &busy.studio.owner);
        let right = ben.db_enrolls(&busy.made.course).await.unwrap();
        ben.finishes(&busy.made.lessons[0]).await;
        let reviews = "{ course(by: { slug: { creatorHandle: \"mira\", slug: \"ink\" } }) { id ratingSummary { count histogram }
            reviews(first: 5) { totalCount nodes { id rating helpfulCount isVerifiedPurchase body { markdown } reply { markdown }
                author { id displayName } } } } }";
        let mut review = String::new();
        for turn in 0..7 {
            keeps(&market, reviews).await;
            match turn {
                0 => review = text(&ben.reviews(&busy.made.course, 4, "Good.").await["id"]),
                1 => drop(ben.reviews(&busy.made.course, 5, "Very good.").await),
                2 => drop(owner.does(REPLY, json!({ "id": review, "body": "Thank you." })).await),
                3 => drop(ann.does(HELPFUL, json!({ "id": review, "on": true })).await),
                4 => drop(ben.does("mutation { viewerUpdate(input: { displayName: \"Benno\" }) { userErrors { code path message } } }", json!({})).await),
                5 => drop(ben.db_loses(right).await),
                _ => drop(ben.does(UNREVIEW, json!({ "id": review })).await),
            }
            let heard = asks(&market, reviews, None).await;
            assert!(!heard.is_hit(), "after change {turn}");
            assert_eq!(heard.body["data"], truth(&market, reviews, turn).await["data"], "after change {turn}");
        }
    }

    async fn a_registered_document_is_asked_by_its_number(market) {
        Busy::opens(&market).await;
        let number = format!("sha256:{}", atelier::documents::number_of(PAGE));
        let posts = async |body: Value| {
            let answer = market.http().post(format!("{}/graphql", market.url())).json(&body).send().await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.json::<Value>().await.unwrap())
        };
        let code = |answer: &Value| text(&answer["errors"][0]["extensions"]["code"]);
        let (status, unknown) = posts(json!({ "documentId": number })).await;
        assert_eq!((status, code(&unknown).as_str()), (404, "DOCUMENT_NOT_FOUND"));

        let documents = atelier::documents::read(PAGE).unwrap();
        assert_eq!(atelier::documents::register(market.app(), &documents).await.unwrap(), 1);
        assert_eq!(atelier::documents::register(market.app(), &documents).await.unwrap(), 0, "once");
        let (status, page) = posts(json!({ "documentId": number })).await;
        assert_eq!((status, &page["data"]["creator"]["handle"]), (200, &json!("mira")));
        let url = reqwest::Url::parse_with_params(&format!("{}/graphql", market.url()), [("documentId", &number)]);
        let got = market.http().get(url.unwrap()).send().await.unwrap();
        assert!(got.headers()["cache-control"].to_str().unwrap().starts_with("public"));
        assert_eq!(got.json::<Value>().await.unwrap()["data"], page["data"]);

        for wrong in [json!({ "documentId": "sha256:abc" }), json!({ "documentId": 7 }), json!({ "documentId": number, "query": PAGE })] {
            let (status, answer) = posts(wrong).await;
            assert_eq!((status, code(&answer).as_str()), (400, "BAD_REQUEST"));
        }
    }
}

#[test]
fn where_only_registered_documents_are_taken_others_are_refused() {
    play_with(Kind::Sqlite, &[("DOCUMENTS", "registered"), ("ANSWER_CACHE_MIB", "0")], async |market| {
        let documents = atelier::documents::read(LIST).unwrap();
        atelier::documents::register(market.app(), &documents).await.unwrap();
        let posts = async |body: Value| {
            let answer =
                market.http().post(format!("{}/graphql", market.url())).json(&body).send().await.unwrap();
            assert!(!answer.headers().contains_key("cache-status"), "and nothing is kept");
            answer.json::<Value>().await.unwrap()
        };
        let refused = posts(json!({ "query": LIST })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "DOCUMENT_REQUIRED");
        let number = format!("sha256:{}", documents[0].id);
        assert!(posts(json!({ "documentId": number })).await["data"]["niches"].is_array());
    });
}
