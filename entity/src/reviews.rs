//! What somebody thinks of an offering.

use sea_orm::entity::prelude::*;

/// What somebody thinks of an offering.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reviews")]
pub struct Model {
    /// `rev_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of what.
    pub offering_id: Uuid,
    /// Whose that is.
    pub creator_id: Uuid,
    /// Who thinks so; null when the account is gone.
    pub author_id: Option<Uuid>,
    /// The right to the course it rests on.
    pub enrollment_id: Option<Uuid>,
    /// The seat at the workshop it rests on.
    pub seat_id: Option<Uuid>,
    /// Whether that right or seat was paid for when this was written.
    pub is_paid: bool,
    /// 1 to 5.
    pub rating: i32,
    /// CommonMark; may be empty.
    pub body_markdown: String,
    /// What the creator's team answers.
    pub reply_markdown: Option<String>,
    /// Who of them.
    pub replied_by: Option<Uuid>,
    /// When.
    pub replied_at: Option<DateTimeUtc>,
    /// How many found it helpful.
    pub helpful_count: i32,
    /// When the platform took it down.
    pub hidden_at: Option<DateTimeUtc>,
    /// When its author took the words back of what was taken down.
    pub erased_at: Option<DateTimeUtc>,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// When its author last changed it.
    pub edited_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
