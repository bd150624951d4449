//! Bundles of a shop, made as any creator would.

use serde_json::{Value, json};

use super::Person;

/// Making a bundle.
pub const BUNDLE_CREATE: &str =
    "mutation($creator: ID!, $input: BundleInput!) { bundleCreate(creatorId: $creator, input: $input) {
    bundle { id slug status } userErrors { code path message } } }";
/// Changing a bundle.
pub const BUNDLE_UPDATE: &str =
    "mutation($id: ID!, $input: BundleInput!) { bundleUpdate(id: $id, input: $input) {
    bundle { id slug items { id } } userErrors { code path message } } }";
/// Showing an offering to the world.
pub const OFFERING_PUBLISH: &str = "mutation($id: ID!) { offeringPublish(id: $id) { offering { id status kind } userErrors { code path message } } }";

impl Person {
    /// Makes a bundle as a draft; gives its id.
    pub async fn bundles(&self, creator: &str, title: &str, items: &[String]) -> String {
        let input =
            json!({ "title": title, "descriptionMarkdown": "All of it, together.", "itemIds": items });
        let made = self.does(BUNDLE_CREATE, json!({ "creator": creator, "input": input })).await;
        super::text(&made["bundle"]["id"])
    }

    /// Makes a bundle, prices it and publishes it; gives its id and its price's.
    pub async fn sells_bundle(
        &self,
        creator: &str,
        title: &str,
        items: &[String],
        price: Value,
    ) -> (String, String) {
        let bundle = self.bundles(creator, title, items).await;
        let price = self.asks_for(&bundle, price).await;
        self.does(OFFERING_PUBLISH, json!({ "id": bundle })).await;
        (bundle, price)
    }

    /// Adds a price to any offering; gives its id.
    pub async fn asks_for(&self, offering: &str, price: Value) -> String {
        let document =
            "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
            price { id } userErrors { code path message } } }";
        let made = self.does(document, json!({ "id": offering, "price": price })).await;
        super::text(&made["price"]["id"])
    }
}
