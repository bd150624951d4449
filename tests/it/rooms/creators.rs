//! What creators refuse: bad ids, other people's ids, missing roles, what is too long, too many or taken.

use atelier::creators::TeamRole;
use serde_json::{Value, json};

use crate::support::{Person, story};

pub const CREATE: &str = "mutation($input: CreatorCreateInput!) { creatorCreate(input: $input) {
    creator { id handle } studio { id creator { id } viewerPermissions members { id role user { displayName } } }
    userErrors { code path message ... on HandleTakenError { suggestions } } } }";
pub const UPDATE: &str = "mutation($id: ID!, $input: CreatorUpdateInput!) { creatorUpdate(creatorId: $id, input: $input) {
    creator { displayName headline bio { markdown } languages niches { slug } } userErrors { code path message } } }";
pub const LINKS: &str =
    "mutation($id: ID!, $links: [ProfileLinkInput!]!) { creatorLinksSet(creatorId: $id, links: $links) {
    creator { links { label url } } userErrors { code path message } } }";
pub const PUBLISH: &str =
    "mutation($id: ID!, $published: Boolean!) { storefrontPublish(creatorId: $id, published: $published) {
    storefront { isPublished } userErrors { code path message } } }";
pub const FOLLOW: &str = "mutation($id: ID!) { creatorFollow(creatorId: $id) { creator { followerCount } userErrors { code path message } } }";
pub const UNFOLLOW: &str = "mutation($id: ID!) { creatorUnfollow(creatorId: $id) { creator { followerCount } userErrors { code path message } } }";
const STUDIO: &str = "query($id: ID!) { studio(creatorId: $id) { id viewerPermissions } }";

/// A creator that could be made, with changes.
pub fn new_creator(change: Value) -> Value {
    let mut input = json!({
        "handle": "mira", "displayName": "Mira", "country": "DE", "timeZone": "Europe/Berlin", "currency": "EUR",
        "nicheSlugs": ["baking"],
    });
    for (name, value) in change.as_object().cloned().unwrap_or_default() {
        input[name] = value;
    }
    json!({ "input": input })
}

async fn creator(person: &Person, handle: &str) -> String {
    let made = person.does(CREATE, new_creator(json!({ "handle": handle }))).await;
    made["creator"]["id"].as_str().unwrap().to_owned()
}

async fn refused(person: &Person, document: &str, variables: Value) -> Vec<(String, String)> {
    let refused = person.is_refused(document, variables).await;
    assert!(refused.iter().all(|one| one.message.ends_with('.')), "every refusal is a sentence: {refused:?}");
    refused.into_iter().map(|one| (one.path, one.code)).collect()
}

fn one(path: &str, code: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), code.to_owned())]
}

