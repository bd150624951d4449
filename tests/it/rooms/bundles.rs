//! What is refused when bundles are made.

use serde_json::{Value, json};

use crate::support::{BUNDLE_CREATE, BUNDLE_UPDATE, OFFERING_PUBLISH, Person, euros, story};

async fn refusal(person: &Person, document: &str, variables: Value) -> (String, String) {
    let refused = person.is_refused(document, variables).await;
    assert!(refused.iter().all(|one| one.message.ends_with('.')), "every refusal is a sentence: {refused:?}");
    (refused[0].code.clone(), refused[0].path.clone())
}

fn pair(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

story! {
    async fn a_bundle_holds_published_courses_of_its_own_creator(market) {
        let (mira, nora) = (market.person("Mira").await, market.person("Nora").await);
        let (studio, other) = (mira.opens_studio("mira").await, nora.opens_studio("nora").await);
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let foreign = other.sells("Wood", euros(3000)).await;
        let items = [ink.course.clone(), clay.course.clone()];
        let (bundle, _) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        let same = vec![ink.course.clone(); 21];
        let cases = [
            (json!({}), "REQUIRED", "input.title"),
            (json!({ "title": "" }), "REQUIRED", "input.title"),
            (json!({ "title": "A", "itemIds": ["nonsense"] }), "INVALID_ID", "input.itemIds.0"),
            (json!({ "title": "A", "itemIds": [ink.lessons[0]] }), "INVALID_ID", "input.itemIds.0"),
            (json!({ "title": "A", "itemIds": [ink.course, foreign.course] }), "NOT_FOUND", "input.itemIds.1"),
            (json!({ "title": "A", "itemIds": [bundle] }), "NOT_ALLOWED", "input.itemIds.0"),
            (json!({ "title": "A", "itemIds": [ink.course, clay.course, ink.course] }), "DUPLICATE", "input.itemIds.2"),
            (json!({ "title": "A", "itemIds": same }), "TOO_MANY", "input.itemIds"),
            (json!({ "title": "A", "coverAssetId": "nonsense" }), "INVALID_ID", "input.coverAssetId"),
        ];
        for (input, code, path) in cases {
            let variables = json!({ "creator": studio.id, "input": input.clone() });
            assert_eq!(refusal(&mira, BUNDLE_CREATE, variables).await, pair(code, path), "{input}");
        }
        let one = json!({ "id": bundle, "input": { "itemIds": [ink.course] } });
        assert_eq!(refusal(&mira, BUNDLE_UPDATE, one).await, pair("INVALID_STATE", "input.itemIds"));
        let wordless = json!({ "id": bundle, "input": { "descriptionMarkdown": "" } });
        assert_eq!(refusal(&mira, BUNDLE_UPDATE, wordless).await, pair("INVALID_STATE", "input.descriptionMarkdown"));

        let draft = studio.drafts("Paper").await;
        let unready = mira.bundles(&studio.id, "Three", &[ink.course.clone(), clay.course.clone(), draft]).await;
        mira.asks_for(&unready, euros(100)).await;
        let told = refusal(&mira, OFFERING_PUBLISH, json!({ "id": unready })).await;
        assert_eq!(told, pair("NOT_PUBLISHABLE", "id"), "an item is a draft");
    }

    async fn only_the_team_makes_bundles_and_a_course_is_none(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let (bundle, _) = mira.sells_bundle(&studio.id, "Both", &[ink.course.clone(), clay.course], euros(5000)).await;
        let words = json!({ "title": "Mine" });
        let theirs = json!({ "creator": studio.id, "input": words });
        assert_eq!(refusal(&ben, BUNDLE_CREATE, theirs).await, pair("NOT_FOUND", "creatorId"));
        let theirs = json!({ "id": bundle, "input": words });
        assert_eq!(refusal(&ben, BUNDLE_UPDATE, theirs).await, pair("NOT_FOUND", "id"));
        let course_as_bundle = json!({ "id": ink.course.replace("crs_", "bdl_"), "input": words });
        assert_eq!(refusal(&mira, BUNDLE_UPDATE, course_as_bundle).await, pair("NOT_FOUND", "id"));
        let bundle_as_course = json!({ "id": bundle.replace("bdl_", "crs_"), "input": words });
        let update = "mutation($id: ID!, $input: CourseInput!) { courseUpdate(id: $id, input: $input) { userErrors { code path message } } }";
        assert_eq!(refusal(&mira, update, bundle_as_course).await, pair("NOT_FOUND", "id"));
    }
}
