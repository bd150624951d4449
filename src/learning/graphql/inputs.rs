//! Enums and inputs of progress.

use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::graphql::context::id;
use crate::kernel::Result;
use crate::learning::model;

/// Where a learner stands in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ProgressState")]
pub enum ProgressState {
    /// Not opened yet.
    NotStarted,
    /// Begun.
    InProgress,
    /// Finished.
    Completed,
}

/// What a device saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::EventKind")]
pub enum ProgressEventKind {
    /// The lesson was opened.
    Started,
    /// The player stood at `positionSeconds`.
    Position,
    /// The lesson was finished.
    Completed,
    /// The lesson was saved for later.
    Downloaded,
}

/// Something that happened on a device, perhaps offline.
#[derive(Clone, Debug, InputObject)]
pub struct ProgressEventInput {
    /// Made by the device; an event counts once, however often it is sent.
    pub event_id: Uuid,
    /// In which lesson.
    pub lesson_id: ID,
    /// What happened.
    pub kind: ProgressEventKind,
    /// Where the player stood; required for POSITION.
    pub position_seconds: Option<i32>,
    /// How much of the lesson was watched so far, in all.
    pub watched_seconds: Option<i32>,
    /// When it happened; a time in the future counts as now.
    pub occurred_at: DateTime<Utc>,
}

impl ProgressEventInput {
    /// The event, or what is wrong with its lesson's id.
    pub(super) fn read(&self) -> Result<model::ProgressEvent> {
        Ok(model::ProgressEvent {
            id: self.event_id,
            lesson: id(&["lessonId"], &self.lesson_id)?,
            kind: self.kind.into(),
            position_seconds: self.position_seconds,
            watched_seconds: self.watched_seconds,
            occurred_at: self.occurred_at,
        })
    }
}
