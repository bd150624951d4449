//! Money Stripe says arrived for an order.

use sea_orm::entity::prelude::*;

/// Money Stripe says arrived for an order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    /// `pay_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order id.
    pub order_id: Uuid,
    /// `pi_…`.
    pub intent_id: String,
    /// `ch_…`.
    pub charge_id: String,
    /// One of `PROCESSING`, `SETTLED`, `FAILED`, `UNEXPECTED`.
    pub state: String,
    /// Currency.
    pub currency: String,
    /// Amount minor.
    pub amount_minor: i64,
    /// Stripe's, once its balance transaction is known.
    pub fee_minor: Option<i64>,
    /// `txn_…`.
    pub balance_transaction_id: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Settled at.
    pub settled_at: Option<DateTimeUtc>,
    /// Stripe's page with the receipt.
    pub receipt_url: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
