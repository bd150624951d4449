//! Several courses sold together.

use serde_json::json;

use crate::support::{BUNDLE_UPDATE, OFFERING_PUBLISH, euros, story, text};

const BUNDLE: &str = "query($by: OfferingBy!) { bundle(by: $by) { id kind slug url title status description { plain }
    creator { handle } savings { minorUnits currency } prices { id amount { minorUnits } }
    items { __typename id title ... on Course { lessonCount } } viewerAccess { state offers { id } } viewerCanEdit
    seo { title } } }";
const LISTS: &str = "query($handle: String!, $creator: ID!, $kinds: [OfferingKind!]) {
    creator(by: { handle: $handle }) { courses { nodes { id } } bundles { nodes { id title } pageInfo { hasNextPage } } }
    offerings(filter: { creatorId: $creator, kinds: $kinds }) { nodes { __typename id kind } } }";
const STUDIO: &str = "query($id: ID!, $filter: StudioOfferingFilter) { studio(creatorId: $id) {
    offerings(filter: $filter) { nodes { __typename id status } } } }";

story! {
    async fn a_bundle_goes_from_a_draft_to_every_list(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let bundle = mira.bundles(&studio.id, "Ink & Clay", std::slice::from_ref(&ink.course)).await;
        let one = mira.is_refused(OFFERING_PUBLISH, json!({ "id": bundle })).await;
        assert_eq!(one[0].code, "NOT_PUBLISHABLE", "one item is no bundle, and there is no price");

        let both = json!({ "itemIds": [clay.course, ink.course] });
        mira.does(BUNDLE_UPDATE, json!({ "id": bundle, "input": both })).await;
        let price = mira.asks_for(&bundle, euros(5000)).await;
        let stranger = market.stranger("Nobody");
        let by_id = json!({ "by": { "id": bundle } });
        assert!(stranger.sees(BUNDLE, by_id.clone()).await["bundle"].is_null(), "a draft is for the team");
        let made = mira.does(OFFERING_PUBLISH, json!({ "id": bundle })).await;
        assert_eq!((&made["offering"]["kind"], &made["offering"]["status"]), (&json!("BUNDLE"), &json!("PUBLISHED")));

        let by_link = json!({ "by": { "slug": { "creatorHandle": "mira", "slug": "ink-clay" } } });
        let shown = stranger.sees(BUNDLE, by_link).await["bundle"].clone();
        assert_eq!(shown["id"], json!(bundle));
        assert_eq!(shown["savings"], json!({ "minorUnits": 2000, "currency": "EUR" }));
        let items: Vec<String> = shown["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
        assert_eq!(items, [clay.course.clone(), ink.course.clone()], "in the order given");
        assert_eq!(shown["items"][0]["lessonCount"], 4);
        assert_eq!(shown["viewerAccess"], json!({ "state": "NEEDS_SIGN_IN", "offers": [{ "id": price }] }));
        assert_eq!(mira.sees(BUNDLE, by_id).await["bundle"]["viewerCanEdit"], true);

        let lists = |kinds| json!({ "handle": "mira", "creator": studio.id, "kinds": kinds });
        let listed = stranger.sees(LISTS, lists(json!(["BUNDLE"]))).await;
        assert_eq!(listed["creator"]["bundles"]["nodes"], json!([{ "id": bundle, "title": "Ink & Clay" }]));
        assert_eq!(listed["creator"]["courses"]["nodes"].as_array().unwrap().len(), 2, "courses alone");
        assert_eq!(listed["offerings"]["nodes"], json!([{ "__typename": "Bundle", "id": bundle, "kind": "BUNDLE" }]));
        let all = stranger.sees(LISTS, lists(json!(null))).await;
        assert_eq!(all["offerings"]["nodes"].as_array().unwrap().len(), 3);
        let all = stranger.sees(LISTS, lists(json!(["WORKSHOP"]))).await;
        assert_eq!(all["offerings"]["nodes"], json!([]));
        let own = json!({ "id": studio.id, "filter": { "kinds": ["BUNDLE"] } });
        let own = mira.sees(STUDIO, own).await;
        assert_eq!(own["studio"]["offerings"]["nodes"], json!([{ "__typename": "Bundle", "id": bundle, "status": "PUBLISHED" }]));
        let node = stranger.sees("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": bundle })).await;
        assert_eq!(node["node"], json!({ "__typename": "Bundle", "id": bundle }));
    }

    async fn a_bundle_keeps_its_old_links_and_can_be_put_away(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let items = [ink.course, clay.course];
        let (bundle, _) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        let slug = "mutation($id: ID!) { offeringSlugChange(id: $id, slug: \"together\") { offering { slug } userErrors { code path message } } }";
        mira.does(slug, json!({ "id": bundle })).await;
        let stranger = market.stranger("Nobody");
        for link in ["both", "together"] {
            let by = json!({ "by": { "slug": { "creatorHandle": "mira", "slug": link } } });
            assert_eq!(stranger.sees(BUNDLE, by.clone()).await["bundle"]["slug"], "together");
            let course = "query($by: OfferingBy!) { course(by: $by) { id } }";
            assert!(stranger.sees(course, by).await["course"].is_null(), "a bundle is no course");
        }
        let archive = "mutation($id: ID!) { offeringArchive(id: $id) { offering { status } userErrors { code path message } } }";
        mira.does(archive, json!({ "id": bundle })).await;
        assert!(stranger.sees(BUNDLE, json!({ "by": { "id": bundle } })).await["bundle"].is_null());
    }
}
