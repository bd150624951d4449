//! What is refused when workshops are made.

use serde_json::{Value, json};

use crate::support::{
    BUNDLE_CREATE, OFFERING_PUBLISH, PLAN_CREATE, Person, Studio, WORKSHOP_CREATE, WORKSHOP_UPDATE, euros,
    story,
};

const PRICE: &str = "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
    price { id } userErrors { code path message } } }";
const LIBRARY: &str = "{ viewer { library { nodes { offering { __typename id } } } } }";

/// Path and code of each refusal.
async fn refusals(person: &Person, document: &str, variables: Value) -> Vec<(String, String)> {
    let refused = person.is_refused(document, variables).await;
    assert!(refused.iter().all(|one| one.message.ends_with('.')), "every refusal is a sentence: {refused:?}");
    refused.into_iter().map(|one| (one.path, one.code)).collect()
}

/// The one refusal there is.
async fn refusal(person: &Person, document: &str, variables: Value) -> (String, String) {
    let mut all = refusals(person, document, variables).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn pair(path: &str, code: &str) -> (String, String) {
    (path.to_owned(), code.to_owned())
}

story! {
    async fn only_the_team_makes_and_edits_workshops(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let studio = mira.opens_studio("mira").await;
        let workshop = studio.drafts_workshop("Bread, live").await;
        let course = studio.drafts("Bread").await;
        for (document, variables, path) in [
            (WORKSHOP_CREATE, json!({ "creator": studio.id, "input": { "title": "Mine" } }), "creatorId"),
            (WORKSHOP_UPDATE, json!({ "id": workshop, "input": { "title": "Mine" } }), "id"),
            (OFFERING_PUBLISH, json!({ "id": workshop }), "id"),
            (PRICE, json!({ "id": workshop, "price": { "free": true } }), "offeringId"),
        ] {
            assert_eq!(refusal(&ben, document, variables.clone()).await, pair(path, "NOT_FOUND"), "{document}");
            let anonymous = ben.anonymously().asks(document, variables).await;
            assert_eq!(anonymous.error_code(), "UNAUTHENTICATED", "{document}");
        }
        let other = json!({ "id": course, "input": { "title": "Live" } });
        assert_eq!(refusal(&mira, WORKSHOP_UPDATE, other).await, pair("id", "INVALID_ID"), "a course is no workshop");
    }

    async fn the_words_of_a_workshop_are_checked_together(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let none = json!({ "creator": studio.id, "input": {} });
        assert_eq!(refusal(&mira, WORKSHOP_CREATE, none).await, pair("input.title", "REQUIRED"));
        let wrong = json!({
            "title": "x".repeat(121), "subtitle": "x".repeat(201), "descriptionMarkdown": "x".repeat(20_001),
            "language": "klingon please", "nicheSlugs": ["a", "b", "c", "d", "e", "f"],
            "venue": { "name": " ", "addressLine": "x".repeat(201), "city": "x".repeat(121), "country": "Atlantis" },
            "materialsMarkdown": "x".repeat(20_001), "cancellationPolicyMarkdown": "x".repeat(20_001),
        });
        let found = refusals(&mira, WORKSHOP_CREATE, json!({ "creator": studio.id, "input": wrong })).await;
        assert_eq!(found, [
            pair("input.title", "TOO_LONG"), pair("input.subtitle", "TOO_LONG"),
            pair("input.descriptionMarkdown", "TOO_LONG"), pair("input.language", "INVALID"),
            pair("input.nicheSlugs", "TOO_MANY"), pair("input.venue.name", "REQUIRED"),
            pair("input.venue.addressLine", "TOO_LONG"), pair("input.venue.city", "TOO_LONG"),
            pair("input.venue.country", "INVALID"), pair("input.materialsMarkdown", "TOO_LONG"),
            pair("input.cancellationPolicyMarkdown", "TOO_LONG"),
        ]);
        let unknown = json!({ "title": "Bread", "nicheSlugs": ["alchemy"] });
        let found = refusal(&mira, WORKSHOP_CREATE, json!({ "creator": studio.id, "input": unknown })).await;
        assert_eq!(found, pair("input.nicheSlugs", "NOT_FOUND"));

        let workshop = studio.drafts_workshop("Bread, live").await;
        let change = json!({ "id": workshop, "version": 1, "input": { "subtitle": "With air in it" } });
        assert_eq!(mira.does(WORKSHOP_UPDATE, change.clone()).await["workshop"]["version"], 2);
        assert_eq!(refusal(&mira, WORKSHOP_UPDATE, change).await, pair("expectedVersion", "STALE_VERSION"));
    }

    async fn what_is_published_keeps_what_it_needs(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (workshop, _) = studio.offers_workshop("Bread, live", euros(4900)).await;
        let change = |input: Value| json!({ "id": workshop, "input": input });
        let told = refusal(&mira, WORKSHOP_UPDATE, change(json!({ "format": "IN_PERSON" }))).await;
        assert_eq!(told, pair("input.format", "INVALID_STATE"), "without a venue");
        let place = json!({ "name": "The Loft", "city": "Berlin", "country": "DE" });
        mira.does(WORKSHOP_UPDATE, change(json!({ "format": "HYBRID", "venue": place }))).await;
        for (input, path) in [
            (json!({ "venue": null, "descriptionMarkdown": "Bring two aprons." }), "input.venue"),
            (json!({ "descriptionMarkdown": " " }), "input.descriptionMarkdown"),
        ] {
            assert_eq!(refusal(&mira, WORKSHOP_UPDATE, change(input)).await, pair(path, "INVALID_STATE"));
        }
        let again = json!({ "recurring": { "amount": { "minorUnits": 900, "currency": "EUR" }, "interval": "MONTH" } });
        assert_eq!(refusal(&mira, PRICE, json!({ "id": workshop, "price": again })).await, pair("price", "NOT_ALLOWED"));
    }

    async fn a_seat_is_no_item_and_no_perk(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.sells("Ink", euros(4000)).await.course;
        let (workshop, _) = studio.offers_workshop("Ink, live", euros(9000)).await;
        let items = json!({ "creator": studio.id, "input": { "title": "Both", "itemIds": [course, workshop] } });
        assert_eq!(refusal(&mira, BUNDLE_CREATE, items).await, pair("input.itemIds.1", "NOT_ALLOWED"));
        let opens = json!({ "title": "Club", "includedOfferingIds": [course, workshop] });
        let opens = json!({ "creator": studio.id, "input": opens });
        assert_eq!(refusal(&mira, PLAN_CREATE, opens).await, pair("input.includedOfferingIds.1", "NOT_ALLOWED"));
    }

    async fn a_membership_of_everything_opens_no_workshop(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let club = mira.opens_club(None).await;
        let input = json!({ "title": "Ink, live", "descriptionMarkdown": "Bring a brush." });
        let creator = club.shop.creator.to_string();
        let made = mira.does(WORKSHOP_CREATE, json!({ "creator": creator, "input": input })).await;
        let workshop = made["workshop"]["id"].clone();
        let studio = Studio { owner: mira.clone(), id: creator, handle: "mira".to_owned() };
        studio.sets_date(workshop.as_str().unwrap(), 10, None).await;
        mira.asks_for(workshop.as_str().unwrap(), euros(9000)).await;
        ben.joins(&club).await;
        mira.does(OFFERING_PUBLISH, json!({ "id": workshop })).await;
        market.settles().await;
        let library = ben.sees(LIBRARY, json!({})).await;
        let kinds = library["viewer"]["library"]["nodes"].as_array().unwrap().iter();
        let mut kinds: Vec<&str> = kinds.map(|right| right["offering"]["__typename"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["Course", "MembershipPlan"]);
    }
}
