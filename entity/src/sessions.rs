//! One signed-in device; access and refresh tokens hang on it.

use sea_orm::entity::prelude::*;

/// One signed-in device; access and refresh tokens hang on it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// `ses_…`; the `sid` claim of access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// User id.
    pub user_id: Uuid,
    /// One of `WEB`, `IOS`, `ANDROID`.
    pub platform: String,
    /// Device name.
    pub device_name: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Last seen at.
    pub last_seen_at: DateTimeUtc,
    /// End of the refresh family.
    pub expires_at: DateTimeUtc,
    /// Null = alive.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
