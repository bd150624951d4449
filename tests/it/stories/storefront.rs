//! A creator makes a page, opens it, is found and followed.

use serde_json::{Value, json};

use crate::rooms::creators::{CREATE, FOLLOW, LINKS, PUBLISH, UNFOLLOW, UPDATE, new_creator};
use crate::support::{PICTURE, Person, euros, story};

const PAGE: &str = "query($handle: String!) { creator(by: { handle: $handle }) {
    id handle url displayName headline bio { html } niches { slug name } languages links { label url icon }
    isVerified followerCount ratingSummary { average count } viewerIsFollowing viewerStudioRole
    avatar { url } cover { url } seo { title description canonicalUrl }
    storefront { version isPublished theme { preset colorPrimary } sections { __typename
        ... on HeroSection { heading body callToAction { label } }
        ... on LinksSection { links { url } } } } } }";

/// What a storefront shows, as one request.
const UPDATE_COURSE: &str =
    "mutation($id: ID!, $input: CourseInput!) { courseUpdate(id: $id, input: $input) {
    course { id } userErrors { code path message } } }";
const FULL_PAGE: &str = "{ creator(by: { handle: \"mira\" }) {
    handle displayName headline bio { html } avatar { url } cover { url } niches { slug name } links { label url }
    followerCount ratingSummary { average count } seo { title description }
    storefront { version theme { preset } sections { __typename ... on HeroSection { heading image { url } } } }
    courses(first: 20) { nodes { title slug url cover { url width } ratingSummary { average count }
        prices { __typename id } } pageInfo { hasNextPage } } } }";

/// Makes a creator and opens its page; gives its id.
async fn opens(person: &Person, handle: &str, niches: &[&str]) -> String {
    let made = person.does(CREATE, new_creator(json!({ "handle": handle, "nicheSlugs": niches }))).await;
    let id = made["creator"]["id"].as_str().unwrap().to_owned();
    person.does(PUBLISH, json!({ "id": id, "published": true })).await;
    id
}

async fn listed(person: &Person, arguments: &str) -> Vec<String> {
    let seen = person.sees(&format!("{{ creators({arguments}) {{ nodes {{ handle }} }} }}"), json!({})).await;
    let nodes = seen["creators"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["handle"].as_str().unwrap().to_owned()).collect()
}

async fn page(person: &Person, handle: &str) -> Value {
    person.sees(PAGE, json!({ "handle": handle })).await["creator"].clone()
}

