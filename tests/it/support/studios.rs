//! Studios: a creator opens one, uploads files and puts courses on sale, all through the public API.

use serde_json::{Value, json};

use super::Person;

/// The beginning of a film, as far as anybody looks.
pub const FILM: &[u8] = b"\0\0\0\x20ftypisom\0\0\0\0isomiso2avc1mp41 and then the whole film";
/// The beginning of a recording.
pub const SOUND: &[u8] = b"ID3\x04\0\0\0\0\0\0 and then the whole recording, quietly spoken";
/// A picture of 1024 by 768.
pub const PICTURE: &[u8] = include_bytes!("picture.png");
/// Something to print.
pub const SHEET: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n";

/// A studio and who owns it.
#[derive(Clone)]
pub struct Studio {
    /// Its owner.
    pub owner: Person,
    /// `crt_…`.
    pub id: String,
    /// Its name in links.
    pub handle: String,
}

/// A course as a story needs it.
#[derive(Clone, Debug)]
pub struct Made {
    /// `crs_…`.
    pub course: String,
    /// Its name in links.
    pub slug: String,
    /// Its sections, in order.
    pub sections: Vec<String>,
    /// Its lessons, in order.
    pub lessons: Vec<String>,
    /// `prc_…`.
    pub price: String,
}

/// Text of a field.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value:#}")).to_owned()
}

impl Person {
    /// Opens a studio under this handle, its storefront open to all.
    pub async fn opens_studio(&self, handle: &str) -> Studio {
        let input = json!({
            "handle": handle, "displayName": self.name, "country": "DE", "timeZone": "Europe/Berlin",
            "currency": "EUR", "nicheSlugs": ["baking"],
        });
        let document = "mutation($input: CreatorCreateInput!) { creatorCreate(input: $input) {
            creator { id } userErrors { code path message } } }";
        let made = self.does(document, json!({ "input": input })).await;
        let studio =
            Studio { owner: self.clone(), id: text(&made["creator"]["id"]), handle: handle.to_owned() };
        studio.opens(true).await;
        studio
    }
}

impl Studio {
    /// Opens or closes the storefront.
    pub async fn opens(&self, published: bool) {
        let document = "mutation($id: ID!, $published: Boolean!) {
            storefrontPublish(creatorId: $id, published: $published) { storefront { version } userErrors { code path message } } }";
        self.owner.does(document, json!({ "id": self.id, "published": published })).await;
    }

    /// Uploads a file, which becomes READY; gives its id.
    pub async fn uploads(&self, purpose: &str, content_type: &str, bytes: &[u8]) -> String {
        let upload = self.promises(purpose, content_type, bytes).await;
        let target = &upload["targets"][0];
        let mut put = self.owner.market.http().put(text(&target["url"])).body(bytes.to_vec());
        for header in target["headers"].as_array().into_iter().flatten() {
            put = put.header(text(&header["name"]), text(&header["value"]));
        }
        let answer = put.send().await.unwrap();
        assert!(answer.status().is_success(), "{}: {}", answer.status(), answer.text().await.unwrap());
        let document = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
            asset { id state } userErrors { code path message } } }";
        let done = self.owner.does(document, json!({ "id": upload["id"] })).await;
        assert_eq!(done["asset"]["state"], "READY");
        text(&done["asset"]["id"])
    }

    /// Promises a file without sending it; gives the upload.
    pub async fn promises(&self, purpose: &str, content_type: &str, bytes: &[u8]) -> Value {
        let input = json!({
            "creatorId": self.id, "purpose": purpose, "filename": "file", "contentType": content_type,
            "byteSize": bytes.len(),
        });
        let document = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
            upload { id asset { id } targets { url headers { name value } } } userErrors { code path message } } }";
        self.owner.does(document, json!({ "input": input })).await["upload"].clone()
    }

    /// Makes a draft with a description; gives its id.
    pub async fn drafts(&self, title: &str) -> String {
        let document = "mutation($creator: ID!, $input: CourseInput!) { courseCreate(creatorId: $creator, input: $input) {
            course { id } userErrors { code path message } } }";
        let input = json!({ "title": title, "descriptionMarkdown": "All about it, step by **step**." });
        let made = self.owner.does(document, json!({ "creator": self.id, "input": input })).await;
        text(&made["course"]["id"])
    }

    /// Adds a section; gives its id.
    pub async fn adds_section(&self, course: &str, title: &str) -> String {
        let document = "mutation($course: ID!, $title: String!) { sectionCreate(courseId: $course, input: { title: $title }) {
            section { id } userErrors { code path message } } }";
        let made = self.owner.does(document, json!({ "course": course, "title": title })).await;
        text(&made["section"]["id"])
    }

    /// Adds a lesson that teaches with an article; gives its id.
    pub async fn adds_article(&self, section: &str, title: &str, article: &str) -> String {
        let lesson = self.adds_lesson(section, json!({ "title": title })).await;
        self.sets_content(&lesson, json!({ "articleMarkdown": article })).await;
        lesson
    }

    /// Adds a lesson without content; gives its id.
    pub async fn adds_lesson(&self, section: &str, input: Value) -> String {
        let document = "mutation($section: ID!, $input: LessonInput!) { lessonCreate(sectionId: $section, input: $input) {
            lesson { id } userErrors { code path message } } }";
        let made = self.owner.does(document, json!({ "section": section, "input": input })).await;
        text(&made["lesson"]["id"])
    }

    /// Sets what a lesson teaches with.
    pub async fn sets_content(&self, lesson: &str, content: Value) -> Value {
        let document = "mutation($lesson: ID!, $content: LessonContentInput!) { lessonContentSet(id: $lesson, content: $content) {
            lesson { id kind version durationSeconds } userErrors { code path message } } }";
        self.owner.does(document, json!({ "lesson": lesson, "content": content })).await["lesson"].clone()
    }

    /// Adds a price; gives its id.
    pub async fn prices(&self, course: &str, price: Value) -> String {
        let document =
            "mutation($course: ID!, $price: PriceInput!) { priceCreate(offeringId: $course, price: $price) {
            price { id } userErrors { code path message } } }";
        let made = self.owner.does(document, json!({ "course": course, "price": price })).await;
        text(&made["price"]["id"])
    }

    /// Publishes a course; gives it as it is then.
    pub async fn publishes(&self, course: &str) -> Value {
        let document = "mutation($id: ID!) { offeringPublish(id: $id) {
            offering { id status slug } userErrors { code path message } } }";
        self.owner.does(document, json!({ "id": course })).await["offering"].clone()
    }

    /// A published course of two sections with two articles each, at this price.
    pub async fn sells(&self, title: &str, price: Value) -> Made {
        let course = self.drafts(title).await;
        let (mut sections, mut lessons) = (Vec::new(), Vec::new());
        for part in ["Basics", "Mastery"] {
            let section = self.adds_section(&course, part).await;
            for step in ["first", "second"] {
                let words = format!("The {step} secret of {part}.");
                lessons.push(self.adds_article(&section, &format!("{part}, {step}"), &words).await);
            }
            sections.push(section);
        }
        let price = self.prices(&course, price).await;
        let slug = text(&self.publishes(&course).await["slug"]);
        Made { course, slug, sections, lessons, price }
    }
}

/// A price of so many cents, once.
pub fn euros(cents: i64) -> Value {
    json!({ "oneTime": { "amount": { "minorUnits": cents, "currency": "EUR" } } })
}
