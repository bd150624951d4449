//! A report that was asked for as a file.

use sea_orm::entity::prelude::*;

/// A report that was asked for as a file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_exports")]
pub struct Model {
    /// Key; the file's name in the bucket is made of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose figures.
    pub creator_id: Uuid,
    /// Who asked.
    pub requested_by: Uuid,
    /// What it lists.
    pub kind: String,
    /// From then on.
    pub from_at: DateTimeUtc,
    /// Before then.
    pub until_at: DateTimeUtc,
    /// How far it is.
    pub state: String,
    /// Rows without the header, once it was made.
    pub row_count: Option<i64>,
    /// When it was asked for.
    pub created_at: DateTimeUtc,
    /// When it was made or given up.
    pub finished_at: Option<DateTimeUtc>,
    /// When its file goes.
    pub expires_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
