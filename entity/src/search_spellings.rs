//! Words of titles and names under every way to write them with one letter left out.

use sea_orm::entity::prelude::*;

/// A word of a title or name, under itself and under what is left when one letter is left out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_spellings")]
pub struct Model {
    /// The word, or the word without one of its letters.
    #[sea_orm(primary_key, auto_increment = false)]
    pub spelling: String,
    /// The word.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
