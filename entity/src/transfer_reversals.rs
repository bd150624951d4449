//! Money of a transfer taken back.

use sea_orm::entity::prelude::*;

/// Money of a transfer taken back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transfer_reversals")]
pub struct Model {
    /// Key; goes to Stripe as metadata.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which transfer.
    pub transfer_id: Uuid,
    /// Whose sale.
    pub order_id: Uuid,
    /// From whom.
    pub payee_creator_id: Uuid,
    /// The transfer's.
    pub currency: String,
    /// More than zero.
    pub amount_minor: i64,
    /// One of `INTENDED`, `MADE`, `WAITING`, `CANCELLED`.
    pub state: String,
    /// `trr_…`, once it is made.
    pub stripe_id: Option<String>,
    /// Stripe's words.
    pub refusal: Option<String>,
    /// When a refused one is tried again.
    pub try_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Made or given up at.
    pub settled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