story! {
    async fn a_creator_is_refused_with_every_reason_at_once(market) {
        let mira = market.person("Mira").await;
        let all = json!({
            "handle": "no", "displayName": "  ", "country": "XX", "timeZone": "Mars/Olympus", "currency": "XAU",
            "nicheSlugs": ["baking", "alchemy"],
        });
        let found = refused(&mira, CREATE, new_creator(all)).await;
        for (path, code) in [
            ("input.handle", "INVALID"),
            ("input.displayName", "REQUIRED"),
            ("input.country", "INVALID"),
            ("input.timeZone", "INVALID"),
            ("input.currency", "CURRENCY_UNSUPPORTED"),
            ("input.nicheSlugs.1", "NOT_FOUND"),
        ] {
            assert!(found.contains(&(path.to_owned(), code.to_owned())), "{path} {code} is not among {found:?}");
        }
        assert_eq!(found.len(), 6);
        let none = json!({ "nicheSlugs": [], "displayName": "x".repeat(81) });
        let found = refused(&mira, CREATE, new_creator(none)).await;
        assert!(found.contains(&("input.nicheSlugs".into(), "REQUIRED".into())), "{found:?}");
        assert!(found.contains(&("input.displayName".into(), "TOO_LONG".into())), "{found:?}");
        let six = json!({ "nicheSlugs": ["a", "b", "c", "d", "e", "f"] });
        assert_eq!(refused(&mira, CREATE, new_creator(six)).await, one("input.nicheSlugs", "TOO_MANY"));
    }

    async fn a_taken_handle_comes_with_free_ones(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        creator(&mira, "mira").await;
        for taken in ["mira", "MIRA", "admin", "graphql"] {
            let wanted = new_creator(json!({ "handle": taken, "displayName": "Mira Öz" }));
            let answer = ben.asks(CREATE, wanted).await;
            let error = &answer.data()["creatorCreate"]["userErrors"][0];
            assert_eq!((&error["code"], &error["path"]), (&json!("TAKEN"), &json!(["input", "handle"])));
            let free = error["suggestions"].as_array().unwrap().clone();
            assert_eq!(free.len(), 3, "{error}");
            assert_eq!(free[0], "mira-oz");
        }
        creator(&ben, "mira-oz").await;
    }

    async fn two_want_the_same_handle_at_once(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let both = [&mira, &ben].map(|person| person.asks(CREATE, new_creator(json!({}))));
        let answers = futures_util::future::join_all(both).await;
        let lost: Vec<_> = answers.iter().flat_map(|answer| answer.refusals()).collect();
        assert_eq!(lost.len(), 1, "{answers:?}");
        assert_eq!(lost[0].code, "TAKEN");
    }

    async fn an_account_owns_at_most_five(market) {
        let mira = market.person("Mira").await;
        let made = (0..7).map(|n| {
            let mira = mira.clone();
            async move { mira.asks(CREATE, new_creator(json!({ "handle": format!("mira-{n}") }))).await }
        });
        let answers = futures_util::future::join_all(made).await;
        let refused: Vec<_> = answers.iter().flat_map(|answer| answer.refusals()).collect();
        assert_eq!(refused.len(), 2, "five were made, even at once: {refused:?}");
        assert!(refused.iter().all(|one| one.code == "LIMIT_REACHED"));
        let mine = mira.sees("{ viewer { studios { role creator { handle } permissions } } }", json!({})).await;
        assert_eq!(mine["viewer"]["studios"].as_array().unwrap().len(), 5);
    }

    async fn a_profile_takes_only_what_it_can_show(market) {
        let mira = market.person("Mira").await;
        let id = creator(&mira, "mira").await;
        let all = json!({ "id": id, "input": {
            "displayName": "", "headline": "h".repeat(161), "bioMarkdown": "b".repeat(5001), "nicheSlugs": [],
            "languages": ["en", "not a language"], "avatarAssetId": "ast_0000000000000000000001",
            "coverAssetId": "crs_0000000000000000000001",
        } });
        let found = refused(&mira, UPDATE, all).await;
        for (path, code) in [
            ("input.displayName", "REQUIRED"),
            ("input.headline", "TOO_LONG"),
            ("input.bioMarkdown", "TOO_LONG"),
            ("input.nicheSlugs", "REQUIRED"),
            ("input.languages.1", "INVALID"),
            ("input.avatarAssetId", "NOT_FOUND"),
            ("input.coverAssetId", "INVALID_ID"),
        ] {
            assert!(found.contains(&(path.to_owned(), code.to_owned())), "{path} {code} is not among {found:?}");
        }
        let set = json!({ "id": id, "input": { "headline": "Bread", "bioMarkdown": "I bake." } });
        mira.does(UPDATE, set).await;
        let kept = mira.does(UPDATE, json!({ "id": id, "input": { "displayName": "Mira B." } })).await;
        assert_eq!((&kept["creator"]["headline"], &kept["creator"]["bio"]["markdown"]), (&json!("Bread"), &json!("I bake.")));
        let cleared = mira.does(UPDATE, json!({ "id": id, "input": { "headline": null, "bioMarkdown": null } })).await;
        assert_eq!(cleared["creator"]["headline"], Value::Null);
        assert_eq!(cleared["creator"]["bio"]["markdown"], "");
        assert_eq!(cleared["creator"]["displayName"], "Mira B.");
    }

    async fn links_lead_to_the_web_only(market) {
        let mira = market.person("Mira").await;
        let id = creator(&mira, "mira").await;
        let link = |label: &str, url: &str| json!({ "label": label, "url": url });
        mira.does(LINKS, json!({ "id": id, "links": [link("Me", "https://example.com")] })).await;
        let bad = [link("", "https://example.com"), link("x", "javascript:alert(1)"), link(&"x".repeat(61), "https://example.com")];
        let found = refused(&mira, LINKS, json!({ "id": id, "links": bad })).await;
        let expected = [("links.0.label", "REQUIRED"), ("links.1.url", "INVALID"), ("links.2.label", "TOO_LONG")];
        assert_eq!(found, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
        let many: Vec<Value> = (0..21).map(|_| link("x", "https://example.com")).collect();
        assert_eq!(refused(&mira, LINKS, json!({ "id": id, "links": many })).await, one("links", "TOO_MANY"));
        let seen = mira.sees("query($id: ID!) { creator(by: { id: $id }) { links { label } } }", json!({ "id": id })).await;
        assert_eq!(seen["creator"]["links"], json!([{ "label": "Me" }]), "a refused list changes nothing");
        mira.does(LINKS, json!({ "id": id, "links": [] })).await;
    }

    async fn outsiders_find_nothing_and_members_need_the_permission(market) {
        let mira = market.person("Mira").await;
        let id = creator(&mira, "mira").await;
        let (ben, nobody) = (market.person("Ben").await, market.stranger("Nobody"));
        let changes = [
            (UPDATE, json!({ "id": id, "input": {} })),
            (LINKS, json!({ "id": id, "links": [] })),
            (PUBLISH, json!({ "id": id, "published": true })),
        ];
        for (document, variables) in &changes {
            assert_eq!(nobody.asks(document, variables.clone()).await.error_code(), "UNAUTHENTICATED");
            assert_eq!(refused(&ben, document, variables.clone()).await, one("creatorId", "NOT_FOUND"));
            let mut wrong = variables.clone();
            wrong["id"] = json!("stu_0000000000000000000001");
            assert_eq!(ben.is_refused(document, wrong).await[0].code, "INVALID_ID");
        }
        assert_eq!(refused(&ben, FOLLOW, json!({ "id": id })).await, one("creatorId", "NOT_FOUND"), "a closed page");
        assert_eq!(refused(&ben, UNFOLLOW, json!({ "id": id })).await, one("creatorId", "NOT_FOUND"));
        assert_eq!(nobody.asks(FOLLOW, json!({ "id": id })).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(ben.sees(STUDIO, json!({ "id": id })).await["studio"], Value::Null);
        assert_eq!(nobody.sees(STUDIO, json!({ "id": id })).await["studio"], Value::Null);

        ben.db_joins(&id, TeamRole::Editor).await;
        for (document, variables) in changes {
            let answer = ben.asks(document, variables).await;
            assert_eq!(answer.error_code(), "FORBIDDEN");
            assert_eq!(answer.body["errors"][0]["extensions"]["missingPermission"], "SETTINGS");
        }
        let seen = ben.sees(STUDIO, json!({ "id": id })).await;
        assert_eq!(seen["studio"]["viewerPermissions"], json!(["CATALOG", "MEDIA"]));
        let ada = market.person("Ada").await;
        ada.db_joins(&id, TeamRole::Admin).await;
        ada.does(PUBLISH, json!({ "id": id, "published": true })).await;
    }

    async fn every_node_is_seen_by_who_may(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let made = mira.does(CREATE, new_creator(json!({}))).await;
        let id = made["creator"]["id"].clone();
        let niche = mira.sees("{ niches { id } }", json!({})).await["niches"][0]["id"].clone();
        let ids = json!({ "ids": [id, made["studio"]["id"], made["studio"]["members"][0]["id"], niche,
            "crt_0000000000000000000001", "stu_garbage"] });
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
        let names = |seen: Value| {
            let nodes = seen["nodes"].as_array().unwrap().clone();
            nodes.iter().map(|node| node["__typename"].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>()
        };
        let all = ["Creator", "Studio", "StudioMembership", "Niche", "-", "-"];
        assert_eq!(names(mira.sees(document, ids.clone()).await), all);
        assert_eq!(names(ben.sees(document, ids.clone()).await), ["-", "-", "-", "Niche", "-", "-"]);
        mira.does(PUBLISH, json!({ "id": id, "published": true })).await;
        let open = ["Creator", "-", "-", "Niche", "-", "-"];
        assert_eq!(names(ben.sees(document, ids.clone()).await), open);
        assert_eq!(names(ben.anonymously().sees(document, ids).await), open);
        let user = json!({ "id": mira.user_id().await });
        let seen = ben.sees("query($id: ID!) { node(id: $id) { ... on User { creator { handle } } } }", user).await;
        assert_eq!(seen["node"]["creator"]["handle"], "mira");
    }
}
