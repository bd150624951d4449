//! Strangers find creators and what they teach by words; nothing that is closed is ever found.

use serde_json::{Value, json};

use crate::rooms::creators::UPDATE;
use crate::support::{Market, Person, Priced, Studio, WORKSHOP_UPDATE, euros, story, text};

const SEARCH: &str = "query($query: String!, $filter: SearchFilter, $first: Int, $after: String) {
    search(query: $query, filter: $filter, first: $first, after: $after) { totalCount
        pageInfo { hasNextPage endCursor }
        nodes { __typename ... on Creator { handle displayName } ... on Course { title creator { handle } prices { id } }
            ... on Workshop { title } ... on Bundle { title } } } }";
const COURSE_UPDATE: &str =
    "mutation($id: ID!, $input: CourseInput!) { courseUpdate(id: $id, input: $input) {
    course { id } userErrors { code path message } } }";
const UNPUBLISH: &str =
    "mutation($id: ID!) { offeringUnpublish(id: $id) { offering { id } userErrors { code path message } } }";
const ARCHIVE: &str =
    "mutation($id: ID!) { offeringArchive(id: $id) { offering { id } userErrors { code path message } } }";

impl Person {
    async fn searches(&self, query: &str, filter: Value) -> Value {
        let wish = json!({ "query": query, "filter": filter });
        self.sees(SEARCH, wish).await["search"].clone()
    }

    /// What is found, by title or name, in order.
    async fn looks_for(&self, query: &str) -> Vec<String> {
        names(&self.searches(query, Value::Null).await)
    }

    async fn looks_among(&self, query: &str, filter: Value) -> Vec<String> {
        names(&self.searches(query, filter).await)
    }
}

fn names(found: &Value) -> Vec<String> {
    let name = |node: &Value| text(node.get("title").unwrap_or(&node["displayName"]));
    let names: Vec<String> = found["nodes"].as_array().unwrap().iter().map(name).collect();
    assert_eq!(found["totalCount"], names.len(), "on one page");
    names
}

/// A published course with other words than a shop's.
async fn teaches(studio: &Studio, title: &str, input: Value, price: Priced) -> String {
    let course = studio.owner.publishes(studio.id.parse().unwrap(), title, price).await.course.to_string();
    studio.owner.does(COURSE_UPDATE, json!({ "id": course, "input": input })).await;
    course
}

/// Mira bakes and Otto paints; a stranger looks.
async fn street(market: &Market) -> (Studio, Studio, Person) {
    let mira = market.person("Mira").await.opens_studio("mira-bakes").await;
    let otto = market.person("Otto").await.opens_studio("otto").await;
    let profile = json!({ "headline": "Landscapes in watercolour", "nicheSlugs": ["drawing"] });
    otto.owner.does(UPDATE, json!({ "id": otto.id, "input": profile })).await;
    (mira, otto, market.stranger("Anybody"))
}

