//! Taking in what devices saw, also hours late and twice.
//!
//! Each event stands for itself: what cannot be taken is named by its place, the rest counts. An event that was taken
//! before is accepted again and changes nothing, so that a device may forget it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::Lesson;
use crate::catalog::store as catalog;
use crate::db::Tx;
use crate::enrollment::model::Enrollment;
use crate::enrollment::store as enrollment;
use crate::kernel::{
    Code, CourseId, Denied, EnrollmentId, LessonId, OfferingId, Problem, Problems, PublicId, Refusal, Result,
    Viewer,
};
use crate::learning::model::{EventKind, LONGEST, LessonProgress, MOST_EVENTS, ProgressEvent};
use crate::learning::refusals::LearningRefusal;
use crate::learning::store;

use super::write::write;

/// What became of a call.
#[derive(Debug, Default)]
pub struct Synced {
    /// Taken, now or before.
    pub accepted: Vec<Uuid>,
    /// The rights whose progress they are about.
    pub enrollments: Vec<EnrollmentId>,
    /// Why others were not taken.
    pub problems: Vec<Problem>,
}

/// What the events are about.
struct Known {
    lessons: HashMap<LessonId, Lesson>,
    public: HashSet<CourseId>,
}

/// Takes in up to 200 events.
pub async fn sync_progress(app: &App, viewer: &Viewer, events: Vec<ProgressEvent>) -> Result<Synced> {
    if events.len() > MOST_EVENTS {
        Problems::none_or(vec![LearningRefusal::TooManyEvents.at(["events"])])?;
    }
    let known = about(app, &events).await?;
    let mut tx = app.begin().await?;
    let offerings: HashSet<Uuid> = known.lessons.values().map(|lesson| lesson.course.uuid()).collect();
    let held = enrollment::locked_of_user(&tx, viewer.user_id, offerings).await?;
    let mut synced = Synced::default();
    let mut good: Vec<(ProgressEvent, &Enrollment)> = Vec::new();
    for (at, event) in events.into_iter().enumerate() {
        match judge(&tx, &known, &held, &event) {
            Ok(enrollment) => good.push((event, enrollment)),
            Err(problem) => synced.problems.push(problem.under(&at.to_string()).under("events")),
        }
    }
    synced.accepted = good.iter().map(|(event, _)| event.id).collect();
    let concerned: HashSet<EnrollmentId> = good.iter().map(|(_, enrollment)| enrollment.id).collect();
    synced.enrollments = concerned.into_iter().collect();
    synced.enrollments.sort();
    let mut seen = store::known_events(&tx, viewer.user_id, &synced.accepted).await?;
    good.retain(|(event, _)| seen.insert(event.id));
    take(&mut tx, viewer, &good).await?;
    tx.commit().await?;
    Ok(synced)
}

async fn about(app: &App, events: &[ProgressEvent]) -> Result<Known> {
    let ids: HashSet<LessonId> = events.iter().map(|event| event.lesson).collect();
    let lessons = catalog::lessons(app, &ids.into_iter().collect::<Vec<_>>()).await?;
    let courses: HashSet<OfferingId> = lessons.values().map(|lesson| lesson.course.into()).collect();
    let courses = catalog::offerings(app, &courses.into_iter().collect::<Vec<_>>()).await?;
    let public = courses.into_values().filter(|course| course.is_public());
    let public = public.map(|course| CourseId(course.id.uuid())).collect();
    Ok(Known { lessons, public })
}

/// The right an event counts for, or why it does not count. A lesson nobody may know of is not there.
fn judge<'h>(
    tx: &Tx,
    known: &Known,
    held: &'h HashMap<Uuid, Enrollment>,
    event: &ProgressEvent,
) -> std::result::Result<&'h Enrollment, Problem> {
    let missing = || Problem {
        code: Code::NotFound,
        message: Denied::NotFound.to_string(),
        path: vec!["lessonId".to_owned()],
        detail: Default::default(),
    };
    for (name, seconds) in
        [("positionSeconds", event.position_seconds), ("watchedSeconds", event.watched_seconds)]
    {
        if seconds.is_some_and(|seconds| !(0..=LONGEST).contains(&seconds)) {
            return Err(LearningRefusal::SecondsOutOfRange.at([name]));
        }
    }
    if event.kind == EventKind::Position && event.position_seconds.is_none() {
        return Err(LearningRefusal::PositionMissing.at(["positionSeconds"]));
    }
    let lesson = known.lessons.get(&event.lesson).ok_or_else(missing)?;
    match held.get(&lesson.course.uuid()) {
        Some(right) if right.may_learn_at(tx.now()) => Ok(right),
        Some(_) => Err(LearningRefusal::AccessEnded.at(["lessonId"])),
        None if known.public.contains(&lesson.course) => Err(LearningRefusal::NotEnrolled.at(["lessonId"])),
        None => Err(missing()),
    }
}

/// Applies new events in the order in which things occurred.
async fn take(tx: &mut Tx, viewer: &Viewer, new: &[(ProgressEvent, &Enrollment)]) -> Result<()> {
    let mut events: Vec<ProgressEvent> = new.iter().map(|(event, _)| *event).collect();
    events.sort_by_key(|event| (event.occurred_at, event.id));
    store::insert_events(tx, viewer.user_id, &events).await?;
    let rights: HashMap<LessonId, &Enrollment> =
        new.iter().map(|(event, right)| (event.lesson, *right)).collect();
    let lessons: Vec<LessonId> = rights.keys().copied().collect();
    let before = store::locked(tx, viewer.user_id, &lessons).await?;
    let mut after = before.clone();
    for event in &events {
        let Some(right) = rights.get(&event.lesson) else { continue };
        let began = event.occurred_at.min(tx.now());
        let fresh = || LessonProgress::fresh(viewer.user_id, event.lesson, right.id, began);
        after.entry(event.lesson).or_insert_with(fresh).take(event, tx.now());
    }
    let mut by_right: HashMap<EnrollmentId, (&Enrollment, Vec<LessonProgress>)> = HashMap::new();
    for (lesson, progress) in after {
        if let Some(right) = rights.get(&lesson).filter(|_| before.get(&lesson) != Some(&progress)) {
            by_right.entry(right.id).or_insert_with(|| (right, Vec::new())).1.push(progress);
        }
    }
    for (right, changed) in by_right.into_values() {
        write(tx, right, &before, &changed).await?;
    }
    Ok(())
}
