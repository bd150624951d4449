//! What strangers can find, as the words they find it by.

use sea_orm::entity::prelude::*;

/// What strangers can find, as the words they find it by. The index over them is the database's own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_documents")]
pub struct Model {
    /// What an index outside of the table refers to.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// The key of the offering or the creator.
    pub id: Uuid,
    /// One of `CREATOR`, `COURSE`, `WORKSHOP`, `BUNDLE`.
    pub kind: String,
    /// Whose it is.
    pub creator_id: Uuid,
    /// The offering's version that was read; 0 for creators.
    pub version: i32,
    /// The title or name that was read.
    pub label: String,
    /// The creator's name that was read.
    pub creator_name: String,
    /// Slugs, each between blanks.
    pub niches: String,
    /// BCP 47 in lower case, each between blanks.
    pub languages: String,
    /// Words, each between blanks: what it is called.
    pub title: String,
    /// Words, each between blanks: what stands below the title.
    pub byline: String,
    /// Words, each between blanks: what is said of it.
    pub body: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
