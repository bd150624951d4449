//! What an enrollment is, and how it stands at a given moment.

use entity::enrollments;
use uuid::Uuid;

use crate::kernel::{EnrollmentId, Instant, LessonId, OrderLineId, UserId};

/// Why somebody may learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum Source {
    Purchase,
    Free,
    Gift,
    Membership,
    Bundle,
    Complimentary,
    Store,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 7] = [
        Self::Purchase,
        Self::Free,
        Self::Gift,
        Self::Membership,
        Self::Bundle,
        Self::Complimentary,
        Self::Store,
    ];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Purchase => "PURCHASE",
            Self::Free => "FREE",
            Self::Gift => "GIFT",
            Self::Membership => "MEMBERSHIP",
            Self::Bundle => "BUNDLE",
            Self::Complimentary => "COMPLIMENTARY",
            Self::Store => "STORE",
        }
    }

    /// The source of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// How a right stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum State {
    Active,
    PastDue,
    Completed,
    Expired,
    Revoked,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Active, Self::PastDue, Self::Completed, Self::Expired, Self::Revoked];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::PastDue => "PAST_DUE",
            Self::Completed => "COMPLETED",
            Self::Expired => "EXPIRED",
            Self::Revoked => "REVOKED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether somebody whose right stands so may learn. A late payment does not lock anybody out at once.
    pub fn may_learn(self) -> bool {
        matches!(self, Self::Active | Self::PastDue | Self::Completed)
    }
}

/// One person's right to one offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    /// Key.
    pub id: EnrollmentId,
    /// Who may learn.
    pub user: UserId,
    /// What: a course's key, later also that of other kinds.
    pub offering: Uuid,
    /// As written down; ask [`Enrollment::state_at`] how it stands now.
    pub written: State,
    /// Why.
    pub source: Source,
    /// What paid for it.
    pub order_line: Option<OrderLineId>,
    /// The membership that keeps it open, if one does.
    pub membership: Option<Uuid>,
    /// When the right was first given; drip schedules count from here.
    pub started_at: Instant,
    /// None = no end.
    pub access_ends_at: Option<Instant>,
    /// When the last lesson was finished.
    pub completed_at: Option<Instant>,
    /// Where the learner was last.
    pub last_lesson: Option<LessonId>,
    /// When the learner was here last.
    pub last_activity_at: Option<Instant>,
    /// Kept by `learning` in the transaction that completes a lesson.
    pub completed_lessons: i32,
    /// When the row was made.
    pub created_at: Instant,
}

impl From<enrollments::Model> for Enrollment {
    fn from(row: enrollments::Model) -> Self {
        Self {
            id: row.id.into(),
            user: row.user_id.into(),
            offering: row.offering_id,
            // The columns' checks allow no other names; an unknown one must open nothing.
            written: State::of(&row.state).unwrap_or(State::Revoked),
            source: Source::of(&row.source).unwrap_or(Source::Complimentary),
            order_line: row.order_line_id.map(OrderLineId),
            membership: row.membership_id,
            started_at: row.started_at,
            access_ends_at: row.access_ends_at,
            completed_at: row.completed_at,
            last_lesson: row.last_lesson_id.map(LessonId),
            last_activity_at: row.last_activity_at,
            completed_lessons: row.completed_lessons,
            created_at: row.created_at,
        }
    }
}

impl Enrollment {
    /// How the right stands at `now`: one that has reached its end has expired, whatever was written.
    pub fn state_at(&self, now: Instant) -> State {
        let ended = self.access_ends_at.is_some_and(|end| end <= now);
        if ended && self.written != State::Revoked { State::Expired } else { self.written }
    }

    /// Whether it only comes with a membership: its holder may still buy the thing itself, and keep it.
    pub fn is_borrowed(&self) -> bool {
        self.source == Source::Membership && self.order_line.is_none()
    }

    /// Whether its holder may learn at `now`.
    pub fn may_learn_at(&self, now: Instant) -> bool {
        self.state_at(now).may_learn()
    }
}
