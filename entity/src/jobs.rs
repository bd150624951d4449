//! Work that must happen after a commit; claimed with a lease, retried, or kept as dead.

use sea_orm::entity::prelude::*;

/// Work that must happen after a commit; claimed with a lease, retried, or kept as dead.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `mail.send`.
    pub kind: String,
    /// Ids only.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// At most one job ever with this key.
    pub unique_key: Option<String>,
    /// One of `QUEUED`, `RUNNING`, `DONE`, `DEAD`.
    pub state: String,
    /// Attempts.
    pub attempts: i32,
    /// Max attempts.
    pub max_attempts: i32,
    /// Not before.
    pub run_at: DateTimeUtc,
    /// While RUNNING.
    pub lease_until: Option<DateTimeUtc>,
    /// Last error.
    pub last_error: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Finished at.
    pub finished_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