story! {
    async fn strangers_find_things_by_what_is_said_of_them(market) {
        let (mira, otto, anybody) = street(&market).await;
        teaches(&mira, "Crème brûlée", json!({ "descriptionMarkdown": "Sugar, fire and **sourdough** crumbs.",
            "subtitle": "A dessert for winter" }), Priced::Euros(900)).await;
        let bread = teaches(&mira, "Sourdough bread", json!({ "descriptionMarkdown": "Flour and water.", "nicheSlugs": ["baking"] }),
            Priced::Free).await;
        let (rye, _) = mira.offers_workshop("Rye sourdough, live", euros(2000)).await;
        mira.owner.does(WORKSHOP_UPDATE, json!({ "id": rye, "input": { "language": "de" } })).await;
        let paint = teaches(&otto, "Skies", json!({ "descriptionMarkdown": "Bread and butter of painting." }), Priced::Free).await;
        let more = teaches(&otto, "Clouds", json!({ "subtitle": "Über Wolken und Straßen" }), Priced::Euros(100)).await;
        otto.owner.sells_bundle(&otto.id, "Skies and clouds", &[paint, more], euros(150)).await;

        assert_eq!(anybody.looks_for("sourdough bread").await, ["Sourdough bread"], "all words");
        assert_eq!(anybody.looks_for("SOURDOUGH").await, ["Rye sourdough, live", "Sourdough bread", "Crème brûlée"], "the title before what is said");
        assert_eq!(anybody.looks_for("bread").await, ["Sourdough bread", "Skies"]);
        assert_eq!(anybody.looks_for("creme BRULEE").await, ["Crème brûlée"]);
        assert_eq!(anybody.looks_for("brûl").await, ["Crème brûlée"], "a beginning");
        assert_eq!(anybody.looks_for("strasse").await, ["Clouds"]);
        let by_mira = anybody.looks_for("mira").await;
        assert_eq!((by_mira[0].as_str(), by_mira.len()), ("Mira", 4), "the creator before what she teaches: {by_mira:?}");
        assert_eq!(anybody.looks_for("baking").await.len(), 2, "the niche");
        assert_eq!(anybody.looks_for("watercolour").await, ["Otto"]);
        assert_eq!(anybody.looks_for("skies clouds").await, ["Skies and clouds"]);
        assert_eq!(anybody.looks_for("skies").await, ["Skies", "Skies and clouds"], "what is called just so comes first");

        // Slips, where nothing is found else.
        for slip in ["sourdogh bread", "suordough bread", "sourdoughh bread", "sourdaugh bread"] {
            assert_eq!(anybody.looks_for(slip).await, ["Sourdough bread"], "{slip}");
        }
        assert_eq!(anybody.looks_for("zzyzx bread").await, [""; 0]);

        // Filters.
        assert_eq!(anybody.looks_among("sourdough", json!({ "kinds": ["WORKSHOP", "WORKSHOP"] })).await, ["Rye sourdough, live"]);
        assert_eq!(anybody.looks_among("mira", json!({ "kinds": ["MEMBERSHIP"] })).await, [""; 0]);
        assert_eq!(anybody.looks_among("sourdough", json!({ "language": "DE" })).await, ["Rye sourdough, live"]);
        assert_eq!(anybody.looks_among("sourdough", json!({ "nicheSlugs": ["baking", "yoga"] })).await, ["Sourdough bread"]);
        assert_eq!(anybody.looks_among("otto", json!({ "nicheSlugs": ["drawing"] })).await, ["Otto"]);
        assert_eq!(anybody.looks_among("mira", json!({ "freeOnly": true })).await, ["Sourdough bread"]);
        let up_to = |minor: i64, currency: &str| json!({ "priceMax": { "minorUnits": minor, "currency": currency } });
        assert_eq!(anybody.looks_among("sourdough", up_to(900, "EUR")).await, ["Sourdough bread", "Crème brûlée"]);
        assert_eq!(anybody.looks_among("sourdough", up_to(5000, "USD")).await, ["Sourdough bread"]);

        // Few statements, however much is shown: the hits, offerings, creators among them, creators of offerings, prices,
        // the count; and one to learn whether a kept answer still holds.
        market.settles().await;
        let (found, cost) = market.statements(anybody.searches("mira", Value::Null)).await;
        assert_eq!(found["nodes"].as_array().unwrap().len(), 4);
        assert!(cost <= 7, "a search costs {cost} statements");

        // An edit, a new name.
        mira.owner.does(COURSE_UPDATE, json!({ "id": bread, "input": { "title": "Ciabatta" } })).await;
        assert_eq!(anybody.looks_for("sourdough bread").await, [""; 0]);
        assert_eq!(anybody.looks_for("ciabatta").await, ["Ciabatta"]);
        mira.owner.does(UPDATE, json!({ "id": mira.id, "input": { "displayName": "Wilhelmina" } })).await;
        assert_eq!(anybody.looks_for("wilhelmina ciabatta").await, ["Ciabatta"]);
        assert_eq!(anybody.looks_for("wilhelmina").await.len(), 4);
        assert_eq!(anybody.looks_for("mira ciabatta").await, [""; 0]);
    }

    async fn what_is_closed_is_not_found(market) {
        let (mira, otto, anybody) = street(&market).await;
        let one = teaches(&mira, "Ink one", json!({}), Priced::Free).await;
        let two = teaches(&mira, "Ink two", json!({}), Priced::Free).await;
        mira.drafts("Ink three").await;
        assert_eq!(anybody.looks_for("ink").await, ["Ink two", "Ink one"]);
        assert_eq!(mira.owner.looks_for("ink").await, ["Ink two", "Ink one"], "the team finds what strangers find");
        mira.owner.does(UNPUBLISH, json!({ "id": one })).await;
        assert_eq!(anybody.looks_for("ink").await, ["Ink two"]);
        mira.owner.does(ARCHIVE, json!({ "id": two })).await;
        assert_eq!(anybody.looks_for("ink").await, [""; 0]);
        mira.publishes(&one).await;
        mira.opens(false).await;
        assert_eq!((anybody.looks_for("ink").await.len(), anybody.looks_for("mira").await.len()), (0, 0));
        mira.publishes(&two).await;
        assert_eq!(anybody.looks_for("ink").await, [""; 0], "published behind a closed page");
        mira.opens(true).await;
        assert_eq!(anybody.looks_for("ink").await, ["Ink two", "Ink one"]);
        // What was there before there was a search is found once the job has run, which a migration asks for.
        market.db_runs("DELETE FROM search_documents").await;
        market.db_runs("DELETE FROM search_spellings").await;
        assert_eq!(anybody.looks_for("otto").await, [""; 0]);
        atelier::search::actions::rebuild(market.app()).await.unwrap();
        atelier::search::actions::rebuild(market.app()).await.unwrap();
        assert_eq!(anybody.looks_for("mirra ink").await, ["Ink two", "Ink one"]);
        otto.opens(false).await;
        assert_eq!(anybody.looks_for("otto").await, [""; 0]);
    }

    /// An older instance publishes and renames beside a newer one: it writes no documents, or other ones.
    async fn what_an_older_instance_wrote_is_found_within_the_hour(market) {
        let (mira, _, anybody) = street(&market).await;
        teaches(&mira, "Ink one", json!({}), Priced::Free).await;
        teaches(&mira, "Ink two", json!({}), Priced::Free).await;
        market.db_runs("DELETE FROM search_documents WHERE label = 'Ink two'").await;
        market.db_runs("UPDATE search_documents SET label = 'Pencil one', version = 0 WHERE label = 'Ink one'").await;
        assert_eq!(anybody.looks_for("ink").await, ["Ink one"], "found by the document, shown as it is");
        market.passes(chrono::Duration::hours(1)).await;
        assert_eq!(anybody.looks_for("mira ink").await, ["Ink two", "Ink one"]);
    }

    async fn pages_have_neither_gaps_nor_doubles(market) {
        let (mira, _, anybody) = street(&market).await;
        for n in 0..5 {
            teaches(&mira, &format!("Glass {n}"), json!({ "subtitle": if n % 2 == 0 { "glassware" } else { "cups" } }), Priced::Free).await;
        }
        let last = teaches(&mira, "Cups", json!({ "descriptionMarkdown": "Glass and more." }), Priced::Free).await;
        let whole = anybody.looks_for("glass").await;
        assert_eq!(whole, ["Glass 4", "Glass 3", "Glass 2", "Glass 1", "Glass 0", "Cups"]);
        // Also where every page answers what was meant instead of what was typed.
        for query in ["glass", "glaass"] {
            let (mut seen, mut after) = (Vec::new(), Value::Null);
            loop {
                let wish = json!({ "query": query, "first": 2, "after": after });
                let page = anybody.sees(SEARCH, wish).await["search"].clone();
                assert_eq!(page["totalCount"], 6);
                seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| text(&node["title"])));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                // Somebody publishes meanwhile: the next page goes on where this one ended.
                mira.owner.does(COURSE_UPDATE, json!({ "id": last, "input": { "subtitle": "now" } })).await;
            }
            assert_eq!(seen, whole, "{query}");
        }
        let cursor = anybody.sees(SEARCH, json!({ "query": "glass", "first": 2 })).await["search"]["pageInfo"]["endCursor"].clone();
        for wish in [json!({ "query": "cups", "after": cursor }), json!({ "query": "glass", "after": cursor, "filter": { "freeOnly": true } }),
                     json!({ "query": "glass", "after": "x.y" })] {
            assert_eq!(anybody.asks(SEARCH, wish).await.error_code(), "BAD_CURSOR");
        }
    }

    async fn whatever_is_typed_is_words(market) {
        let (mira, _, anybody) = street(&market).await;
        teaches(&mira, "Near or not", json!({ "descriptionMarkdown": "O'Neil said \"and\" — 100% of C++ & C#: a:b|c" }), Priced::Free).await;
        for typed in ["\"near\"", "NEAR(or not)", "near OR", "near AND not", "near -not", "+near *", "^near", "a:near", "near'--",
                      "(near", "near))", "near \\", "near:*", "near & !", "near\u{0}not", "ne\u{301}ar", "NEAR 🥖 not",
                      "o'neil near", "100% near", "c++ near", "c# & near", "near<->not", "\u{feff}near", "ｎｅａｒ", "{near not}"] {
            let found = anybody.looks_for(typed).await;
            assert_eq!(found, ["Near or not"], "{typed:?}");
        }
        for typed in ["", "   ", "*", "\"\"", "'", "🥖", "\u{0}", "--", "%", "_", "near !zzz", "near'; DROP TABLE search_documents"] {
            let found = anybody.looks_for(typed).await;
            assert_eq!(found, [""; 0], "{typed:?}");
        }
        let long = anybody.asks(SEARCH, json!({ "query": "near ".repeat(2048) })).await;
        assert_eq!(long.error_code(), "BAD_REQUEST");
        let many = (0..66).map(|n| format!("n{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(anybody.looks_for(&many[..200]).await, [""; 0]);
        assert_eq!(anybody.looks_for(&"Ⓐ½²㊗".repeat(40)).await, [""; 0]);
        assert_eq!(anybody.looks_for(&"\u{1f1e9}\u{0301}".repeat(100)).await, [""; 0]);
        let niches = json!({ "query": "near", "filter": { "nicheSlugs": vec!["a"; 101] } });
        assert_eq!(anybody.asks(SEARCH, niches).await.error_code(), "LIMIT_EXCEEDED");
        assert_eq!(anybody.looks_among("near", json!({ "nicheSlugs": ["%", " ", ""], "language": "%" })).await, [""; 0]);
    }
}
