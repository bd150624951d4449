//! Anything that can be on sale; a course is one kind.

use sea_orm::entity::prelude::*;

/// Anything that can be on sale; a course is one kind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offerings")]
pub struct Model {
    /// `crs_…` for courses.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// One of `COURSE`, `WORKSHOP`, `BUNDLE`, `MEMBERSHIP`.
    pub kind: String,
    /// Creator id.
    pub creator_id: Uuid,
    /// Unique within the creator.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Lower-cased without accents, for search on both databases.
    pub title_folded: String,
    /// Subtitle.
    pub subtitle: Option<String>,
    /// Description markdown.
    pub description_markdown: String,
    /// Cover asset id.
    pub cover_asset_id: Option<Uuid>,
    /// One of `DRAFT`, `PUBLISHED`, `UNLISTED`, `ARCHIVED`, `TAKEN_DOWN`.
    pub status: String,
    /// One of `BEGINNER`, `INTERMEDIATE`, `ADVANCED`, `ALL`.
    pub level: String,
    /// BCP 47.
    pub language: String,
    /// Rises with each edit.
    pub version: i32,
    /// Rating sum.
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
    /// Kept in the transaction that enrolls.
    pub enrollment_count: i32,
    /// First publication.
    pub published_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
