//! Money from a creator's balance at Stripe to their bank.

use sea_orm::entity::prelude::*;

/// Money from a creator's balance at Stripe to their bank.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payouts")]
pub struct Model {
    /// Key; goes to Stripe as metadata.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub creator_id: Uuid,
    /// `acct_…`.
    pub destination: String,
    /// ISO 4217.
    pub currency: String,
    /// More than zero.
    pub amount_minor: i64,
    /// One of `INTENDED`, `REFUSED`, `PENDING`, `IN_TRANSIT`, `PAID`, `FAILED`.
    pub state: String,
    /// Made by Stripe by the schedule.
    pub is_automatic: bool,
    /// `po_…`, once it is made.
    pub stripe_id: Option<String>,
    /// Why it was refused or failed.
    pub failure: Option<String>,
    /// When the bank should have it.
    pub arrives_at: Option<DateTimeUtc>,
    /// Who asked for it.
    pub requested_by: Option<Uuid>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
