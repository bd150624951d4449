//! Making a course and showing it to the world.

use serde_json::{Value, json};

use crate::support::{FILM, PICTURE, SHEET, SOUND, Studio, euros, story, text};

const PAGE: &str = "query($handle: String!, $slug: String!) { course(by: { slug: { creatorHandle: $handle, slug: $slug } }) {
    id slug url title status version lessonCount estimatedMinutes description { plain }
    creator { handle displayName } cover { url width } viewerAccess { state offers { id } } viewerCanEdit
    prices { id amount { formatted } isDefault isActive }
    sections { id title position lessons { id title kind position isPreview durationSeconds access { state }
        content { __typename } attachments { id } } } } }";
const LESSON: &str = "query($id: ID!) { lesson(id: $id) { title access { state offers { id } }
    attachments { title byteSize contentType } next { id } previous { id }
    content { __typename ... on ArticleContent { body { markdown } readingMinutes }
        ... on VideoContent { durationSeconds aspectRatio asset { id } }
        ... on AudioContent { durationSeconds }
        ... on DownloadContent { attachments { contentType byteSize } } } } }";
const PUBLISH: &str = "mutation($id: ID!) { offeringPublish(id: $id) { offering { id status }
    userErrors { code path message ... on PublishBlockedError { requirements { code isMet message } } } } }";
const UNPUBLISH: &str = "mutation($id: ID!) { offeringUnpublish(id: $id) { offering { status } userErrors { code path message } } }";
const ARCHIVE: &str = "mutation($id: ID!) { offeringArchive(id: $id) { offering { status } userErrors { code path message } } }";
const SLUG: &str = "mutation($id: ID!, $slug: String!) { offeringSlugChange(id: $id, slug: $slug) {
    offering { slug url } userErrors { code path message } } }";
const REORDER: &str = "mutation($id: ID!, $outline: [OutlineSectionInput!]!, $version: Int!) {
    courseOutlineReorder(courseId: $id, outline: $outline, expectedVersion: $version) {
    course { version sections { id position lessons { id position } } } userErrors { code path message } } }";

fn page(studio: &Studio, slug: &str) -> Value {
    json!({ "handle": studio.handle, "slug": slug })
}

