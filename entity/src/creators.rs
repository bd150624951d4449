//! A public teaching identity.

use sea_orm::entity::prelude::*;

/// A public teaching identity.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "creators")]
pub struct Model {
    /// `crt_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Lower case, in links.
    pub handle: String,
    /// Display name.
    pub display_name: String,
    /// Headline.
    pub headline: Option<String>,
    /// Bio markdown.
    pub bio_markdown: String,
    /// Avatar asset id.
    pub avatar_asset_id: Option<Uuid>,
    /// Cover asset id.
    pub cover_asset_id: Option<Uuid>,
    /// ISO 3166-1 alpha-2, fixed once money is involved.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217, what prices default to.
    pub currency: String,
    /// Array of BCP 47 tags.
    #[sea_orm(column_type = "JsonBinary")]
    pub languages: Json,
    /// Is verified.
    pub is_verified: bool,
    /// Kept in the transaction that follows.
    pub follower_count: i32,
    /// Of published reviews.
    pub rating_sum: i64,
    /// Rating count.
    pub rating_count: i32,
    /// How many gave one star.
    pub ratings_1: i32,
    /// How many gave two.
    pub ratings_2: i32,
    /// How many gave three.
    pub ratings_3: i32,
    /// How many gave four.
    pub ratings_4: i32,
    /// How many gave five.
    pub ratings_5: i32,
    /// Sum by count in thousandths, 0 without ratings: what lists are ordered by.
    pub rating_milli: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
