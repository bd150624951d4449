//! Several courses sold together.

use serde_json::json;

use crate::support::{
    BUNDLE_UPDATE, CREATE, OFFERING_PUBLISH, basket, changes_at_stripe, euros, story, text,
};

const BUNDLE: &str = "query($by: OfferingBy!) { bundle(by: $by) { id kind slug url title status description { plain }
    creator { handle } savings { minorUnits currency } prices { id amount { minorUnits } }
    items { __typename id title ... on Course { lessonCount } } viewerAccess { state offers { id } } viewerCanEdit
    seo { title } } }";
const LISTS: &str = "query($handle: String!, $creator: ID!, $kinds: [OfferingKind!]) {
    creator(by: { handle: $handle }) { courses { nodes { id } } bundles { nodes { id title } pageInfo { hasNextPage } } }
    offerings(filter: { creatorId: $creator, kinds: $kinds }) { nodes { __typename id kind } } }";
const STUDIO: &str = "query($id: ID!, $filter: StudioOfferingFilter) { studio(creatorId: $id) {
    offerings(filter: $filter) { nodes { __typename id status } } } }";

const OWNED: &str = "{ viewer { library { nodes { source state offering { id } order { id } } } } }";
const SOLD: &str = "query($id: ID!) { order(id: $id) { lines { titleAtPurchase amount { minorUnits }
    offering { __typename id } enrollment { source } } } }";

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

    async fn a_bundle_gives_each_item_and_stays_as_it_was_bought(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let items = [ink.course.clone(), clay.course.clone()];
        let (bundle, price) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        let ben = market.person("Ben").await;
        ben.purchases(basket(&[&ink.price])).await;

        let quote = ben.is_quoted(basket(&[&price])).await;
        assert_eq!((&quote["total"]["minorUnits"], &quote["warnings"]), (&json!(5000), &json!([])));
        let checkout = ben.takes(&quote).await;
        assert_eq!(checkout["order"]["lines"].as_array().unwrap().len(), 1, "one line");
        ben.pays(&checkout).await;

        let library = ben.sees(OWNED, json!({})).await;
        let mut owned: Vec<(String, String, bool)> = library["viewer"]["library"]["nodes"].as_array().unwrap().iter()
            .map(|right| (text(&right["offering"]["id"]), text(&right["source"]), right["order"]["id"] == checkout["order"]["id"]))
            .collect();
        owned.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!(owned, [(clay.course.clone(), "BUNDLE".to_owned(), true), (ink.course.clone(), "PURCHASE".to_owned(), false)]);
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM cases").await, 0, "having one item does no harm");
        assert_eq!(ben.sees(BUNDLE, json!({ "by": { "id": bundle } })).await["bundle"]["viewerAccess"]["state"], "OPEN");
        let sold = ben.sees(SOLD, json!({ "id": checkout["order"]["id"] })).await;
        let line = json!({ "titleAtPurchase": "Both", "amount": { "minorUnits": 5000 },
            "offering": { "__typename": "Bundle", "id": bundle }, "enrollment": { "source": "BUNDLE" } });
        assert_eq!(sold["order"]["lines"], json!([line]));

        let parts = "SELECT MIN(amount_minor) * 100000 + MAX(amount_minor) AS n FROM order_line_parts";
        assert_eq!(market.db_number(parts).await, 2143 * 100_000 + 2857, "by what they cost alone");
        let wood = studio.sells("Wood", euros(9000)).await;
        let more = json!({ "itemIds": [wood.course, clay.course, ink.course] });
        mira.does(BUNDLE_UPDATE, json!({ "id": bundle, "input": more })).await;
        assert_eq!(market.db_number(parts).await, 2143 * 100_000 + 2857, "frozen");
        let library = ben.sees(OWNED, json!({})).await;
        assert_eq!(library["viewer"]["library"]["nodes"].as_array().unwrap().len(), 2, "nothing is added later");
        let access = ben.sees(BUNDLE, json!({ "by": { "id": bundle } })).await;
        assert_eq!(access["bundle"]["viewerAccess"]["state"], "NEEDS_PURCHASE", "it holds more than he bought");
    }

    async fn a_bundle_is_not_sold_twice_nor_without_its_items(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let items = [ink.course.clone(), clay.course.clone()];
        let (bundle, price) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        let ben = market.person("Ben").await;
        for prices in [[&price, &ink.price], [&clay.price, &price]] {
            let both = ben.is_refused_price(basket(&prices.map(String::as_str))).await;
            assert_eq!((both[0].code.as_str(), both[0].path.as_str()), ("DUPLICATE", "input.items.1.priceId"));
        }

        let seen = ben.is_quoted(basket(&[&price])).await;
        let wood = studio.sells("Wood", euros(9000)).await;
        let other = json!({ "itemIds": [wood.course, clay.course] });
        mira.does(BUNDLE_UPDATE, json!({ "id": bundle, "input": other })).await;
        let changed = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&seen, "HOSTED_PAGE") })).await;
        assert_eq!(changed[0].code, "PRICE_CHANGED", "it holds something else than he saw");

        let archive = "mutation($id: ID!) { offeringArchive(id: $id) { offering { status } userErrors { code path message } } }";
        mira.does(archive, json!({ "id": wood.course })).await;
        let without = ben.is_refused_price(basket(&[&price])).await;
        assert_eq!((without[0].code.as_str(), without[0].path.as_str()), ("INVALID_STATE", "input.items.0.priceId"));
        mira.does(OFFERING_PUBLISH, json!({ "id": wood.course })).await;

        ben.purchases(basket(&[&price])).await;
        let again = ben.is_quoted(basket(&[&price])).await;
        assert_eq!(again["warnings"][0]["code"], "ALREADY_ENROLLED");
        let again = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&again, "HOSTED_PAGE") })).await;
        assert_eq!(again[0].code, "ALREADY_ENROLLED");
    }

    async fn a_free_bundle_is_taken_with_an_order(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4000)).await, studio.sells("Clay", euros(3000)).await);
        let (_, price) = mira.sells_bundle(&studio.id, "Both", &[ink.course, clay.course], json!({ "free": true })).await;
        let ben = market.person("Ben").await;
        let claim = "mutation($price: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, idempotencyKey: $key) {
            enrollment { id } userErrors { code path message } } }";
        let refused = ben.is_refused(claim, json!({ "price": price, "key": ben.new_key() })).await;
        assert_eq!(refused[0].code, "NOT_ALLOWED");
        let checkout = ben.purchases(basket(&[&price])).await;
        assert_eq!(checkout["status"], "SUCCEEDED");
        let library = ben.sees(OWNED, json!({})).await;
        let sources: Vec<_> = library["viewer"]["library"]["nodes"].as_array().unwrap().iter().map(|right| &right["source"]).collect();
        assert_eq!(sources, ["BUNDLE", "BUNDLE"]);
        assert_eq!(changes_at_stripe(&market), 0);
    }
}
