//! Keeping order: who may write, how often, and who not for a while.

use chrono::Duration;

use crate::app::App;
use crate::chat::model::{LONGEST_MUTE_MINUTES, LONGEST_SLOW_SECONDS, LoggedKind, RoomState, topic};
use crate::chat::refusals::ChatRefusal as No;
use crate::chat::store;
use crate::creators::Permission;
use crate::events::Event;
use crate::kernel::{ChatRoomId, Denied, Error, Instant, Refusal, Result, UserId, Viewer, WorkshopSessionId};

use super::{Presence, enter, standing};

/// What is to change about a room; none = stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoomWish {
    /// Who may write.
    pub state: Option<RoomState>,
    /// 0 to 3,600 seconds.
    pub slow_mode_seconds: Option<i32>,
}

/// Lets in who moderates: NOT_FOUND for who may not see the room, FORBIDDEN for who only takes part.
async fn moderating(app: &App, viewer: &Viewer, room: ChatRoomId) -> Result<Presence> {
    let presence = enter(app, viewer, room).await?;
    if presence.standing.moderates() {
        return Ok(presence);
    }
    Err(Denied::Forbidden { missing: Permission::Community.name() }.into())
}

/// Changes a room's rules; everybody there is told.
pub async fn update(app: &App, viewer: &Viewer, id: ChatRoomId, wish: RoomWish) -> Result<()> {
    let presence = moderating(app, viewer, id).await?;
    if wish.slow_mode_seconds.is_some_and(|seconds| !(0..=LONGEST_SLOW_SECONDS).contains(&seconds)) {
        return Err(No::SlowOutOfRange.at(["input", "slowModeSeconds"]).into());
    }
    let mut tx = app.begin_in_turn(&topic(id)).await?;
    let was = store::lock(&tx, id).await?;
    let state = wish.state.unwrap_or(was.state);
    let slow = wish.slow_mode_seconds.unwrap_or(was.slow_mode_seconds);
    if (state, slow) == (was.state, was.slow_mode_seconds) {
        return Ok(());
    }
    store::set_rules(&tx, id, state, slow).await?;
    store::append(&mut tx, id, LoggedKind::RoomChanged).await?;
    let event = Event::new("chat.room_changed", id).of_creator(presence.session.creator);
    tx.record(event.with("by", presence.user));
    tx.commit().await
}

/// Mutes somebody for so many minutes from now, or lifts it with 0; gives until when.
pub async fn mute(
    app: &App,
    viewer: &Viewer,
    id: ChatRoomId,
    user: UserId,
    minutes: i32,
) -> Result<Option<Instant>> {
    let presence = moderating(app, viewer, id).await?;
    if !(0..=LONGEST_MUTE_MINUTES).contains(&minutes) {
        return Err(No::MuteOutOfRange.at(["minutes"]).into());
    }
    match standing(app, &presence.session, user).await? {
        Some(standing) if standing.moderates() => return Err(No::MuteHost.at(["userId"]).into()),
        Some(_) => {}
        // Who has given their seat back may have one again.
        None if store::wrote_in(app.db.read(), id, user).await? => {}
        None => return Err(Error::from(No::ParticipantUnknown.at(["userId"]))),
    }
    let mut tx = app.begin_in_turn(&topic(id)).await?;
    store::lock(&tx, id).await?;
    let is_lifted = minutes == 0;
    if is_lifted && store::muted_until(tx.conn(), id, user, tx.now()).await?.is_none() {
        return Ok(None);
    }
    let until = tx.now() + Duration::minutes(minutes.into());
    store::set_mute(&tx, id, user, until, presence.user).await?;
    store::append(&mut tx, id, LoggedKind::RoomChanged).await?;
    let kind = if is_lifted { "chat.participant_unmuted" } else { "chat.participant_muted" };
    let event = Event::new(kind, WorkshopSessionId(id.0));
    let event = event.of_creator(presence.session.creator).of_user(user);
    tx.record(event.with("by", presence.user));
    tx.commit().await?;
    Ok((!is_lifted).then_some(until))
}
