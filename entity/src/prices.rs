//! What an offering costs; never changed, only replaced.

use sea_orm::entity::prelude::*;

/// What an offering costs; never changed, only replaced.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "prices")]
pub struct Model {
    /// `prc_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Offering id.
    pub offering_id: Uuid,
    /// One of `FREE`, `ONE_TIME`, `PAY_WHAT_YOU_WANT`, `RECURRING`.
    pub kind: String,
    /// ISO 4217.
    pub currency: String,
    /// FREE 0; PAY_WHAT_YOU_WANT its minimum.
    pub amount_minor: i64,
    /// Suggested minor.
    pub suggested_minor: Option<i64>,
    /// Compare at minor.
    pub compare_at_minor: Option<i64>,
    /// RECURRING: one of `MONTH`, `YEAR`.
    pub billing_interval: Option<String>,
    /// RECURRING: days before the first payment.
    pub trial_days: Option<i32>,
    /// One of `INCLUSIVE`, `EXCLUSIVE`.
    pub tax_behavior: String,
    /// Available until.
    pub available_until: Option<DateTimeUtc>,
    /// Is default.
    pub is_default: bool,
    /// Archived at.
    pub archived_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
