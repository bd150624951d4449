//! What the catalog refuses.

use serde_json::{Value, json};

use crate::support::{FILM, PICTURE, Person, SHEET, euros, story, text};

const CREATE: &str =
    "mutation($creator: ID!, $input: CourseInput!) { courseCreate(creatorId: $creator, input: $input) {
    course { id slug } userErrors { code path message } } }";
const UPDATE: &str = "mutation($id: ID!, $input: CourseInput!, $version: Int) {
    courseUpdate(id: $id, input: $input, expectedVersion: $version) {
    course { version subtitle outcomes niches { slug } cover { width } } userErrors { code path message } } }";
const SECTION: &str =
    "mutation($course: ID!, $input: SectionInput!) { sectionCreate(courseId: $course, input: $input) {
    section { id } userErrors { code path message } } }";
const LESSON: &str =
    "mutation($section: ID!, $input: LessonInput!) { lessonCreate(sectionId: $section, input: $input) {
    lesson { id } userErrors { code path message } } }";
const LESSON_UPDATE: &str = "mutation($id: ID!, $input: LessonInput!, $version: Int) {
    lessonUpdate(id: $id, input: $input, expectedVersion: $version) { lesson { version } userErrors { code path message } } }";
const CONTENT: &str =
    "mutation($id: ID!, $content: LessonContentInput!) { lessonContentSet(id: $id, content: $content) {
    lesson { kind } userErrors { code path message } } }";
const PRICE: &str = "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
    price { id } userErrors { code path message } } }";
const REORDER: &str = "mutation($id: ID!, $outline: [OutlineSectionInput!]!, $version: Int!) {
    courseOutlineReorder(courseId: $id, outline: $outline, expectedVersion: $version) {
    course { version } userErrors { code path message } } }";
const SLUG: &str = "mutation($id: ID!, $slug: String!) { offeringSlugChange(id: $id, slug: $slug) {
    offering { slug } userErrors { code path message } } }";

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

/// Mutations that take one id and nothing else that could be wrong.
const BY_ID: [&str; 7] = [
    "mutation($id: ID!) { sectionDelete(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { lessonDelete(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { priceArchive(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { offeringPublish(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { offeringUnpublish(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { offeringArchive(id: $id) { userErrors { code path message } } }",
    "mutation($id: ID!) { sectionUpdate(id: $id, input: { title: \"Other\" }) { userErrors { code path message } } }",
];

