//! The inbox: each event Stripe sent, once.

use sea_orm::entity::prelude::*;

/// The inbox: each event Stripe sent, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_events")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `evt_…`.
    pub stripe_id: String,
    /// One of `PLATFORM`, `CONNECT`.
    pub endpoint: String,
    /// Kind.
    pub kind: String,
    /// Connected account.
    pub account: Option<String>,
    /// Livemode.
    pub livemode: bool,
    /// Api version.
    pub api_version: Option<String>,
    /// Object id.
    pub object_id: Option<String>,
    /// As signed.
    pub payload: String,
    /// One of `RECEIVED`, `HANDLED`, `IGNORED`, `PARKED`.
    pub state: String,
    /// Why parked or ignored.
    pub note: Option<String>,
    /// Attempts.
    pub attempts: i32,
    /// Received at.
    pub received_at: DateTimeUtc,
    /// Handled at.
    pub handled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
