//! A creator with a course on sale, put straight into the database: for stories that are about the money.

use atelier::app::App;
use atelier::kernel::{CourseId, CreatorId, PriceId, PublicId};
use entity::{courses, offerings, prices};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::json;

use super::Person;

const CREATOR: &str = "mutation($input: CreatorCreateInput!) { creatorCreate(input: $input) { creator { id }
    userErrors { code path message } } }";
const OPEN: &str =
    "mutation($id: ID!) { storefrontPublish(creatorId: $id, published: true) { storefront { isPublished }
    userErrors { code path message } } }";

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

/// How the course is priced.
#[derive(Clone, Copy, Debug)]
pub enum Priced {
    /// For nothing.
    Free,
    /// So many cents, once.
    Euros(i64),
    /// From so many cents on.
    FromEuros(i64),
}

impl Person {
    /// Opens a shop with one published course.
    pub async fn db_opens_shop(&self, title: &str, priced: Priced) -> Shop {
        let creator = self.opens_page().await;
        let app = self.market.app();
        let course = db_course(app, creator, title).await;
        let price = db_price(app, course, priced).await;
        Shop { creator, course, price }
    }

    /// Becomes a creator whose page is open.
    async fn opens_page(&self) -> CreatorId {
        let niches = self.sees("{ niches { slug } }", json!({})).await;
        let input = json!({
            "handle": self.name.to_lowercase().replace(' ', "-"), "displayName": self.name, "country": "AT",
            "timeZone": "Europe/Vienna", "currency": "EUR", "nicheSlugs": [niches["niches"][0]["slug"]],
        });
        let made = self.does(CREATOR, json!({ "input": input })).await;
        let id = made["creator"]["id"].as_str().unwrap().to_owned();
        self.does(OPEN, json!({ "id": id })).await;
        id.parse().unwrap()
    }
}

/// Another course of the same creator.
pub async fn db_course(app: &App, creator: CreatorId, title: &str) -> CourseId {
    let (now, conn) = (app.now(), app.db.read());
    let id = CourseId(app.entropy.id(now));
    let offering = offerings::ActiveModel {
        id: Set(id.uuid()),
        kind: Set("COURSE".to_owned()),
        creator_id: Set(creator.uuid()),
        slug: Set(title.to_lowercase().replace(' ', "-")),
        title: Set(title.to_owned()),
        title_folded: Set(title.to_lowercase()),
        subtitle: Set(None),
        description_markdown: Set("Words.".to_owned()),
        cover_asset_id: Set(None),
        status: Set("PUBLISHED".to_owned()),
        level: Set("ALL".to_owned()),
        language: Set("en".to_owned()),
        version: Set(1),
        rating_sum: Set(0),
        rating_count: Set(0),
        enrollment_count: Set(0),
        published_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
    };
    offerings::Entity::insert(offering).exec_without_returning(conn).await.unwrap();
    let course = courses::ActiveModel {
        offering_id: Set(id.uuid()),
        trailer_asset_id: Set(None),
        outcomes: Set(json!([])),
        estimated_minutes: Set(0),
        section_count: Set(0),
        lesson_count: Set(0),
        certificate_enabled: Set(false),
    };
    courses::Entity::insert(course).exec_without_returning(conn).await.unwrap();
    id
}

/// A price of a course.
pub async fn db_price(app: &App, course: CourseId, priced: Priced) -> PriceId {
    let (kind, minor) = match priced {
        Priced::Free => ("FREE", 0),
        Priced::Euros(minor) => ("ONE_TIME", minor),
        Priced::FromEuros(minor) => ("PAY_WHAT_YOU_WANT", minor),
    };
    let now = app.now();
    let id = PriceId(app.entropy.id(now));
    let price = prices::ActiveModel {
        id: Set(id.uuid()),
        offering_id: Set(course.uuid()),
        kind: Set(kind.to_owned()),
        currency: Set("EUR".to_owned()),
        amount_minor: Set(minor),
        suggested_minor: Set(None),
        compare_at_minor: Set(None),
        tax_behavior: Set("INCLUSIVE".to_owned()),
        available_until: Set(None),
        is_default: Set(true),
        archived_at: Set(None),
        created_at: Set(now),
    };
    prices::Entity::insert(price).exec_without_returning(app.db.read()).await.unwrap();
    id
}

/// The creator withdraws a price.
pub async fn db_withdraws(app: &App, price: PriceId) {
    let row = prices::ActiveModel {
        id: Set(price.uuid()),
        archived_at: Set(Some(app.now())),
        is_default: Set(false),
        ..Default::default()
    };
    prices::Entity::update(row).exec(app.db.read()).await.unwrap();
}
