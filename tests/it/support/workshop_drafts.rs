//! Workshops of a studio, made as any creator would.

use serde_json::{Value, json};

use super::{OFFERING_PUBLISH, Studio, text};

/// Making a workshop.
pub const WORKSHOP_CREATE: &str =
    "mutation($creator: ID!, $input: WorkshopInput!) { workshopCreate(creatorId: $creator, input: $input) {
    workshop { id slug status version format level language replayPolicy venue { name } niches { slug }
        materials { markdown } cancellationPolicy { markdown } } userErrors { code path message } } }";
/// Changing a workshop.
pub const WORKSHOP_UPDATE: &str = "mutation($id: ID!, $input: WorkshopInput!, $version: Int) {
    workshopUpdate(id: $id, input: $input, expectedVersion: $version) {
    workshop { id version subtitle format level language replayPolicy venue { name addressLine city country }
        niches { slug } materials { plain } cancellationPolicy { plain } } userErrors { code path message } } }";

impl Studio {
    /// Makes a workshop as a draft, with a description; gives its id.
    pub async fn drafts_workshop(&self, title: &str) -> String {
        let input = json!({ "title": title, "descriptionMarkdown": "Bring an apron." });
        let made = self.owner.does(WORKSHOP_CREATE, json!({ "creator": self.id, "input": input })).await;
        text(&made["workshop"]["id"])
    }

    /// Makes a workshop, prices it, sets a date and publishes it; gives its id and its price's.
    pub async fn offers_workshop(&self, title: &str, price: Value) -> (String, String) {
        let workshop = self.drafts_workshop(title).await;
        let price = self.owner.asks_for(&workshop, price).await;
        self.sets_date(&workshop, 10, None).await;
        self.owner.does(OFFERING_PUBLISH, json!({ "id": workshop })).await;
        (workshop, price)
    }
}
