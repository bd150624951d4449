//! An account: one person, one e-mail address.

use sea_orm::entity::prelude::*;

/// An account: one person, one e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// UUIDv7; shown as `usr_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As the person wrote it.
    pub email: String,
    /// Trimmed and lower-cased; what must be unique.
    pub email_folded: String,
    /// Shown to others.
    pub display_name: String,
    /// Argon2id PHC string; null = codes only.
    pub password_hash: Option<String>,
    /// Null = the address is not proven.
    pub email_verified_at: Option<DateTimeUtc>,
    /// BCP 47.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Asset, re-checked by media.
    pub avatar_asset_id: Option<Uuid>,
    /// Consent to news.
    pub marketing_opt_in: bool,
    /// The terms agreed to at sign-up.
    pub terms_version: String,
    /// Null = in good standing.
    pub suspended_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
