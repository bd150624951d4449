//! What an operator did, why, and from where. Never changed.

use sea_orm::entity::prelude::*;

/// What an operator did, why, and from where. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    /// `aud_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who; none for the command line.
    pub actor_id: Option<Uuid>,
    /// `payout.hold`.
    pub action: String,
    /// Our id, or Stripe's.
    pub subject: String,
    /// The creator it concerns.
    pub creator_id: Option<Uuid>,
    /// Why, in the operator's words.
    pub reason: Option<String>,
    /// From where, without the last part of the address.
    pub ip_prefix: Option<String>,
    /// When.
    pub occurred_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
