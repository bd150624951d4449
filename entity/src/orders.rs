//! What somebody agreed to buy, at what price, from whom.

use sea_orm::entity::prelude::*;

/// What somebody agreed to buy, at what price, from whom.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    /// `ord_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For people: AT-7K3M-9Q2P.
    pub number: String,
    /// Creator id.
    pub creator_id: Uuid,
    /// Null = a guest.
    pub buyer_id: Option<Uuid>,
    /// Buyer email.
    pub buyer_email: String,
    /// One of `PENDING`, `PAID`, `PARTIALLY_REFUNDED`, `REFUNDED`, `DISPUTED`, `VOID`.
    pub status: String,
    /// Currency.
    pub currency: String,
    /// Subtotal minor.
    pub subtotal_minor: i64,
    /// Discount minor.
    pub discount_minor: i64,
    /// Included in total.
    pub tax_minor: i64,
    /// Total minor.
    pub total_minor: i64,
    /// Refunded minor.
    pub refunded_minor: i64,
    /// Placed at.
    pub placed_at: DateTimeUtc,
    /// Paid at.
    pub paid_at: Option<DateTimeUtc>,
    /// Voided at.
    pub voided_at: Option<DateTimeUtc>,
    /// The address a guest bought with, lower-cased; stays when somebody has proven it.
    pub guest_email: Option<String>,
    /// Days after payment in which the buyer may ask for the money back; frozen.
    pub refund_window_days: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
