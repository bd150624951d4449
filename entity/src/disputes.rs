//! A buyer's bank asks for the money of a payment back.

use sea_orm::entity::prelude::*;

/// A buyer's bank asks for the money of a payment back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub struct Model {
    /// `dsp_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `du_…` or `dp_…`.
    pub stripe_id: String,
    /// Which purchase.
    pub order_id: Uuid,
    /// Which charge.
    pub charge_id: String,
    /// One of `INQUIRY`, `INQUIRY_CLOSED`, `NEEDS_RESPONSE`, `UNDER_REVIEW`, `WON`, `LOST`.
    pub state: String,
    /// In Stripe's words.
    pub reason: String,
    /// The order's.
    pub currency: String,
    /// What the bank claims.
    pub amount_minor: i64,
    /// What it took.
    pub withdrawn_minor: i64,
    /// How much of that the order's lines had left.
    pub taken_minor: i64,
    /// What it charged for that.
    pub fee_minor: i64,
    /// Whether Stripe still lets the charge be refunded.
    pub is_refundable: bool,
    /// What we answered, frozen.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub evidence: Option<Json>,
    /// Until when to answer.
    pub evidence_due_at: Option<DateTimeUtc>,
    /// When we answered.
    pub evidence_sent_at: Option<DateTimeUtc>,
    /// When the money was taken.
    pub opened_at: Option<DateTimeUtc>,
    /// When it was decided.
    pub closed_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
