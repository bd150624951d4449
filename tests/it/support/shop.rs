//! A creator with a course on sale, made as any creator would.

use atelier::kernel::{CourseId, CreatorId, PriceId};
use serde_json::{Value, json};

use super::Person;

const CREATOR: &str = "mutation($input: CreatorCreateInput!) { creatorCreate(input: $input) { creator { id }
    userErrors { code path message } } }";
const OPEN: &str =
    "mutation($id: ID!) { storefrontPublish(creatorId: $id, published: true) { storefront { isPublished }
    userErrors { code path message } } }";
const COURSE: &str =
    "mutation($id: ID!, $input: CourseInput!) { courseCreate(creatorId: $id, input: $input) {
    course { id } userErrors { code path message } } }";
const SECTION: &str = "mutation($id: ID!) { sectionCreate(courseId: $id, input: { title: \"One\" }) {
    section { id } userErrors { code path message } } }";
const LESSON: &str = "mutation($id: ID!) { lessonCreate(sectionId: $id, input: { title: \"First\" }) {
    lesson { id } userErrors { code path message } } }";
const BODY: &str =
    "mutation($id: ID!) { lessonContentSet(id: $id, content: { articleMarkdown: \"Begin here.\" }) {
    lesson { id } userErrors { code path message } } }";
const PRICE: &str = "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
    price { id } userErrors { code path message } } }";
const WITHDRAW: &str =
    "mutation($id: ID!) { priceArchive(id: $id) { price { id } userErrors { code path message } } }";
const PUBLISH: &str =
    "mutation($id: ID!) { offeringPublish(id: $id) { offering { id } userErrors { code path message } } }";

/// What is on sale.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Who sells.
    pub creator: CreatorId,
    /// What.
    pub course: CourseId,
    /// At which price.
    pub price: PriceId,
}

/// How a course is priced.
#[derive(Clone, Copy, Debug)]
pub enum Priced {
    /// For nothing.
    Free,
    /// So many cents, once.
    Euros(i64),
    /// From so many cents on.
    FromEuros(i64),
}

impl Priced {
    fn input(self) -> Value {
        let euros = |minor: i64| json!({ "minorUnits": minor, "currency": "EUR" });
        match self {
            Self::Free => json!({ "free": true }),
            Self::Euros(minor) => json!({ "oneTime": { "amount": euros(minor) } }),
            Self::FromEuros(minor) => json!({ "payWhatYouWant": { "minimum": euros(minor) } }),
        }
    }
}

impl Person {
    /// Opens a page with one published course.
    pub async fn opens_shop(&self, title: &str, priced: Priced) -> Shop {
        let creator = self.opens_page().await;
        self.publishes(creator, title, priced).await
    }

    /// Publishes a course with one lesson and one price.
    pub async fn publishes(&self, creator: CreatorId, title: &str, priced: Priced) -> Shop {
        let input = json!({ "title": title, "descriptionMarkdown": "All you need to begin." });
        let course = self.makes(COURSE, json!({ "id": creator.to_string(), "input": input })).await;
        let section = self.makes(SECTION, json!({ "id": course })).await;
        let lesson = self.makes(LESSON, json!({ "id": section })).await;
        self.makes(BODY, json!({ "id": lesson })).await;
        let course: CourseId = course.parse().unwrap();
        let price = self.prices(course, priced).await;
        self.makes(PUBLISH, json!({ "id": course.to_string() })).await;
        Shop { creator, course, price }
    }

    /// Adds a price.
    pub async fn prices(&self, course: CourseId, priced: Priced) -> PriceId {
        let price = self.makes(PRICE, json!({ "id": course.to_string(), "price": priced.input() })).await;
        price.parse().unwrap()
    }

    /// Withdraws a price.
    pub async fn withdraws(&self, price: PriceId) {
        self.makes(WITHDRAW, json!({ "id": price.to_string() })).await;
    }

    /// Becomes a creator whose page is open.
    async fn opens_page(&self) -> CreatorId {
        let niches = self.sees("{ niches { slug } }", json!({})).await;
        let input = json!({
            "handle": self.name.to_lowercase().replace(' ', "-"), "displayName": self.name, "country": "AT",
            "timeZone": "Europe/Vienna", "currency": "EUR", "nicheSlugs": [niches["niches"][0]["slug"]],
        });
        let creator = self.makes(CREATOR, json!({ "input": input })).await;
        self.does(OPEN, json!({ "id": creator })).await;
        creator.parse().unwrap()
    }

    /// Sends a mutation that must succeed; gives the id of what it made or changed.
    async fn makes(&self, document: &str, variables: Value) -> String {
        let payload = self.does(document, variables).await;
        let made = payload.as_object().unwrap().values().find_map(|value| value["id"].as_str());
        made.unwrap_or_else(|| panic!("nothing made: {payload:#}")).to_owned()
    }
}
