//! Progress, and how events change it. Pure: the same events give the same progress in whatever order they arrive.

use entity::lesson_progress;
use uuid::Uuid;

use crate::kernel::{EnrollmentId, Instant, LessonId, UserId};

/// The most events one call may bring.
pub const MOST_EVENTS: usize = 200;
/// The largest position anybody may report, in seconds: longer than any lesson.
pub const LONGEST: i32 = 7 * 24 * 3600;
/// How long a device may keep a copy without asking again.
pub const OFFLINE: chrono::Duration = chrono::Duration::days(30);
/// A lesson left so shortly before its end begins again from the start, in seconds.
const NEARLY_OVER: i32 = 5;

/// Until when a device may keep a copy: a month from now, at most as long as the right lasts.
pub fn offline_until(now: Instant, access_ends: Option<Instant>) -> Instant {
    let month = now + OFFLINE;
    access_ends.map_or(month, |end| end.min(month))
}

/// Where a learner stands in one lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum ProgressState {
    NotStarted,
    InProgress,
    Completed,
}

impl ProgressState {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "COMPLETED" => Self::Completed,
            "IN_PROGRESS" => Self::InProgress,
            _ => Self::NotStarted,
        }
    }
}

/// What a device reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum EventKind {
    Started,
    Position,
    Completed,
    Downloaded,
}

impl EventKind {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Position => "POSITION",
            Self::Completed => "COMPLETED",
            Self::Downloaded => "DOWNLOADED",
        }
    }
}

/// Something that happened on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressEvent {
    /// The device's own; counts once.
    pub id: Uuid,
    /// In which lesson.
    pub lesson: LessonId,
    /// What.
    pub kind: EventKind,
    /// Where the player stood.
    pub position_seconds: Option<i32>,
    /// How much was watched in all.
    pub watched_seconds: Option<i32>,
    /// When it happened, by the device's clock.
    pub occurred_at: Instant,
}

/// One learner's state in one lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonProgress {
    /// Whose.
    pub user: UserId,
    /// Where.
    pub lesson: LessonId,
    /// By which right.
    pub enrollment: EnrollmentId,
    /// How far.
    pub state: ProgressState,
    /// Where to go on.
    pub position_seconds: i32,
    /// When the player stood there.
    pub positioned_at: Option<Instant>,
    /// Never falls.
    pub watched_seconds: i32,
    /// When it was finished first, since it was last reopened.
    pub completed_at: Option<Instant>,
    /// When it was last reopened: what was finished before that does not count any more.
    pub reopened_at: Option<Instant>,
    /// When the newest event occurred.
    pub updated_at: Instant,
}

impl From<lesson_progress::Model> for LessonProgress {
    fn from(row: lesson_progress::Model) -> Self {
        Self {
            user: row.user_id.into(),
            lesson: row.lesson_id.into(),
            enrollment: row.enrollment_id.into(),
            state: ProgressState::of(&row.state),
            position_seconds: row.position_seconds,
            positioned_at: row.positioned_at,
            watched_seconds: row.watched_seconds,
            completed_at: row.completed_at,
            reopened_at: row.reopened_at,
            updated_at: row.updated_at,
        }
    }
}

impl LessonProgress {
    /// Nothing yet.
    pub fn fresh(user: UserId, lesson: LessonId, enrollment: EnrollmentId, at: Instant) -> Self {
        Self {
            user,
            lesson,
            enrollment,
            state: ProgressState::NotStarted,
            position_seconds: 0,
            positioned_at: None,
            watched_seconds: 0,
            completed_at: None,
            reopened_at: None,
            updated_at: at,
        }
    }

    /// Takes in an event that was received at `now`; a device whose clock runs ahead is believed only up to then.
    pub fn take(&mut self, event: &ProgressEvent, now: Instant) {
        let at = event.occurred_at.min(now);
        if let Some(position) = event.position_seconds
            && self.positioned_at.is_none_or(|known| (known, self.position_seconds) < (at, position))
        {
            (self.position_seconds, self.positioned_at) = (position, Some(at));
        }
        self.watched_seconds = self.watched_seconds.max(event.watched_seconds.unwrap_or(0));
        let counts = self.reopened_at.is_none_or(|reopened| at > reopened);
        if event.kind == EventKind::Completed && counts {
            self.state = ProgressState::Completed;
            self.completed_at = Some(self.completed_at.map_or(at, |known| known.min(at)));
        } else if self.state == ProgressState::NotStarted {
            self.state = ProgressState::InProgress;
        }
        self.updated_at = self.updated_at.max(at);
    }

