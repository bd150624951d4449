//! Somebody who was asked what they think of an offering.

use sea_orm::entity::prelude::*;

/// Somebody who was asked what they think of an offering.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review_invitations")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Of what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
    /// When.
    pub invited_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
