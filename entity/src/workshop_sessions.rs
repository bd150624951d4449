//! One date of a workshop.

use sea_orm::entity::prelude::*;

/// One date of a workshop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workshop_sessions")]
pub struct Model {
    /// `wss_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Offering id.
    pub workshop_id: Uuid,
    /// Creator id.
    pub creator_id: Uuid,
    /// What this date is called, if not like the workshop.
    pub title: Option<String>,
    /// Wall time at the start, `2026-12-05T18:00`: what was meant.
    pub local_start: String,
    /// IANA name.
    pub time_zone: String,
    /// Follows from wall time and zone.
    pub starts_at: DateTimeUtc,
    /// Its end.
    pub ends_at: DateTimeUtc,
    /// Places; none = no limit.
    pub capacity: Option<i32>,
    /// Places offered, held or seated.
    pub taken: i32,
    /// Whether one may wait for a place.
    pub waitlist_enabled: bool,
    /// Rises when the date changes (RFC 5545 SEQUENCE).
    pub sequence: i32,
    /// When the door opens.
    pub opens_minutes_before: i32,
    /// One of `EXTERNAL_LINK`, `BUILT_IN`.
    pub join_provider: Option<String>,
    /// The way in, encrypted.
    pub join_sealed: Option<String>,
    /// Whether a host wants it recorded.
    pub recorded: bool,
    /// When a host went live.
    pub live_at: Option<DateTimeUtc>,
    /// When a host ended it.
    pub closed_at: Option<DateTimeUtc>,
    /// When it was called off.
    pub cancelled_at: Option<DateTimeUtc>,
    /// Why it was moved or called off, for the attendees.
    pub change_note: Option<String>,
    /// For which `sequence` reminders were written.
    pub reminded_sequence: Option<i32>,
    /// When everybody who was there had been thanked.
    pub thanked_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
