//! What a permission to play is still worth: when it is renewed, and each time a player asks for a playlist.
//!
//! Nothing is hooked into refunds, disputes or sign-outs: whoever lost the right is found out when it is used. So no
//! room has to remember that somebody may be watching.

use crate::app::App;
use crate::identity::store as identity;
use crate::kernel::{Actor, Denied, Error, GrantId, Instant, Refusal, Result};
use crate::learning::refusals::LearningRefusal;
use crate::media::actions::{self as media, StreamFile};
use crate::media::model::Asset;
use crate::media::store::{self as files, EndedBy, Grant};
use crate::throttle;
use crate::workshops::actions::see_replay;

use super::play::{GRANTS, Played, offline, open, ready, resume, until};
use super::see::see_lesson_as;

/// What a player gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// What it asked for.
    File(StreamFile),
    /// We never gave this address, or there is no such file.
    Unknown,
    /// The permission ended: by its time, by a lost right, or because others came.
    Over,
}

/// A file below a permission's address, if it still may be read.
pub async fn watch(app: &App, token: &str, file: &str) -> Result<Watched> {
    let Some(grant) = media::grant_of_token(app, token).await? else { return Ok(Watched::Unknown) };
    if !grant.is_live_at(app.now()) || !is_signed_in(app, &grant).await? {
        return Ok(Watched::Over);
    }
    match still_open(app, &grant, &["lessonId"]).await {
        Ok(_) => {}
        Err(Error::Refused(_) | Error::Denied(_)) => return Ok(Watched::Over),
        Err(fault) => return Err(fault),
    }
    Ok(media::stream_file(app, &grant, file).await?.map_or(Watched::Unknown, Watched::File))
}

/// Whether the device that asked for it may still be used. Nobody signs in for a lesson that is open to all.
async fn is_signed_in(app: &App, grant: &Grant) -> Result<bool> {
    match grant.to.session {
        Some(session) => Ok(identity::alive(&app.db, session, app.now()).await?.is_some()),
        None => Ok(true),
    }
}

/// Renews a permission under the rules of a new one. Who is refused loses the old one at once.
pub async fn renew(app: &App, actor: &Actor, who: &str, id: GrantId) -> Result<Played> {
    throttle::take(app, "playback", who, GRANTS).await?;
    let path = ["grantId"];
    let found = files::grant(app.db.read(), id).await?;
    let device = actor.known().map(|viewer| viewer.session_id);
    let mine = found.filter(|grant| grant.to.user == actor.user_id() && grant.to.session == device);
    let grant = mine.ok_or(Denied::NotFound)?;
    if grant.ended_by == Some(EndedBy::Device) {
        return Err(LearningRefusal::TooManyDevices.at(path).into());
    }
    match still_open(app, &grant, &path).await {
        Ok(StillOpen { asset, until, offline_until }) => {
            let playback = media::renew_playback(app, &grant, &asset, until).await?;
            let resume_at_seconds = match grant.to.lesson {
                Some(lesson) => resume(app, actor, lesson, &asset).await?,
                None => 0,
            };
            Ok(Played { playback, resume_at_seconds, offline_until })
        }
        Err(fault @ Error::Fault(_)) => Err(fault),
        Err(no) => {
            media::end_playback(app, &grant).await?;
            Err(no)
        }
    }
}

/// What a new permission would be for.
struct StillOpen {
    asset: Asset,
    /// When the right to it ends.
    until: Option<Instant>,
    /// Until when a device may keep a copy.
    offline_until: Option<Instant>,
}

/// Whether a new permission for the same would be given now.
async fn still_open(app: &App, grant: &Grant, path: &[&str]) -> Result<StillOpen> {
    let asset = ready(files::asset(app.db.read(), grant.asset).await?, path)?;
    if let Some(session) = grant.to.replay {
        let shown = see_replay(app, grant.to.user, session, path).await?;
        if shown.asset != grant.asset {
            return Err(LearningRefusal::AnotherFile.at(path.iter().copied()).into());
        }
        return Ok(StillOpen { asset, until: shown.until, offline_until: None });
    }
    let Some(lesson) = grant.to.lesson else {
        media::may_see(app, grant.to.user, &asset).await?;
        return Ok(StillOpen { asset, until: None, offline_until: None });
    };
    let seen = open(see_lesson_as(app, grant.to.user, lesson).await?, path)?;
    if seen.facts.media != Some(grant.asset) {
        return Err(LearningRefusal::AnotherFile.at(path.iter().copied()).into());
    }
    Ok(StillOpen { asset, until: until(&seen), offline_until: offline(app, &seen) })
}
