//! A session's recording: setting it, and who may watch it.
//!
//! Nothing is hooked into refunds or into the policy: whoever may not watch any more is found out when they try.

use std::sync::Arc;

use crate::app::App;
use crate::catalog::{self, model::OfferingStatus};
use crate::creators;
use crate::events::Event;
use crate::kernel::{
    AssetId, Denied, Instant, OfferingId, Refusal, Result, UserId, Viewer, WorkshopId, WorkshopSessionId,
};
use crate::media::{actions as media, model::Kind};

use super::super::model::{SessionStatus, opens_replay, shows_replays_to};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{hosting, locked, tell_replay};

/// Sets the recording of a session that has begun, or takes it away. The same file again changes nothing.
pub async fn set_replay(
    app: &App,
    viewer: &Viewer,
    id: WorkshopSessionId,
    asset: Option<AssetId>,
) -> Result<()> {
    hosting::hosted(app, viewer, id).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    let Some(asset) = asset else {
        if !store::clear_replay(&tx, id).await? {
            return Ok(());
        }
        let event = Event::new("session.replay_cleared", id).of_creator(session.creator);
        tx.record(event.of_user(viewer.user_id));
        return tx.commit().await;
    };
    match session.status_at(tx.now()) {
        SessionStatus::Cancelled => return Err(No::Cancelled.at(["sessionId"]).into()),
        SessionStatus::Scheduled => return Err(No::NothingRecorded.at(["sessionId"]).into()),
        SessionStatus::Live | SessionStatus::Ended => {}
    }
    let film = media::ready_asset(tx.conn(), session.creator, asset, &[Kind::Video], &["assetId"]).await?;
    let was = store::replay(tx.conn(), id).await?;
    if was.is_some_and(|was| was.asset == film.asset.id) {
        return Ok(());
    }
    store::set_replay(&tx, id, film.asset.id).await?;
    if was.is_none() {
        tx.enqueue(tell_replay::job(id));
    }
    let event = Event::new("session.replay_set", id).of_creator(session.creator).of_user(viewer.user_id);
    tx.record(event.with("asset", film.asset.id));
    tx.commit().await
}

/// A recording that somebody may watch.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The film.
    pub asset: AssetId,
    /// Until when; none = without an end.
    pub until: Option<Instant>,
}

/// A session's recording as this person may watch it: the team whatever the policy, who has a seat as the policy says.
/// NOT_FOUND for everybody else; a holder learns at `path` why not.
pub async fn see_replay(
    app: &App,
    user: Option<UserId>,
    id: WorkshopSessionId,
    path: &[&str],
) -> Result<Shown> {
    let user = user.ok_or(Denied::NotFound)?;
    let refused = |no: No| no.at(path.iter().copied());
    let session = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let member = creators::store::member(app.db.read(), session.creator, user).await?;
    if member.is_some_and(|member| shows_replays_to(member.role)) {
        let replay = store::replay(app.db.read(), id).await?.ok_or_else(|| refused(No::NoReplay))?;
        return Ok(Shown { asset: replay.asset, until: None });
    }
    let seat = store::live_of_user(app.db.read(), user, id).await?.ok_or(Denied::NotFound)?;
    let workshop = its_workshop(app, session.workshop).await?.ok_or(Denied::NotFound)?;
    let replay = store::replay(app.db.read(), id).await?.ok_or_else(|| refused(No::NoReplay))?;
    let until = opens_replay(&replay, workshop.replay_policy, &seat, app.now()).map_err(refused)?;
    Ok(Shown { asset: replay.asset, until })
}

/// A workshop that the platform has not closed.
pub(super) async fn its_workshop(app: &App, id: OfferingId) -> Result<Option<Arc<catalog::model::Workshop>>> {
    let found = catalog::store::workshop(app.db.read(), WorkshopId(id.0)).await?;
    Ok(found.filter(|workshop| workshop.status != OfferingStatus::TakenDown))
}
