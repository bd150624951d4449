//! A call to Stripe: intended, committed, made, answered.

use sea_orm::entity::prelude::*;

/// A call to Stripe: intended, committed, made, answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outgoing_calls")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `checkout_session`.
    pub kind: String,
    /// Our row.
    pub subject_id: Uuid,
    /// Attempt.
    pub attempt: i32,
    /// `co:…:1`.
    pub idempotency_key: String,
    /// One of `INTENDED`, `ANSWERED`, `REFUSED`.
    pub state: String,
    /// Stripe's id.
    pub response_ref: Option<String>,
    /// Error.
    pub error: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Answered at.
    pub answered_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
