//! The ordered log of what happened; written in the transaction of the change.

use sea_orm::entity::prelude::*;

/// The ordered log of what happened; written in the transaction of the change.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    /// Gapless within one writer, ascending in commit order.
    #[sea_orm(primary_key)]
    pub sequence: i64,
    /// `evt_…`.
    pub id: Uuid,
    /// `order.paid`.
    pub kind: String,
    /// Public id of the thing it is about.
    pub subject: String,
    /// Whose studio may see it.
    pub creator_id: Option<Uuid>,
    /// Whose account it concerns.
    pub user_id: Option<Uuid>,
    /// Ids only.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// Occurred at.
    pub occurred_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
