//! A creator's connected account at Stripe.

use sea_orm::entity::prelude::*;

/// A creator's connected account at Stripe.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_accounts")]
pub struct Model {
    /// Creator id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// `acct_…`.
    pub stripe_account_id: String,
    /// One of `NOT_STARTED`, `ACTION_REQUIRED`, `PENDING`, `READY`, `RESTRICTED`, `REJECTED`.
    pub state: String,
    /// Country.
    pub country: String,
    /// Default currency.
    pub default_currency: String,
    /// Array of field names Stripe wants.
    #[sea_orm(column_type = "JsonBinary")]
    pub requirements: Json,
    /// Disabled reason.
    pub disabled_reason: Option<String>,
    /// Due by.
    pub due_by: Option<DateTimeUtc>,
    /// Last read from Stripe.
    pub checked_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
