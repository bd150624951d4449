//! One edit of one offering, by somebody who may: the row is locked, and what an edit must leave behind is done at its
//! end.

use std::sync::Arc;

use serde_json::json;

use crate::app::App;
use crate::catalog::model::{
    AnyOffering, AssetUse, Course, Lesson, Section, Workshop, needed_while_published,
};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators::{Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{
    AssetId, BundleId, CourseId, Denied, LessonId, OfferingId, PlanId, PublicId, Refusal, Result, SectionId,
    Viewer, WorkshopId,
};
use crate::media;
use crate::queue::Job;
use crate::search;

/// The job after lessons were removed from a course people may have: payload `course`. `learning` does it.
pub const LESSONS_REMOVED: &str = "catalog.lessons_removed";

/// An offering that the caller may edit, locked until [`Editing::finish`]. Dropped before, nothing has happened.
pub struct Editing {
    /// The change under way.
    pub tx: Tx,
    /// The offering as it was when the edit began.
    pub offering: AnyOffering,
}

impl Editing {
    /// Begins an edit: NOT_FOUND for outsiders, FORBIDDEN for a role without CATALOG.
    pub async fn of(app: &App, viewer: &Viewer, id: OfferingId) -> Result<Self> {
        let known = store::offering(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
        desk(app, viewer, known.creator, Permission::Catalog).await?;
        let tx = app.begin().await?;
        let offering = store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
        Ok(Self { tx, offering })
    }

    /// Begins an edit of a course, and gives it as it was.
    pub async fn of_course(app: &App, viewer: &Viewer, id: CourseId) -> Result<(Self, Arc<Course>)> {
        let edit = Self::of(app, viewer, id.into()).await?;
        let course = edit.offering.clone().course().ok_or(Denied::NotFound)?;
        Ok((edit, course))
    }

    /// Begins an edit of a workshop, and gives it as it was.
    pub async fn of_workshop(app: &App, viewer: &Viewer, id: WorkshopId) -> Result<(Self, Arc<Workshop>)> {
        let edit = Self::of(app, viewer, id.into()).await?;
        let workshop = edit.offering.clone().workshop().ok_or(Denied::NotFound)?;
        Ok((edit, workshop))
    }

    /// Begins an edit of a bundle.
    pub async fn of_bundle(app: &App, viewer: &Viewer, id: BundleId) -> Result<Self> {
        let edit = Self::of(app, viewer, id.into()).await?;
        edit.offering.clone().bundle().ok_or(Denied::NotFound)?;
        Ok(edit)
    }

    /// Begins an edit of a membership plan.
    pub async fn of_plan(app: &App, viewer: &Viewer, id: PlanId) -> Result<Self> {
        let edit = Self::of(app, viewer, id.into()).await?;
        edit.offering.clone().plan().ok_or(Denied::NotFound)?;
        Ok(edit)
    }

    /// Begins an edit of the course that has this section.
    pub async fn of_section(app: &App, viewer: &Viewer, id: SectionId) -> Result<(Self, Section)> {
        let known = store::section(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
        let edit = Self::of(app, viewer, known.course.into()).await?;
        let section = store::section(edit.tx.conn(), id).await?.ok_or(Denied::NotFound)?;
        Ok((edit, section))
    }

    /// Begins an edit of the course that has this lesson.
    pub async fn of_lesson(app: &App, viewer: &Viewer, id: LessonId) -> Result<(Self, Lesson)> {
        let known = store::lesson(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
        let edit = Self::of(app, viewer, known.course.into()).await?;
        let lesson = store::lesson(edit.tx.conn(), id).await?.ok_or(Denied::NotFound)?;
        Ok((edit, lesson))
    }

    /// Refuses if somebody else has edited meanwhile; `now` is the version there is.
    pub fn expect(now: i32, expected: Option<i32>) -> Result<()> {
        match expected {
            Some(expected) if expected != now => {
                Err(CatalogRefusal::Stale(now).at(["expectedVersion"]).into())
            }
            _ => Ok(()),
        }
    }

    /// Takes a file of this studio into use: it must be ready and fit, and stays until the commit. How long it plays.
    pub async fn take(&self, asset: AssetId, wanted: AssetUse, path: &[&str]) -> Result<Option<i32>> {
        take(&self.tx, self.offering.creator, asset, wanted, path).await
    }

    /// Ends an edit: raises the version, keeps a course's counts and what it is found by, logs `event`, and commits. What a published offering
    /// needs must still be there; `path` names the argument that would have taken it away.
    pub async fn finish(mut self, path: &[&str], event: Event) -> Result<()> {
        if self.offering.status.is_public() {
            self.still_publishable(path).await?;
        }
        store::touch(&self.tx, self.offering.id).await?;
        if let AnyOffering::Course(course) = &self.offering {
            let counts = store::counts(&self.tx, course.id).await?;
            store::set_counts(&self.tx, course.id, counts).await?;
        }
        search::store::refresh_offering(&self.tx, self.offering.creator, self.offering.id).await?;
        self.tx.record(event.of_creator(self.offering.creator));
        self.tx.commit().await
    }

    /// An event about the offering itself, under the id of its kind.
    pub(super) fn event(&self, kind: &'static str) -> Event {
        match &self.offering {
            AnyOffering::Course(course) => Event::new(kind, course.id),
            AnyOffering::Workshop(workshop) => Event::new(kind, workshop.id),
            AnyOffering::Bundle(bundle) => Event::new(kind, bundle.id),
            AnyOffering::Plan(plan) => Event::new(kind, plan.id),
        }
    }

    /// Lets what learners did in removed lessons be counted no more, if there may be learners.
    pub(super) fn lessons_removed(&mut self) {
        if let (AnyOffering::Course(course), Some(_)) = (&self.offering, self.offering.published_at) {
            self.tx.enqueue(Job::new(LESSONS_REMOVED, json!({ "course": course.id.to_string() })));
        }
    }

    async fn still_publishable(&self, path: &[&str]) -> Result<()> {
        match needed_while_published(store::readiness(&self.tx, &self.offering).await?) {
            Some(what) => Err(CatalogRefusal::NeededWhilePublished(what).at(path.iter().copied()).into()),
            None => Ok(()),
        }
    }
}

/// See [`Editing::take`]; also for what is being made.
pub(super) async fn take(
    tx: &Tx,
    creator: crate::kernel::CreatorId,
    asset: AssetId,
    wanted: AssetUse,
    path: &[&str],
) -> Result<Option<i32>> {
    let ready = media::actions::ready_asset(tx.conn(), creator, asset, wanted.kinds(), path).await?;
    if !wanted.purposes().contains(&ready.asset.purpose) {
        return Err(CatalogRefusal::WrongAsset(wanted.wanted()).at(path.iter().copied()).into());
    }
    Ok(ready.asset.duration_seconds)
}

/// An event about a part of a course.
pub(super) fn event(kind: &'static str, part: impl PublicId, course: CourseId) -> Event {
    Event::new(kind, part).with("course", course)
}