    /// The learner says that it is finished.
    pub fn complete(&mut self, now: Instant) {
        self.state = ProgressState::Completed;
        self.completed_at = self.completed_at.or(Some(now));
        self.updated_at = self.updated_at.max(now);
    }

    /// The learner says that it is not finished after all.
    pub fn reopen(&mut self, now: Instant) {
        self.state = ProgressState::InProgress;
        self.completed_at = None;
        self.reopened_at = Some(now);
        self.updated_at = self.updated_at.max(now);
    }

    /// Whether it is finished.
    pub fn is_completed(&self) -> bool {
        self.state == ProgressState::Completed
    }

    /// Where a player should begin: where it stood, unless the lesson is over.
    pub fn resume_at(&self, duration_seconds: Option<i32>) -> i32 {
        let over = duration_seconds.is_some_and(|length| self.position_seconds >= length - NEARLY_OVER);
        if self.is_completed() || over { 0 } else { self.position_seconds }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Instant {
        Utc.timestamp_opt(1_800_000_000, 0).single().unwrap_or_default() + Duration::minutes(minutes)
    }

    fn event(kind: EventKind, minutes: i64, position: Option<i32>) -> ProgressEvent {
        ProgressEvent {
            id: Uuid::nil(),
            lesson: LessonId(Uuid::nil()),
            kind,
            position_seconds: position,
            watched_seconds: position,
            occurred_at: at(minutes),
        }
    }

    fn after(events: &[ProgressEvent]) -> LessonProgress {
        let nil = Uuid::nil();
        let mut progress = LessonProgress::fresh(UserId(nil), LessonId(nil), EnrollmentId(nil), at(0));
        events.iter().for_each(|event| progress.take(event, at(1000)));
        progress
    }

    #[test]
    fn a_late_event_does_not_turn_back_the_position() {
        let progress =
            after(&[event(EventKind::Position, 20, Some(120)), event(EventKind::Position, 10, Some(300))]);
        assert_eq!((progress.position_seconds, progress.watched_seconds), (120, 300));
        assert_eq!(progress.updated_at, at(20));
    }

    #[test]
    fn what_was_finished_offline_counts_however_late_it_arrives() {
        let progress =
            after(&[event(EventKind::Position, 20, Some(5)), event(EventKind::Completed, 10, None)]);
        assert_eq!((progress.state, progress.completed_at), (ProgressState::Completed, Some(at(10))));
    }

    #[test]
    fn what_was_finished_before_a_reopening_does_not_finish_it_again() {
        let mut progress = after(&[event(EventKind::Completed, 10, None)]);
        progress.reopen(at(30));
        progress.take(&event(EventKind::Completed, 20, None), at(1000));
        assert_eq!(progress.state, ProgressState::InProgress);
        progress.take(&event(EventKind::Completed, 40, None), at(1000));
        assert_eq!(progress.completed_at, Some(at(40)));
    }

    #[test]
    fn a_clock_that_runs_ahead_is_believed_only_up_to_now() {
        assert_eq!(after(&[event(EventKind::Started, 5000, None)]).updated_at, at(1000));
    }

    #[test]
    fn a_player_begins_where_it_stood_unless_the_lesson_is_over() {
        let mut progress = after(&[event(EventKind::Position, 1, Some(90))]);
        assert_eq!(progress.resume_at(Some(300)), 90);
        assert_eq!(progress.resume_at(Some(92)), 0);
        progress.take(&event(EventKind::Completed, 2, None), at(1000));
        assert_eq!(progress.resume_at(Some(300)), 0);
    }

    fn any_event() -> impl Strategy<Value = ProgressEvent> {
        let kind = prop_oneof![
            Just(EventKind::Started),
            Just(EventKind::Position),
            Just(EventKind::Completed),
            Just(EventKind::Downloaded)
        ];
        (kind, 1..60i64, prop::option::of(0..600)).prop_map(|(kind, at, position)| event(kind, at, position))
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(
            events in prop::collection::vec(any_event(), 1..12), seed: prop::sample::Index
        ) {
            let mut shuffled = events.clone();
            shuffled.rotate_left(seed.index(events.len()));
            let mut reversed = events.clone();
            reversed.reverse();
            prop_assert_eq!(after(&events), after(&shuffled));
            prop_assert_eq!(after(&events), after(&reversed));
        }
    }
}
