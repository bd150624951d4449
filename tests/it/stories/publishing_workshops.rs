//! Making a workshop and showing it to the world.

use serde_json::{Value, json};

use crate::support::{Person, WORKSHOP_CREATE, WORKSHOP_UPDATE, euros, story, text};

const PAGE: &str =
    "query($by: OfferingBy!) { workshop(by: $by) { __typename id kind slug url title subtitle status
    format level language niches { slug } venue { name addressLine city country } description { plain }
    materials { plain } cancellationPolicy { plain } replayPolicy creator { handle } prices { id }
    viewerAccess { state offers { id } } viewerCanEdit publishedAt seo { title } } }";
const COURSE: &str = "query($by: OfferingBy!) { course(by: $by) { id } }";
const PUBLISH: &str = "mutation($id: ID!) { offeringPublish(id: $id) { offering { id status kind }
    userErrors { code path message ... on PublishBlockedError { requirements { code isMet message } } } } }";
const ARCHIVE: &str = "mutation($id: ID!) { offeringArchive(id: $id) { offering { status } userErrors { code path message } } }";
const LISTS: &str = "query($handle: String!, $creator: ID!, $filter: OfferingFilter) {
    creator(by: { handle: $handle }) { workshops { nodes { id title } pageInfo { hasNextPage } } courses { nodes { id } }
        storefront { sections { ... on FeaturedSection { offerings { __typename id } } } } }
    offerings(filter: $filter) { nodes { __typename id kind ... on Workshop { format } } }
    node(id: $creator) { __typename } }";
const STUDIO: &str = "query($id: ID!) { studio(creatorId: $id) {
    offerings(filter: { kinds: [WORKSHOP] }) { nodes { __typename id status } } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";

/// The messages of what is still missing.
async fn missing(person: &Person, workshop: &str) -> Vec<(String, String)> {
    let blocked = person.asks(PUBLISH, json!({ "id": workshop })).await;
    let error = &blocked.data()["offeringPublish"]["userErrors"][0];
    assert_eq!(error["code"], "NOT_PUBLISHABLE");
    let unmet = error["requirements"].as_array().unwrap().iter().filter(|one| one["isMet"] == false);
    unmet.map(|one| (text(&one["code"]), text(&one["message"]))).collect()
}

fn codes(missing: &[(String, String)]) -> Vec<&str> {
    missing.iter().map(|(code, _)| code.as_str()).collect()
}

fn loft() -> Value {
    json!({ "name": "The Loft", "addressLine": "Backhaus 3", "city": "Berlin", "country": "de", "hideAddress": true })
}