story! {
    async fn a_creator_makes_a_page_and_opens_it(market) {
        let mira = market.person("Mira").await;
        let made = mira.does(CREATE, new_creator(json!({ "handle": "Mira-Bakes" }))).await;
        let id = made["creator"]["id"].clone();
        assert_eq!(made["creator"]["handle"], "mira-bakes", "handles are lower case");
        assert_eq!(made["studio"]["creator"]["id"], id);
        assert_eq!(made["studio"]["viewerPermissions"].as_array().unwrap().len(), 10);
        assert_eq!(made["studio"]["members"][0]["role"], "OWNER");

        let update = json!({ "id": id, "input": {
            "displayName": "Mira Bakes", "headline": "Bread, slowly", "bioMarkdown": "I bake **rye**.",
            "nicheSlugs": ["cooking", "baking"], "languages": ["de", "en"],
        } });
        mira.does(UPDATE, update).await;
        let links = json!([{ "label": "Films", "url": "https://video.example/mira", "icon": "video-camera" },
                           { "label": "Letters", "url": "http://letters.example" }]);
        mira.does(LINKS, json!({ "id": id, "links": links })).await;

        let anybody = market.stranger("Anybody");
        assert_eq!(page(&anybody, "mira-bakes").await, Value::Null, "a closed page is seen by nobody");
        let own = page(&mira, "mira-bakes").await;
        assert_eq!(own["viewerStudioRole"], "OWNER");
        assert_eq!(own["storefront"]["isPublished"], false, "the team sees what will be shown");

        let opened = mira.does(PUBLISH, json!({ "id": id, "published": true })).await;
        assert_eq!(opened["storefront"]["isPublished"], true);
        let seen = page(&anybody, "MIRA-bakes").await;
        assert_eq!(seen["displayName"], "Mira Bakes");
        assert_eq!(seen["url"], format!("{}/@mira-bakes", market.app().settings.public_url));
        assert_eq!(seen["bio"]["html"], "<p>I bake <strong>rye</strong>.</p>\n");
        assert_eq!(seen["niches"], json!([{ "slug": "baking", "name": "Baking" }, { "slug": "cooking", "name": "Cooking" }]));
        assert_eq!(seen["languages"], json!(["de", "en"]));
        assert_eq!(seen["links"][0], json!({ "label": "Films", "url": "https://video.example/mira", "icon": "video-camera" }));
        assert_eq!(seen["links"][1]["icon"], Value::Null);
        assert_eq!((&seen["ratingSummary"]["average"], &seen["ratingSummary"]["count"]), (&Value::Null, &json!(0)));
        assert_eq!((&seen["viewerStudioRole"], &seen["viewerIsFollowing"]), (&Value::Null, &json!(false)));
        assert_eq!(seen["seo"]["description"], "I bake rye.");
        let sections = seen["storefront"]["sections"].as_array().unwrap();
        assert_eq!(sections[0]["heading"], "Mira Bakes");
        assert_eq!(sections[0]["body"], "Bread, slowly");
        assert_eq!(sections[0]["callToAction"]["label"], "Films");

        mira.does(PUBLISH, json!({ "id": id, "published": false })).await;
        assert_eq!(page(&anybody, "mira-bakes").await, Value::Null, "closed again");
    }

    async fn a_page_costs_few_statements_however_much_it_shows(market) with ("KEPT_ROWS" = "no") {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let links: Vec<Value> = (0..20).map(|n| json!({ "label": format!("{n}"), "url": "https://example.com" })).collect();
        mira.does(LINKS, json!({ "id": studio.id, "links": links })).await;
        let picture = studio.uploads("COVER", "image/png", PICTURE).await;
        let pictures = json!({ "avatarAssetId": picture, "coverAssetId": picture, "nicheSlugs": ["baking", "home"] });
        mira.does(UPDATE, json!({ "id": studio.id, "input": pictures })).await;
        let anybody = market.stranger("Anybody");
        market.settles().await;
        let (seen, cost) = market.statements(page(&anybody, "mira")).await;
        assert_eq!(seen["links"].as_array().unwrap().len(), 20);
        assert!(seen["cover"]["url"].is_string());
        assert!(cost <= 2, "a page without courses costs {cost} statements");

        let cover = "mutation($id: ID!, $cover: ID) { courseUpdate(id: $id, input: { coverAssetId: $cover }) {
            course { id } userErrors { code path message } } }";
        for n in 0..4 {
            let made = studio.sells(&format!("Course {n}"), euros(900)).await;
            let picture = studio.uploads("COVER", "image/png", PICTURE).await;
            mira.does(cover, json!({ "id": made.course, "cover": picture })).await;
        }
        market.settles().await;
        let (seen, cost) = market.statements(anybody.sees(FULL_PAGE, json!({}))).await;
        let courses = seen["creator"]["courses"]["nodes"].as_array().unwrap();
        assert_eq!(courses.len(), 4);
        assert_eq!(courses[0]["title"], "Course 3");
        assert!(courses[3]["cover"]["url"].is_string());
        assert_eq!(courses[3]["prices"][0]["__typename"], "Price");
        assert!(cost <= 5, "a full page costs {cost} statements");

        let featured = "{ creator(by: { handle: \"mira\" }) { storefront { sections { __typename
            ... on FeaturedSection { heading offerings { title } } } } } }";
        let seen = anybody.sees(featured, json!({})).await;
        let sections = seen["creator"]["storefront"]["sections"].as_array().unwrap();
        assert_eq!(sections[1]["heading"], "Courses");
        assert_eq!(sections[1]["offerings"][0]["title"], "Course 3");
    }

    async fn a_list_tells_at_length_what_is_asked_for_at_the_price_of_one_statement(market) with ("KEPT_ROWS" = "no") {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        for title in ["Rye", "Wheat"] {
            let made = studio.sells(title, euros(900)).await;
            let words = json!({ "id": made.course, "input": { "descriptionMarkdown": format!("All of **{title}**."),
                "outcomes": [format!("You will bake {title}.")] } });
            mira.does(UPDATE_COURSE, words).await;
        }
        market.settles().await;
        let anybody = market.stranger("Anybody");
        let list = |fields: &str| format!("{{ creator(by: {{ handle: \"mira\" }}) {{ courses {{ nodes {{ {fields} }} }} }} }}");
        let (_, short) = market.statements(anybody.sees(&list("title"), json!({}))).await;
        let asked = list("description { plain } outcomes seo { description }");
        let (seen, long) = market.statements(anybody.sees(&asked, json!({}))).await;
        let courses = &seen["creator"]["courses"]["nodes"];
        assert_eq!(courses[1]["description"]["plain"], "All of Rye.");
        assert_eq!(courses[0]["outcomes"], json!(["You will bake Wheat."]));
        assert_eq!(courses[0]["seo"]["description"], "All of Wheat.");
        assert_eq!(long, short + 1, "what is said at length of all courses is one statement");
    }

    async fn a_studio_says_what_is_left_to_do(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let document = "query($id: ID!) { studio(creatorId: $id) { onboarding { code isMet message } } }";
        let left = async || {
            let seen = mira.sees(document, json!({ "id": studio.id })).await;
            let steps = seen["studio"]["onboarding"].as_array().unwrap().clone();
            let open = steps.into_iter().filter(|step| step["isMet"] == false);
            open.map(|step| step["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(left().await, ["DESCRIPTION", "COVER", "PAYOUT_ACCOUNT", "OUTLINE"]);
        let portrait = studio.uploads("COVER", "image/png", PICTURE).await;
        let profile = json!({ "bioMarkdown": "I bake.", "coverAssetId": portrait });
        mira.does(UPDATE, json!({ "id": studio.id, "input": profile })).await;
        studio.sells("Rye", json!({ "free": true })).await;
        assert_eq!(left().await, ["PAYOUT_ACCOUNT"], "free courses can be had before money can be paid out");
    }

    async fn a_picture_of_another_studio_is_not_there(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let (hers, his) = (mira.opens_studio("mira").await, ben.opens_studio("ben").await);
        let picture = hers.uploads("COVER", "image/png", PICTURE).await;
        let promised = his.promises("COVER", "image/png", PICTURE).await["asset"]["id"].clone();
        let stolen = json!({ "id": his.id, "input": { "coverAssetId": picture, "avatarAssetId": promised } });
        let refused = ben.is_refused(UPDATE, stolen).await;
        let found: Vec<_> = refused.iter().map(|one| (one.path.as_str(), one.code.as_str())).collect();
        assert_eq!(found, [("input.avatarAssetId", "ASSET_NOT_READY"), ("input.coverAssetId", "NOT_FOUND")]);
        assert_eq!(page(&ben, "ben").await["cover"], Value::Null);
    }

    async fn followers_are_counted_exactly(market) {
        let mira = market.person("Mira").await;
        let id = opens(&mira, "mira", &["baking"]).await;
        let (ben, ada) = (market.person("Ben").await, market.person("Ada").await);
        let follow = json!({ "id": id });
        assert_eq!(ben.does(FOLLOW, follow.clone()).await["creator"]["followerCount"], 1);
        assert_eq!(ben.does(FOLLOW, follow.clone()).await["creator"]["followerCount"], 1, "twice is once");
        assert_eq!(ada.does(FOLLOW, follow.clone()).await["creator"]["followerCount"], 2);
        assert_eq!(page(&ben, "mira").await["viewerIsFollowing"], true);
        let mine = ben.sees("{ viewer { following { nodes { handle } } } }", json!({})).await;
        assert_eq!(mine["viewer"]["following"]["nodes"], json!([{ "handle": "mira" }]));
        assert_eq!(ben.does(UNFOLLOW, follow.clone()).await["creator"]["followerCount"], 1);
        assert_eq!(ben.does(UNFOLLOW, follow.clone()).await["creator"]["followerCount"], 1);
        let mine = ben.sees("{ viewer { following { nodes { handle } } } }", json!({})).await;
        assert_eq!(mine["viewer"]["following"]["nodes"], json!([]));

        mira.does(PUBLISH, json!({ "id": id, "published": false })).await;
        let gone = ada.sees("{ viewer { following { nodes { handle } } } }", json!({})).await;
        assert_eq!(gone["viewer"]["following"]["nodes"], json!([]), "a closed page is not shown to followers");
        assert_eq!(ada.does(UNFOLLOW, follow).await["creator"], Value::Null, "but can still be left");
    }

    async fn many_follow_and_leave_at_once(market) {
        let mira = market.person("Mira").await;
        let id = opens(&mira, "mira", &["baking"]).await;
        let mut people = Vec::new();
        for n in 0..6 {
            people.push(market.person(&format!("Follower {n}")).await);
        }
        let acts = people.iter().enumerate().flat_map(|(n, person)| {
            // Everybody clicks three times; those with an odd number leave in the end, whatever came first.
            let clicks: Vec<&str> = if n % 2 == 0 { vec![FOLLOW; 3] } else { vec![FOLLOW, FOLLOW, UNFOLLOW] };
            clicks.into_iter().map(|act| person.does(act, json!({ "id": id }))).collect::<Vec<_>>()
        });
        futures_util::future::join_all(acts).await;
        market.is_sound().await;
        for person in people.iter().skip(1).step_by(2) {
            person.does(UNFOLLOW, json!({ "id": id })).await;
        }
        assert_eq!(page(&mira, "mira").await["followerCount"], 3);
    }

    async fn creators_are_found_by_what_they_teach(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let first = opens(&mira, "first", &["baking"]).await;
        market.passes(chrono::Duration::minutes(1)).await;
        opens(&mira, "second", &["cooking", "baking"]).await;
        market.passes(chrono::Duration::minutes(1)).await;
        let third = opens(&ben, "third", &["music"]).await;
        ben.does(UPDATE, json!({ "id": third, "input": { "languages": ["pt-BR"] } })).await;
        let closed = mira.does(CREATE, new_creator(json!({ "handle": "closed", "nicheSlugs": ["music"] }))).await;
        assert!(closed["creator"]["id"].is_string());
        ben.does(FOLLOW, json!({ "id": first })).await;

        assert_eq!(listed(&mira, "orderBy: NEWEST").await, ["third", "second", "first"]);
        assert_eq!(listed(&mira, "orderBy: POPULAR").await[0], "first");
        assert_eq!(listed(&mira, "first: 3, orderBy: TOP_RATED").await.len(), 3);
        assert_eq!(listed(&mira, "filter: { nicheSlugs: [\"baking\"] }, orderBy: NEWEST").await, ["second", "first"]);
        assert_eq!(listed(&mira, "filter: { nicheSlugs: [\"music\", \"cooking\"] }, orderBy: NEWEST").await, ["third", "second"]);
        assert_eq!(listed(&mira, "filter: { language: \"PT-br\" }").await, ["third"]);
        assert_eq!(listed(&mira, "filter: { nicheSlugs: [\"baking\"], language: \"pt-BR\" }").await, Vec::<String>::new());

        let niches = mira.sees("{ niches { slug creatorCount } }", json!({})).await;
        let count = |slug: &str| {
            let all = niches["niches"].as_array().unwrap();
            all.iter().find(|one| one["slug"] == slug).unwrap()["creatorCount"].clone()
        };
        assert_eq!((count("baking"), count("music"), count("yoga")), (json!(2), json!(1), json!(0)));
    }

    async fn lists_are_read_page_by_page(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        for (n, person) in [&mira, &ben, &mira, &ben, &mira].into_iter().enumerate() {
            opens(person, &format!("number-{n}"), &["baking"]).await;
        }
        for order in ["POPULAR", "NEWEST", "TOP_RATED"] {
            let document = format!("query($after: String) {{ creators(first: 2, orderBy: {order}, after: $after) {{
                nodes {{ handle }} pageInfo {{ hasNextPage endCursor }} }} }}");
            let (mut found, mut after) = (Vec::new(), Value::Null);
            for _ in 0..3 {
                let seen = mira.sees(&document, json!({ "after": after })).await["creators"].clone();
                found.extend(seen["nodes"].as_array().unwrap().iter().map(|node| node["handle"].as_str().unwrap().to_owned()));
                assert_eq!(seen["pageInfo"]["hasNextPage"], json!(found.len() < 5));
                after = seen["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(found, ["number-4", "number-3", "number-2", "number-1", "number-0"], "{order}");
        }
        let popular = mira.sees("{ creators(first: 1) { pageInfo { endCursor } } }", json!({})).await;
        let foreign = json!({ "after": popular["creators"]["pageInfo"]["endCursor"] });
        let document = "query($after: String) { creators(orderBy: NEWEST, after: $after) { nodes { id } } }";
        assert_eq!(ben.asks(document, foreign).await.error_code(), "BAD_CURSOR");
    }
}
