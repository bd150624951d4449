//! An entitlement: one person's right to one offering.

use sea_orm::entity::prelude::*;

/// An entitlement: one person's right to one offering.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrollments")]
pub struct Model {
    /// `enr_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// User id.
    pub user_id: Uuid,
    /// Offering id.
    pub offering_id: Uuid,
    /// One of `ACTIVE`, `PAST_DUE`, `COMPLETED`, `EXPIRED`, `REVOKED`.
    pub state: String,
    /// One of `PURCHASE`, `FREE`, `GIFT`, `MEMBERSHIP`, `BUNDLE`, `COMPLIMENTARY`, `STORE`.
    pub source: String,
    /// The line that paid for it.
    pub order_line_id: Option<Uuid>,
    /// The membership that keeps it open, if one does.
    pub membership_id: Option<Uuid>,
    /// Drip clock.
    pub started_at: DateTimeUtc,
    /// Null = no end.
    pub access_ends_at: Option<DateTimeUtc>,
    /// Completed at.
    pub completed_at: Option<DateTimeUtc>,
    /// Revoked at.
    pub revoked_at: Option<DateTimeUtc>,
    /// Where the learner was last.
    pub last_lesson_id: Option<Uuid>,
    /// Last activity at.
    pub last_activity_at: Option<DateTimeUtc>,
    /// Kept in the transaction that completes a lesson.
    pub completed_lessons: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
