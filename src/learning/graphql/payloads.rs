//! What came of learning's mutations.

use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::catalog::graphql::Lesson;
use crate::enrollment::graphql::Enrollment;
use crate::graphql::UserError;
use crate::graphql::payload::Payload;
use crate::payload;

payload! {
    /// What came of `lessonComplete`.
    LessonCompletePayload {
        /// The lesson, with the viewer's progress.
        lesson: Lesson,
        /// The right it counts for.
        enrollment: Enrollment,
    }
}

payload! {
    /// What came of `lessonReopen`.
    LessonReopenPayload {
        /// The lesson, with the viewer's progress.
        lesson: Lesson,
    }
}

/// What came of `progressSync`. Each event stands for itself: some may be taken while others are refused.
#[derive(SimpleObject)]
pub struct ProgressSyncPayload {
    /// Events that count, from now on or from before; a device may forget them.
    pub accepted_event_ids: Vec<Uuid>,
    /// The rights whose progress they are about.
    pub enrollments: Vec<Enrollment>,
    /// Why others were not taken, each at its place.
    pub user_errors: Vec<UserError>,
}

impl Payload for ProgressSyncPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { accepted_event_ids: Vec::new(), enrollments: Vec::new(), user_errors }
    }
}
