//! An e-mail to send; its text is erased once it is out, since it may hold a code.

use sea_orm::entity::prelude::*;

/// An e-mail to send; its text is erased once it is out, since it may hold a code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letters")]
pub struct Model {
    /// Also the Message-ID.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Null = a guest.
    pub user_id: Option<Uuid>,
    /// Address.
    pub recipient: String,
    /// `receipt`.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Empty after sending.
    pub body_text: String,
    /// Empty after sending.
    pub body_html: String,
    /// At most one letter ever with this key.
    pub unique_key: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Sent at.
    pub sent_at: Option<DateTimeUtc>,
    /// What a calendar does with it: `REQUEST`, `CANCEL`.
    pub calendar_method: Option<String>,
    /// What a calendar reads; none after sending.
    pub calendar: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
