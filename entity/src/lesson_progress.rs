//! One learner's state in one lesson.

use sea_orm::entity::prelude::*;

/// One learner's state in one lesson.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_progress")]
pub struct Model {
    /// User id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Lesson id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lesson_id: Uuid,
    /// Enrollment id.
    pub enrollment_id: Uuid,
    /// One of `NOT_STARTED`, `IN_PROGRESS`, `COMPLETED`.
    pub state: String,
    /// Resume here.
    pub position_seconds: i32,
    /// When the player stood there.
    pub positioned_at: Option<DateTimeUtc>,
    /// Never falls.
    pub watched_seconds: i32,
    /// Completed at.
    pub completed_at: Option<DateTimeUtc>,
    /// What was finished before that does not count any more.
    pub reopened_at: Option<DateTimeUtc>,
    /// When the newest event occurred.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