story! {
    async fn only_the_team_edits(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let ids = [&made.sections[0], &made.lessons[0], &made.price, &made.course, &made.course, &made.course, &made.sections[0]];
        for (document, id) in BY_ID.into_iter().zip(ids) {
            assert_eq!(refusal(&ben, document, json!({ "id": id })).await, pair("id", "NOT_FOUND"), "{document}");
            let anonymous = ben.anonymously().asks(document, json!({ "id": id })).await;
            assert_eq!(anonymous.error_code(), "UNAUTHENTICATED", "{document}");
            assert_eq!(refusal(&mira, document, json!({ "id": studio.id })).await, pair("id", "INVALID_ID"));
        }
        let others = [
            (CREATE, json!({ "creator": studio.id, "input": { "title": "Mine" } }), "creatorId"),
            (UPDATE, json!({ "id": made.course, "input": { "title": "Mine" } }), "id"),
            (SECTION, json!({ "course": made.course, "input": { "title": "Mine" } }), "courseId"),
            (LESSON, json!({ "section": made.sections[0], "input": { "title": "Mine" } }), "sectionId"),
            (LESSON_UPDATE, json!({ "id": made.lessons[0], "input": { "isPreview": true } }), "id"),
            (CONTENT, json!({ "id": made.lessons[0], "content": { "articleMarkdown": "Mine" } }), "id"),
            (PRICE, json!({ "id": made.course, "price": { "free": true } }), "offeringId"),
            (REORDER, json!({ "id": made.course, "outline": [], "version": 1 }), "courseId"),
            (SLUG, json!({ "id": made.course, "slug": "mine" }), "id"),
        ];
        for (document, variables, path) in others {
            assert_eq!(refusal(&ben, document, variables.clone()).await, pair(path, "NOT_FOUND"), "{document}");
            let anonymous = ben.anonymously().asks(document, variables).await;
            assert_eq!(anonymous.error_code(), "UNAUTHENTICATED", "{document}");
        }
    }

    async fn the_words_of_a_course_are_checked_together(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let none = json!({ "creator": studio.id, "input": {} });
        assert_eq!(refusal(&mira, CREATE, none).await, pair("input.title", "REQUIRED"));
        let wrong = json!({
            "title": "x".repeat(121), "subtitle": "x".repeat(201), "descriptionMarkdown": "x".repeat(20_001),
            "language": "klingon please", "nicheSlugs": ["a", "b", "c", "d", "e", "f"],
            "outcomes": ["fine", " ", "x".repeat(201)],
        });
        let found = refusals(&mira, CREATE, json!({ "creator": studio.id, "input": wrong })).await;
        assert_eq!(found, [
            pair("input.title", "TOO_LONG"), pair("input.subtitle", "TOO_LONG"),
            pair("input.descriptionMarkdown", "TOO_LONG"), pair("input.language", "INVALID"),
            pair("input.nicheSlugs", "TOO_MANY"), pair("input.outcomes.1", "REQUIRED"),
            pair("input.outcomes.2", "TOO_LONG"),
        ]);
        let unknown = json!({ "title": "Bread", "nicheSlugs": ["baking", "alchemy"] });
        let found = refusal(&mira, CREATE, json!({ "creator": studio.id, "input": unknown })).await;
        assert_eq!(found, pair("input.nicheSlugs", "NOT_FOUND"));
        let plain = json!({ "creator": studio.id, "input": { "title": "日本料理" } });
        assert_eq!(mira.does(CREATE, plain).await["course"]["slug"], "course", "a title without Latin letters");
    }

    async fn an_edit_of_something_old_is_stale(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Bread").await;
        let change = json!({ "id": course, "version": 1, "input": { "subtitle": "With air in it", "outcomes": ["Bake"], "nicheSlugs": ["baking"] } });
        let changed = mira.does(UPDATE, change.clone()).await["course"].clone();
        assert_eq!(changed, json!({ "version": 2, "subtitle": "With air in it", "outcomes": ["Bake"],
            "niches": [{ "slug": "baking" }], "cover": null }));
        assert_eq!(refusal(&mira, UPDATE, change).await, pair("expectedVersion", "STALE_VERSION"));
        let cleared = mira.does(UPDATE, json!({ "id": course, "input": { "subtitle": null, "nicheSlugs": [] } })).await;
        assert_eq!(cleared["course"], json!({ "version": 3, "subtitle": null, "outcomes": ["Bake"], "niches": [], "cover": null }));
        let section = studio.adds_section(&course, "Flour").await;
        let lesson = studio.adds_article(&section, "Grain", "Old grain.").await;
        let change = json!({ "id": lesson, "version": 1, "input": { "isPreview": true } });
        assert_eq!(refusal(&mira, LESSON_UPDATE, change).await, pair("expectedVersion", "STALE_VERSION"));
    }

    async fn a_lesson_teaches_with_ready_files_of_the_right_kind_and_of_its_own_studio(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        let other = ben.opens_studio("ben").await;
        let made = studio.sells("Bread", euros(900)).await;
        let lesson = &made.lessons[0];
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let sheet = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        let picture = studio.uploads("ATTACHMENT", "image/png", PICTURE).await;
        let theirs = other.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let promised = text(&studio.promises("LESSON_MEDIA", "video/mp4", FILM).await["asset"]["id"]);
        for (content, path, code) in [
            (json!({ "videoAssetId": theirs }), "content.videoAssetId", "NOT_FOUND"),
            (json!({ "videoAssetId": promised }), "content.videoAssetId", "ASSET_NOT_READY"),
            (json!({ "videoAssetId": sheet }), "content.videoAssetId", "UNSUPPORTED_MEDIA"),
            (json!({ "audioAssetId": film }), "content.audioAssetId", "UNSUPPORTED_MEDIA"),
            (json!({ "videoAssetId": made.course }), "content.videoAssetId", "INVALID_ID"),
            (json!({ "downloadAssetIds": [] }), "content.downloadAssetIds", "REQUIRED"),
            (json!({ "downloadAssetIds": [sheet, sheet] }), "content.downloadAssetIds", "DUPLICATE"),
            (json!({ "downloadAssetIds": [sheet, theirs] }), "content.downloadAssetIds.1", "NOT_FOUND"),
            (json!({ "downloadAssetIds": vec![&sheet; 21] }), "content.downloadAssetIds", "TOO_MANY"),
            (json!({ "articleMarkdown": " \n " }), "content.articleMarkdown", "REQUIRED"),
            (json!({ "articleMarkdown": "x".repeat(100_001) }), "content.articleMarkdown", "TOO_LONG"),
        ] {
            assert_eq!(refusal(&mira, CONTENT, json!({ "id": lesson, "content": content })).await, pair(path, code));
        }
        let two = json!({ "id": lesson, "content": { "videoAssetId": film, "articleMarkdown": "Both" } });
        assert!(mira.asks(CONTENT, two).await.body["errors"].is_array(), "one kind at a time");
        studio.sets_content(lesson, json!({ "downloadAssetIds": [sheet] })).await;
        let attach = |files: Value| json!({ "id": lesson, "input": { "attachmentAssetIds": files } });
        let both = refusal(&mira, LESSON_UPDATE, attach(json!([sheet]))).await;
        assert_eq!(both, pair("input.attachmentAssetIds.0", "DUPLICATE"));
        mira.does(LESSON_UPDATE, attach(json!([picture]))).await;
        let content = json!({ "id": lesson, "content": { "downloadAssetIds": [picture] } });
        assert_eq!(refusal(&mira, CONTENT, content).await, pair("content.downloadAssetIds.0", "DUPLICATE"));
        let cover = json!({ "id": made.course, "input": { "coverAssetId": picture } });
        let private = refusal(&mira, UPDATE, cover).await;
        assert_eq!(private, pair("input.coverAssetId", "UNSUPPORTED_MEDIA"), "lesson files do not become public");
    }

    async fn a_price_is_possible(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Bread").await;
        let money = |minor: i64, currency: &str| json!({ "minorUnits": minor, "currency": currency });
        let yesterday = (market.app().now() - chrono::Duration::days(1)).to_rfc3339();
        for (price, path, code) in [
            (json!({ "free": false }), "price.free", "INVALID"),
            (euros(99), "price.oneTime.amount", "AMOUNT_BELOW_MINIMUM"),
            (euros(-900), "price.oneTime.amount", "AMOUNT_BELOW_MINIMUM"),
            (euros(10_000_001), "price.oneTime.amount", "OUT_OF_RANGE"),
            (json!({ "oneTime": { "amount": money(900, "XYZ") } }), "price.oneTime.amount.currency", "CURRENCY_UNSUPPORTED"),
            (json!({ "oneTime": { "amount": money(900, "EUR"), "compareAt": money(900, "EUR") } }), "price.oneTime.compareAt", "OUT_OF_RANGE"),
            (json!({ "oneTime": { "amount": money(900, "EUR"), "compareAt": money(1900, "USD") } }), "price.oneTime.compareAt", "CURRENCY_UNSUPPORTED"),
            (json!({ "oneTime": { "amount": money(900, "EUR"), "availableUntil": yesterday } }), "price.oneTime.availableUntil", "OUT_OF_RANGE"),
            (json!({ "oneTime": { "amount": money(900, "EUR"), "taxBehavior": "EXCLUSIVE" } }), "price.oneTime.taxBehavior", "NOT_ALLOWED"),
            (json!({ "payWhatYouWant": { "minimum": money(50, "EUR") } }), "price.payWhatYouWant.minimum", "AMOUNT_BELOW_MINIMUM"),
            (json!({ "payWhatYouWant": { "minimum": money(500, "EUR"), "suggested": money(400, "EUR") } }), "price.payWhatYouWant.suggested", "OUT_OF_RANGE"),
        ] {
            assert_eq!(refusal(&mira, PRICE, json!({ "id": course, "price": price })).await, pair(path, code), "{price}");
        }
        for _ in 0..5 {
            studio.prices(&course, euros(900)).await;
        }
        let sixth = refusal(&mira, PRICE, json!({ "id": course, "price": euros(900) })).await;
        assert_eq!(sixth, pair("offeringId", "LIMIT_REACHED"));
    }

    async fn a_published_course_keeps_what_it_needs(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let archive = "mutation($id: ID!) { priceArchive(id: $id) { userErrors { code path message } } }";
        assert_eq!(refusal(&mira, archive, json!({ "id": made.price })).await, pair("id", "INVALID_STATE"));
        let silent = json!({ "id": made.course, "input": { "descriptionMarkdown": " " } });
        assert_eq!(refusal(&mira, UPDATE, silent).await, pair("input.descriptionMarkdown", "INVALID_STATE"));
        let delete = "mutation($id: ID!) { sectionDelete(id: $id) { deletedId userErrors { code path message } } }";
        mira.does(delete, json!({ "id": made.sections[0] })).await;
        assert_eq!(refusal(&mira, delete, json!({ "id": made.sections[1] })).await, pair("id", "INVALID_STATE"));
    }

    async fn an_outline_has_room_for_fifty_sections_and_an_order_names_them_all(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Bread").await;
        let mut sections = Vec::new();
        for n in 0..50 {
            sections.push(studio.adds_section(&course, &format!("Part {n}")).await);
        }
        let full = refusal(&mira, SECTION, json!({ "course": course, "input": { "title": "One more" } })).await;
        assert_eq!(full, pair("courseId", "LIMIT_REACHED"));
        let blank = json!({ "course": course, "input": { "title": "  " } });
        assert_eq!(refusal(&mira, SECTION, blank).await, pair("input.title", "REQUIRED"));
        let entry = |id: &String| json!({ "sectionId": id, "lessonIds": [] });
        let order = |entries: Vec<Value>| json!({ "id": course, "outline": entries, "version": 51 });
        let short = order(sections[1..].iter().map(entry).collect());
        assert_eq!(refusal(&mira, REORDER, short).await, pair("outline", "INVALID"));
        let mut twice: Vec<Value> = sections.iter().map(entry).collect();
        twice[3] = entry(&sections[2]);
        assert_eq!(refusal(&mira, REORDER, order(twice)).await, pair("outline.3.sectionId", "INVALID"));
        let long = order(sections.iter().chain(&sections[..1]).map(entry).collect());
        assert_eq!(refusal(&mira, REORDER, long).await, pair("outline", "TOO_MANY"));
        mira.does(REORDER, order(sections.iter().rev().map(entry).collect())).await;
    }

    async fn a_link_is_a_slug(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Bread").await;
        for slug in ["", "a", "two words", "-bread", "bread-", "bröt", &"x".repeat(61)] {
            let refused = refusal(&mira, SLUG, json!({ "id": course, "slug": slug })).await;
            assert_eq!(refused, pair("slug", "INVALID"), "{slug:?}");
        }
    }
}
