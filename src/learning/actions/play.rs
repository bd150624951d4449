//! Permission to play a lesson or a date's recording, or to save one of a lesson's files, for a while.

use crate::app::App;
use crate::catalog::store as catalog;
use crate::enrollment::access::AccessState;
use crate::kernel::{
    Actor, AssetId, AttachmentId, Denied, Instant, LessonId, Refusal, Result, WorkshopSessionId,
};
use crate::learning::model::offline_until;
use crate::learning::refusals::LearningRefusal;
use crate::learning::store;
use crate::media::actions::{self as media, Playback};
use crate::media::model::Asset;
use crate::media::store::{self as files, Grantee};
use crate::throttle::{self, Rate};
use crate::workshops::actions::see_replay;

use super::{Seen, see_lesson};

/// Nobody begins to watch more often.
pub(super) const GRANTS: Rate = Rate { burst: 60, every_seconds: 10 };

/// What to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A lesson, for who may learn it.
    Lesson(LessonId),
    /// A file, for its uploader and the studio's team.
    Asset(AssetId),
    /// The recording of a date, for who may watch it.
    Replay(WorkshopSessionId),
}

/// A permission and where to begin.
#[derive(Clone, Debug)]
pub struct Played {
    /// The permission.
    pub playback: Playback,
    /// Seconds.
    pub resume_at_seconds: i32,
    /// Until when a device may keep a copy; none = it may keep nothing.
    pub offline_until: Option<Instant>,
}

/// Grants playback; `who` names the caller for the limit: the account, or the socket's address.
pub async fn play(app: &App, actor: &Actor, who: &str, target: Target) -> Result<Played> {
    throttle::take(app, "playback", who, GRANTS).await?;
    match target {
        Target::Lesson(id) => lesson(app, actor, id).await,
        Target::Replay(id) => replay(app, actor, id).await,
        Target::Asset(id) => {
            let asset = media::visible_asset(app, actor, id).await?;
            let asset = ready(Some(asset), &["input", "assetId"])?;
            let playback = media::grant_playback(app, grantee(actor, None), &asset, None).await?;
            Ok(Played { playback, resume_at_seconds: 0, offline_until: None })
        }
    }
}

async fn lesson(app: &App, actor: &Actor, id: LessonId) -> Result<Played> {
    let path = ["input", "lessonId"];
    let seen = open(see_lesson(app, actor, id).await?, &path)?;
    let media = seen.facts.media.ok_or_else(|| LearningRefusal::NothingToPlay.at(path))?;
    let asset = ready(files::asset(app.db.read(), media).await?, &path)?;
    let playback = media::grant_playback(app, grantee(actor, Some(id)), &asset, until(&seen)).await?;
    let resume_at_seconds = resume(app, actor, id, &asset).await?;
    Ok(Played { playback, resume_at_seconds, offline_until: offline(app, &seen) })
}

async fn replay(app: &App, actor: &Actor, id: WorkshopSessionId) -> Result<Played> {
    let path = ["input", "replaySessionId"];
    let shown = see_replay(app, actor.user_id(), id, &path).await?;
    let asset = ready(files::asset(app.db.read(), shown.asset).await?, &path)?;
    let to = Grantee { replay: Some(id), ..grantee(actor, None) };
    let playback = media::grant_playback(app, to, &asset, shown.until).await?;
    Ok(Played { playback, resume_at_seconds: 0, offline_until: None })
}

/// Where to begin.
pub(super) async fn resume(app: &App, actor: &Actor, id: LessonId, asset: &Asset) -> Result<i32> {
    let progress = match actor.user_id() {
        Some(user) => store::progress(app.db.read(), (user, id)).await?,
        None => None,
    };
    Ok(progress.map_or(0, |progress| progress.resume_at(asset.duration_seconds)))
}

/// Whom a permission is given, and on which device.
fn grantee(actor: &Actor, lesson: Option<LessonId>) -> Grantee {
    let session = actor.known().map(|viewer| viewer.session_id);
    Grantee { user: actor.user_id(), session, lesson, replay: None }
}

/// Grants saving one of a lesson's files.
pub async fn download(
    app: &App,
    actor: &Actor,
    who: &str,
    id: LessonId,
    attachment: AttachmentId,
) -> Result<Playback> {
    throttle::take(app, "playback", who, GRANTS).await?;
    let seen = open(see_lesson(app, actor, id).await?, &["lessonId"])?;
    let listed = catalog::attachments(app, &[id]).await?.remove(&id).unwrap_or_default();
    let file = listed.into_iter().find(|file| file.id == attachment);
    let file = file.ok_or_else(|| missing(&["attachmentId"]))?;
    let asset = ready(files::asset(app.db.read(), file.asset).await?, &["attachmentId"])?;
    media::grant_download(app, grantee(actor, Some(id)), &asset, until(&seen)).await
}

pub(super) fn open(seen: Seen, path: &[&str]) -> Result<Seen> {
    match seen.refusal() {
        Some(refusal) => Err(refusal.at(path.iter().copied()).into()),
        None => Ok(seen),
    }
}

pub(super) fn ready(asset: Option<Asset>, path: &[&str]) -> Result<Asset> {
    let ready = asset.filter(Asset::is_ready);
    Ok(ready.ok_or_else(|| LearningRefusal::MediaNotReady.at(path.iter().copied()))?)
}

fn missing(path: &[&str]) -> crate::kernel::Problem {
    crate::kernel::Problem {
        code: crate::kernel::Code::NotFound,
        message: Denied::NotFound.to_string(),
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        detail: Default::default(),
    }
}

/// Until when a device may keep a copy: for learners alone, not for who may only look in.
pub(super) fn offline(app: &App, seen: &Seen) -> Option<Instant> {
    let learns = seen.access.state == AccessState::Open && seen.enrollment.is_some();
    learns.then(|| offline_until(app.now(), seen.access.expires_at))
}

/// A link ends with the right that opened it.
pub(super) fn until(seen: &Seen) -> Option<Instant> {
    let by_right = seen.access.state == AccessState::Open && seen.enrollment.is_some();
    seen.access.expires_at.filter(|_| by_right)
}