story! {
    async fn a_workshop_goes_from_a_title_to_the_storefront(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = mira.does(WORKSHOP_CREATE, json!({ "creator": studio.id, "input": { "title": "Bread, live" } })).await;
        let workshop = text(&made["workshop"]["id"]);
        assert!(workshop.starts_with("wsh_"));
        assert_eq!(made["workshop"], json!({ "id": workshop, "slug": "bread-live", "status": "DRAFT", "version": 1,
            "format": "ONLINE", "level": "ALL", "language": "en", "replayPolicy": "ATTENDEES", "venue": null,
            "niches": [], "materials": { "markdown": "" }, "cancellationPolicy": { "markdown": "" } }));
        assert_eq!(codes(&missing(&mira, &workshop).await), ["DESCRIPTION", "SESSION", "PRICE"]);

        let words = json!({
            "subtitle": "Two hours, one loaf", "descriptionMarkdown": "We bake **together**.", "format": "IN_PERSON",
            "level": "BEGINNER", "language": "de", "nicheSlugs": ["baking"], "materialsMarkdown": "An apron.",
            "cancellationPolicyMarkdown": "Until the day before.", "replayPolicy": "DAYS_30",
        });
        mira.does(WORKSHOP_UPDATE, json!({ "id": workshop, "input": words, "version": 1 })).await;
        let price = mira.asks_for(&workshop, euros(4900)).await;
        studio.sets_date(&workshop, 10, Some(8)).await;
        let unmet = missing(&mira, &workshop).await;
        assert_eq!(codes(&unmet), ["DESCRIPTION"]);
        assert!(unmet[0].1.contains("venue"), "{unmet:?}");
        let venue = json!({ "id": workshop, "input": { "venue": loft() } });
        mira.does(WORKSHOP_UPDATE, venue).await;

        let stranger = market.stranger("Nobody");
        let by_id = json!({ "by": { "id": workshop } });
        let by_link = json!({ "by": { "slug": { "creatorHandle": "mira", "slug": "bread-live" } } });
        for by in [&by_id, &by_link] {
            assert!(stranger.sees(PAGE, by.clone()).await["workshop"].is_null(), "a draft is for the team");
        }
        assert!(stranger.sees(NODE, json!({ "id": workshop })).await["node"].is_null());
        assert_eq!(mira.sees(PAGE, by_link.clone()).await["workshop"]["viewerCanEdit"], true);
        let published = mira.does(PUBLISH, json!({ "id": workshop })).await;
        assert_eq!(published["offering"], json!({ "id": workshop, "status": "PUBLISHED", "kind": "WORKSHOP" }));

        let shown = stranger.sees(PAGE, by_link.clone()).await["workshop"].clone();
        assert_eq!((&shown["id"], &shown["kind"], &shown["format"]), (&json!(workshop), &json!("WORKSHOP"), &json!("IN_PERSON")));
        assert_eq!(shown["description"]["plain"], "We bake together.");
        assert_eq!(shown["materials"]["plain"], "An apron.");
        assert_eq!((&shown["level"], &shown["language"], &shown["replayPolicy"]), (&json!("BEGINNER"), &json!("de"), &json!("DAYS_30")));
        assert_eq!(shown["niches"], json!([{ "slug": "baking" }]));
        assert_eq!(shown["viewerAccess"], json!({ "state": "NEEDS_SIGN_IN", "offers": [{ "id": price }] }));
        assert!(stranger.sees(COURSE, by_link).await["course"].is_null(), "a workshop is no course");
        assert_eq!(stranger.sees(NODE, json!({ "id": workshop })).await["node"], json!({ "__typename": "Workshop", "id": workshop }));

        mira.does(ARCHIVE, json!({ "id": workshop })).await;
        assert!(stranger.sees(PAGE, by_id).await["workshop"].is_null());
    }

    async fn a_workshop_is_in_every_list_of_its_creator(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.sells("Ink", euros(4000)).await.course;
        let (workshop, _) = studio.offers_workshop("Ink, live", euros(9000)).await;
        let draft = studio.drafts_workshop("Clay, live").await;
        let stranger = market.stranger("Nobody");
        let lists = |filter: Value| json!({ "handle": "mira", "creator": studio.id, "filter": filter });
        let listed = stranger.sees(LISTS, lists(json!({ "creatorId": studio.id, "kinds": ["WORKSHOP"] }))).await;
        assert_eq!(listed["creator"]["workshops"], json!({ "nodes": [{ "id": workshop, "title": "Ink, live" }],
            "pageInfo": { "hasNextPage": false } }));
        assert_eq!(listed["creator"]["courses"]["nodes"], json!([{ "id": course }]), "courses alone");
        assert_eq!(listed["offerings"]["nodes"],
            json!([{ "__typename": "Workshop", "id": workshop, "kind": "WORKSHOP", "format": "ONLINE" }]));
        let sections = listed["creator"]["storefront"]["sections"].as_array().unwrap();
        let featured = sections.iter().find(|one| one["offerings"].is_array()).unwrap();
        assert_eq!(featured["offerings"], json!([{ "__typename": "Workshop", "id": workshop }, { "__typename": "Course", "id": course }]));
        let both = stranger.sees(LISTS, lists(json!({ "creatorId": studio.id }))).await;
        assert_eq!(both["offerings"]["nodes"].as_array().unwrap().len(), 2);
        let own = mira.sees(STUDIO, json!({ "id": studio.id })).await;
        assert_eq!(own["studio"]["offerings"]["nodes"], json!([
            { "__typename": "Workshop", "id": draft, "status": "DRAFT" },
            { "__typename": "Workshop", "id": workshop, "status": "PUBLISHED" },
        ]));
    }

    async fn a_venue_is_shown_while_one_can_come_and_its_address_to_whom_it_concerns(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (workshop, _) = studio.offers_workshop("Bread, live", euros(4900)).await;
        let stranger = market.stranger("Nobody");
        let update = async |input: Value| mira.does(WORKSHOP_UPDATE, json!({ "id": workshop, "input": input })).await["workshop"]["venue"].clone();
        let seen = async || stranger.sees(PAGE, json!({ "by": { "id": workshop } })).await["workshop"]["venue"].clone();
        let venue = |address: Value| json!({ "name": "The Loft", "addressLine": address, "city": "Berlin", "country": "DE" });

        assert_eq!(update(json!({ "venue": loft() })).await, json!(null), "it is online");
        assert_eq!(update(json!({ "format": "HYBRID" })).await, venue(json!("Backhaus 3")), "kept meanwhile, and the team sees all");
        assert_eq!(seen().await, venue(json!(null)));
        let mut open = loft();
        open["hideAddress"] = json!(false);
        update(json!({ "venue": open })).await;
        assert_eq!(seen().await, venue(json!("Backhaus 3")));
        update(json!({ "format": "ONLINE" })).await;
        assert_eq!(seen().await, json!(null));
        update(json!({ "venue": null })).await;
    }
}