story! {
    async fn a_course_goes_from_a_title_to_the_storefront(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Sourdough in 30 days!").await;
        let blocked = mira.asks(PUBLISH, json!({ "id": course })).await;
        let error = &blocked.data()["offeringPublish"]["userErrors"][0];
        assert_eq!(error["code"], "NOT_PUBLISHABLE");
        let met = json!([
            { "code": "DESCRIPTION", "isMet": true }, { "code": "OUTLINE", "isMet": false },
            { "code": "READY_MEDIA", "isMet": true }, { "code": "PRICE", "isMet": false },
        ]);
        let listed: Vec<Value> = error["requirements"].as_array().unwrap().iter()
            .map(|one| json!({ "code": one["code"], "isMet": one["isMet"] })).collect();
        assert_eq!(json!(listed), met);

        let section = studio.adds_section(&course, "Flour").await;
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let first = studio.adds_lesson(&section, json!({ "title": "Welcome", "isPreview": true })).await;
        assert_eq!(studio.sets_content(&first, json!({ "videoAssetId": film })).await["kind"], "VIDEO");
        studio.adds_article(&section, "Water", &"word ".repeat(400)).await;
        let price = studio.prices(&course, euros(4900)).await;
        let anybody = mira.anonymously();
        assert!(anybody.sees(PAGE, page(&studio, "sourdough-in-30-days")).await["course"].is_null());
        assert_eq!(mira.sees(PAGE, page(&studio, "sourdough-in-30-days")).await["course"]["status"], "DRAFT");

        assert_eq!(studio.publishes(&course).await["status"], "PUBLISHED");
        let seen = anybody.sees(PAGE, page(&studio, "sourdough-in-30-days")).await["course"].clone();
        assert_eq!(seen["lessonCount"], 2);
        assert_eq!(seen["estimatedMinutes"], 2, "four hundred words take two minutes");
        assert_eq!(seen["prices"][0]["amount"]["formatted"], "€49.00");
        assert_eq!(seen["prices"][0]["isDefault"], true);
        assert_eq!(seen["viewerAccess"], json!({ "state": "NEEDS_SIGN_IN", "offers": [{ "id": price }] }));
        assert_eq!(seen["creator"]["handle"], "mira");
        assert!(text(&seen["url"]).ends_with("/@mira/sourdough-in-30-days"));
        let lessons = &seen["sections"][0]["lessons"];
        assert_eq!(lessons[0]["access"]["state"], "PREVIEW");
        assert_eq!(lessons[0]["content"]["__typename"], "VideoContent");
        assert_eq!(lessons[1]["access"]["state"], "NEEDS_SIGN_IN");
        assert!(lessons[1]["content"].is_null());
        assert_eq!(seen["viewerCanEdit"], false);
    }

    async fn every_kind_of_lesson_teaches_its_team_and_nobody_else(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let sound = studio.uploads("LESSON_MEDIA", "audio/mpeg", SOUND).await;
        let sheet = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        studio.sets_content(&made.lessons[1], json!({ "audioAssetId": sound })).await;
        studio.sets_content(&made.lessons[2], json!({ "downloadAssetIds": [sheet] })).await;
        studio.sets_content(&made.lessons[3], json!({ "videoAssetId": film })).await;
        let kinds = ["ArticleContent", "AudioContent", "DownloadContent", "VideoContent"];
        for (lesson, kind) in made.lessons.iter().zip(kinds) {
            let mine = mira.sees(LESSON, json!({ "id": lesson })).await["lesson"].clone();
            assert_eq!(mine["content"]["__typename"], kind);
            assert_eq!(mine["access"]["state"], "OPEN");
            for (other, state) in [(&ben, "NEEDS_PURCHASE"), (&ben.anonymously(), "NEEDS_SIGN_IN")] {
                let theirs = other.asks(LESSON, json!({ "id": lesson })).await;
                let seen = &theirs.data()["lesson"];
                assert_eq!(seen["access"]["state"], state);
                assert_eq!(seen["access"]["offers"][0]["id"], json!(made.price));
                assert!(seen["content"].is_null() && seen["attachments"] == json!([]));
                assert!(!theirs.body.to_string().contains("secret"), "{}", theirs.body);
            }
        }
        let middle = mira.sees(LESSON, json!({ "id": made.lessons[1] })).await["lesson"].clone();
        assert_eq!(middle["previous"]["id"], json!(made.lessons[0]));
        assert_eq!(middle["next"]["id"], json!(made.lessons[2]), "the next section begins");
    }

    async fn a_price_can_be_free_fixed_or_open_and_is_replaced_not_changed(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let open = json!({ "payWhatYouWant": {
            "minimum": { "minorUnits": 500, "currency": "EUR" }, "suggested": { "minorUnits": 1500, "currency": "EUR" } } });
        let open = studio.prices(&made.course, open).await;
        studio.prices(&made.course, json!({ "free": true })).await;
        let prices = "query($id: ID!) { course(by: { id: $id }) { prices { id kind isDefault
            amount { formatted } minimum { minorUnits } suggested { minorUnits } } } }";
        let seen = mira.anonymously().sees(prices, json!({ "id": made.course })).await;
        let kinds: Vec<_> = seen["course"]["prices"].as_array().unwrap().iter().map(|p| text(&p["kind"])).collect();
        assert_eq!(kinds, ["ONE_TIME", "PAY_WHAT_YOU_WANT", "FREE"]);
        assert_eq!(seen["course"]["prices"][1]["minimum"]["minorUnits"], 500);
        let archive = "mutation($id: ID!) { priceArchive(id: $id) { price { isActive isDefault } userErrors { code path message } } }";
        let gone = mira.does(archive, json!({ "id": made.price })).await;
        assert_eq!(gone["price"], json!({ "isActive": false, "isDefault": false }));
        mira.does(archive, json!({ "id": made.price })).await;
        let seen = mira.anonymously().sees(prices, json!({ "id": made.course })).await;
        assert_eq!(seen["course"]["prices"][0]["id"], json!(open));
        assert_eq!(seen["course"]["prices"][0]["isDefault"], true, "the oldest that is left");
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert!(mira.anonymously().sees(node, json!({ "id": made.price })).await["node"].is_null());
        assert!(mira.sees(node, json!({ "id": made.price })).await["node"].is_object());
    }

    async fn an_outline_is_sorted_in_one_go(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let version = mira.sees("query($id: ID!) { course(by: { id: $id }) { version } }", json!({ "id": made.course }))
            .await["course"]["version"].clone();
        let outline = json!([
            { "sectionId": made.sections[1], "lessonIds": [made.lessons[3], made.lessons[0], made.lessons[2]] },
            { "sectionId": made.sections[0], "lessonIds": [made.lessons[1]] },
        ]);
        let variables = json!({ "id": made.course, "outline": outline, "version": version });
        let sorted = mira.does(REORDER, variables.clone()).await["course"].clone();
        let first: Vec<_> = sorted["sections"][0]["lessons"].as_array().unwrap().iter().map(|l| text(&l["id"])).collect();
        assert_eq!(first, [made.lessons[3].clone(), made.lessons[0].clone(), made.lessons[2].clone()]);
        assert_eq!(sorted["sections"][0]["id"], json!(made.sections[1]));
        let refused = mira.is_refused(REORDER, variables).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("STALE_VERSION", "expectedVersion"));
        let delete = "mutation($id: ID!) { lessonDelete(id: $id) { deletedId userErrors { code path message } } }";
        mira.does(delete, json!({ "id": made.lessons[0] })).await;
        let delete = "mutation($id: ID!) { sectionDelete(id: $id) { deletedId userErrors { code path message } } }";
        mira.does(delete, json!({ "id": made.sections[0] })).await;
        let left = mira.sees("query($id: ID!) { course(by: { id: $id }) { lessonCount sections { position lessons { position } } } }",
            json!({ "id": made.course })).await["course"].clone();
        assert_eq!(left, json!({ "lessonCount": 2, "sections": [
            { "position": 0, "lessons": [{ "position": 0 }, { "position": 1 }] }] }));
    }

    async fn an_old_link_keeps_leading_to_its_course(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let again = studio.sells("Bread", euros(900)).await;
        assert_eq!((made.slug.as_str(), again.slug.as_str()), ("bread", "bread-2"));
        mira.does(SLUG, json!({ "id": made.course, "slug": "Better-Bread" })).await;
        let anybody = mira.anonymously();
        for slug in ["bread", "better-bread"] {
            let seen = anybody.sees(PAGE, page(&studio, slug)).await["course"].clone();
            assert_eq!(seen["id"], json!(made.course));
            assert_eq!(seen["slug"], "better-bread");
        }
        for taken in ["bread", "better-bread"] {
            let refused = mira.is_refused(SLUG, json!({ "id": again.course, "slug": taken })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("TAKEN", "slug"));
        }
        mira.does(SLUG, json!({ "id": made.course, "slug": "bread" })).await;
        let seen = anybody.sees(PAGE, page(&studio, "better-bread")).await;
        assert_eq!(seen["course"]["slug"], "bread", "back to the first link; the second still leads here");
        assert_eq!(studio.sells("Bread", euros(900)).await.slug, "bread-3");
    }

    async fn what_is_taken_back_is_seen_by_its_team_alone(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let ids = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let all = json!({ "ids": [made.course, made.sections[0], made.lessons[0], made.price] });
        let hidden = json!({ "nodes": [null, null, null, null] });
        assert_ne!(ben.sees(ids, all.clone()).await, hidden);
        for (document, status) in [(UNPUBLISH, "DRAFT"), (ARCHIVE, "ARCHIVED")] {
            let done = mira.does(document, json!({ "id": made.course })).await;
            assert_eq!(done["offering"]["status"], status);
            assert_eq!(ben.sees(ids, all.clone()).await, hidden);
            assert_eq!(ben.anonymously().sees(ids, all.clone()).await, hidden);
            assert_ne!(mira.sees(ids, all.clone()).await, hidden);
        }
        let refused = mira.is_refused(UNPUBLISH, json!({ "id": made.course })).await;
        assert_eq!(refused[0].code, "INVALID_STATE", "what is archived is brought back by publishing it");
        studio.publishes(&made.course).await;
        assert_ne!(ben.sees(ids, all.clone()).await, hidden);
        studio.opens(false).await;
        assert_eq!(ben.sees(ids, all.clone()).await, hidden, "a course behind a closed storefront is not public");
        assert!(ben.sees(LESSON, json!({ "id": made.lessons[0] })).await["lesson"].is_null());
    }

    async fn the_list_of_offerings_is_filtered_ordered_and_paged(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let mut titles = Vec::new();
        for n in 0..5 {
            let title = format!("Course {n}");
            let price = if n == 2 { json!({ "free": true }) } else { euros(500) };
            studio.sells(&title, price).await;
            market.passes(chrono::Duration::minutes(1)).await;
            titles.insert(0, title);
        }
        studio.drafts("Not yet").await;
        let list = "query($filter: OfferingFilter, $first: Int, $after: String) {
            offerings(filter: $filter, orderBy: NEWEST, first: $first, after: $after) {
            nodes { title kind } pageInfo { hasNextPage endCursor } } }";
        let (anybody, mut after, mut read) = (mira.anonymously(), Value::Null, Vec::new());
        loop {
            let page = anybody.sees(list, json!({ "first": 2, "after": after })).await["offerings"].clone();
            read.extend(page["nodes"].as_array().unwrap().iter().map(|one| text(&one["title"])));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false { break; }
        }
        assert_eq!(read, titles);
        let free = anybody.sees(list, json!({ "filter": { "freeOnly": true } })).await;
        assert_eq!(free["offerings"]["nodes"], json!([{ "title": "Course 2", "kind": "COURSE" }]));
        let none = anybody.sees(list, json!({ "filter": { "kinds": ["WORKSHOP"] } })).await;
        assert_eq!(none["offerings"]["nodes"], json!([]));
        let popular = "query($after: String) { offerings(orderBy: POPULAR, after: $after) { nodes { title } } }";
        assert_eq!(anybody.sees(popular, json!({})).await["offerings"]["nodes"].as_array().unwrap().len(), 5);
        assert_eq!(anybody.asks(popular, json!({ "after": after })).await.error_code(), "BAD_CURSOR");
    }

    async fn a_course_page_costs_few_statements_however_long_it_is(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Long").await;
        let cover = studio.uploads("COVER", "image/png", PICTURE).await;
        let change = "mutation($id: ID!, $cover: ID) { courseUpdate(id: $id, input: { coverAssetId: $cover }) {
            course { cover { width height } } userErrors { code path message } } }";
        let changed = mira.does(change, json!({ "id": course, "cover": cover })).await;
        assert_eq!(changed["course"]["cover"], json!({ "width": 1024, "height": 768 }));
        for part in 0..6 {
            let section = studio.adds_section(&course, &format!("Part {part}")).await;
            for step in 0..5 {
                studio.adds_article(&section, &format!("Step {step}"), "Words.").await;
            }
        }
        studio.prices(&course, euros(900)).await;
        studio.publishes(&course).await;
        let anybody = mira.anonymously();
        let (seen, statements) = market.statements(anybody.sees(PAGE, page(&studio, "long"))).await;
        assert_eq!(seen["course"]["lessonCount"], 30);
        assert_eq!(seen["course"]["sections"][5]["lessons"][4]["title"], "Step 4");
        assert!(statements <= 5, "{statements} statements");
    }

    async fn a_removed_lesson_is_counted_no_more_for_those_who_had_done_it(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", json!({ "free": true })).await;
        let ben = market.person("Ben").await;
        ben.db_enrolls(&made.course).await.expect("a new right");
        let complete = "mutation($id: ID!) { lessonComplete(lessonId: $id) {
            enrollment { state progress { completedLessons } } userErrors { code path message } } }";
        for lesson in &made.lessons[..3] {
            ben.does(complete, json!({ "id": lesson })).await;
        }
        let delete = "mutation($id: ID!) { lessonDelete(id: $id) { deletedId userErrors { code path message } } }";
        mira.does(delete, json!({ "id": made.lessons[0] })).await;
        market.settles().await;
        market.is_sound().await;
        let library = "{ viewer { library { nodes { state progress { completedLessons totalLessons } } } } }";
        let seen = ben.sees(library, json!({})).await["viewer"]["library"]["nodes"][0].clone();
        assert_eq!(seen, json!({ "state": "ACTIVE", "progress": { "completedLessons": 2, "totalLessons": 3 } }));
        mira.does(delete, json!({ "id": made.lessons[3] })).await;
        market.settles().await;
        let seen = ben.sees(library, json!({})).await["viewer"]["library"]["nodes"][0].clone();
        assert_eq!(seen, json!({ "state": "COMPLETED", "progress": { "completedLessons": 2, "totalLessons": 2 } }),
            "all that is left is done");
    }
}
