//! The door: how one gets in, kept encrypted, told to who has a seat and to hosts, and only near the start.
//!
//! The link is in no log, event, letter, cache or other answer; nor is a permission for a room of ours, which is made
//! anew each time and kept nowhere.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::creators::{self, Permission};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::text::{self, Checks};
use crate::kernel::{
    Denied, Error, Fault, Instant, PublicId, Refusal, Result, SeatId, UserId, Viewer, WorkshopSessionId,
};
use crate::keys::Purpose;

use super::super::model::{
    Identity, JoinProvider, Limits, Seat, SeatState, Session, SessionStatus, VisitMeans,
};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{hosting, locked, record, rooms, tell_replay};

/// How a host says that one gets in.
#[derive(Clone, Debug)]
pub struct JoinWish {
    /// Through what.
    pub provider: JoinProvider,
    /// For EXTERNAL_LINK.
    pub url: Option<String>,
    /// Said with it.
    pub passcode: Option<String>,
    /// 0 to 120.
    pub opens_minutes_before: i32,
    /// Whether what happens there is recorded; none = as before.
    pub recorded: Option<bool>,
}

/// The way in.
#[derive(Clone, Debug)]
pub struct JoinInfo {
    /// Through what.
    pub provider: JoinProvider,
    /// Where.
    pub url: String,
    /// Said with it.
    pub passcode: Option<String>,
    /// Until when one can go in with it.
    pub expires_at: Instant,
    /// Whether what happens there is recorded.
    pub recorded: bool,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    url: String,
    passcode: Option<String>,
}

/// Sets the way in.
pub async fn set_join_info(app: &App, viewer: &Viewer, id: WorkshopSessionId, wish: JoinWish) -> Result<()> {
    hosting::hosted(app, viewer, id).await?;
    let mut checks = Checks::default();
    if wish.provider == JoinProvider::BuiltIn {
        if app.livekit.is_none() {
            checks.add(No::NoRooms.at(["input", "provider"]));
        }
        for (given, field) in [(&wish.url, "joinUrl"), (&wish.passcode, "passcode")] {
            if given.is_some() {
                checks.add(No::NotForRooms.at(["input", field]));
            }
        }
    }
    let is_wished = wish.recorded == Some(true);
    if is_wished && wish.provider != JoinProvider::BuiltIn {
        checks.add(No::RecordsRoomsAlone.at(["input", "record"]));
    } else if is_wished && app.settings.livekit.as_ref().is_none_or(|livekit| livekit.recorder.is_none()) {
        checks.add(No::NothingIsRecorded.at(["input", "record"]));
    }
    let url = wish.url.unwrap_or_default();
    if wish.provider == JoinProvider::ExternalLink && !app.is_web_address(&url) {
        checks.add(No::UrlInvalid.at(["input", "joinUrl"]));
    }
    let passcode = wish.passcode.map(|code| text::line("A passcode", &code, 100)).transpose();
    let passcode = checks.take(&["input", "passcode"], passcode).flatten();
    if !(0..=120).contains(&wish.opens_minutes_before) {
        checks.add(No::OpensOutOfRange.at(["input", "opensMinutesBefore"]));
    }
    checks.done()?;
    let plain = serde_json::to_vec(&Sealed { url, passcode });
    let plain = plain.map_err(|cause| Fault::new("keeping a way in", cause))?;
    let sealed = app.keys.seal(Purpose::Door, id.uuid().as_bytes(), &plain);
    let sealed = sealed.ok_or_else(|| Fault::new("keeping a way in", "it could not be encrypted"))?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    if session.cancelled_at.is_some() {
        return Err(No::Cancelled.at(["sessionId"]).into());
    }
    let is_room = wish.provider == JoinProvider::BuiltIn;
    let recorded = wish.recorded.unwrap_or(session.recorded && is_room);
    if recorded && !session.recorded && may_be_inside(&tx, &session).await? {
        return Err(No::TooLateToRecord.at(["input", "record"]).into());
    }
    if session.recorded && !recorded {
        record::unwant(&mut tx, &session).await?;
    }
    if is_room {
        store::open_room(&tx, id, rooms::new_name(app)).await?;
    }
    store::set_join(&tx, id, wish.provider, sealed, (wish.opens_minutes_before, recorded)).await?;
    tx.record(Event::new("session.door_set", id).of_creator(session.creator));
    tx.commit().await
}

/// Whether somebody may be inside, or at the door, who was told that nothing is recorded. By the clock alone it cannot be
/// said: the hour and the door can be moved, and hosts come in before it opens.
async fn may_be_inside(tx: &Tx, session: &Session) -> Result<bool> {
    let has_opened = session.join_provider.is_some() && tx.now() >= session.opens_at();
    Ok(has_opened || session.live_at.is_some() || store::was_entered(tx, session.id).await?)
}

/// Lets the caller in: hosts at any time before it is over, who has a seat while the door is open, unless a host has removed
/// them. Logged.
pub async fn join(app: &App, viewer: &Viewer, id: WorkshopSessionId) -> Result<JoinInfo> {
    let session = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let at = |no: No| Error::from(no.at(["sessionId"]));
    let is_host = creators::desk(app, viewer, session.creator, Permission::Host).await.is_ok();
    let seat = store::live_of_user(app.db.read(), viewer.user_id, id).await?;
    let seat = seat.filter(|seat| seat.state == SeatState::Seated);
    if !is_host && seat.is_none() {
        // Who has no seat learns nothing of the door.
        return Err(Denied::NotFound.into());
    }
    let (now, user) = (app.now(), viewer.user_id);
    is_open(&session, now, is_host).map_err(at)?;
    let way = match (session.join_provider, identity(is_host, seat.as_ref(), user)) {
        (Some(JoinProvider::BuiltIn), Some(identity)) => {
            rooms::before(app, id, user, identity).await?.map(Way::Room)
        }
        _ => opened(app, &session)?.map(Way::Told),
    };
    let way = way.ok_or_else(|| at(No::NoWayIn))?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    let limits = match seat.as_ref().filter(|_| !is_host) {
        Some(seat) => limits_of_guest(&tx, seat.id, (id, user)).await?,
        None => Limits::default(),
    };
    if limits.removed_at.is_some() {
        return Err(at(No::Removed));
    }
    let way = match way {
        Way::Room(threshold) => threshold.way_in(&session, now, limits.muted_at.is_none())?,
        Way::Told(way) => way,
    };
    if way.provider == JoinProvider::BuiltIn {
        store::set_entered(&tx, id).await?;
    }
    log(&mut tx, &session, user, (seat.map(|seat| seat.id), !is_host), &way).await?;
    tx.commit().await?;
    Ok(way)
}

fn is_open(session: &Session, now: Instant, is_host: bool) -> std::result::Result<(), No> {
    match session.status_at(now) {
        SessionStatus::Cancelled => Err(No::Cancelled),
        SessionStatus::Ended => Err(No::Over),
        _ if !is_host && now < session.opens_at() => Err(No::NotOpenYet(session.opens_minutes_before)),
        _ => Ok(()),
    }
}

/// What hosts have taken from who has this seat; the seat may have been given back or away in this very moment.
async fn limits_of_guest(
    tx: &Tx,
    seat: SeatId,
    (session, user): (WorkshopSessionId, UserId),
) -> Result<Limits> {
    let known = store::seat(tx.conn(), seat).await?;
    if !known.is_some_and(|seat| seat.opens(session, user)) {
        return Err(Denied::NotFound.into());
    }
    store::limits(tx.conn(), session, user).await
}

/// How somebody gets in.
enum Way<'a> {
    /// To a room of ours, with a permission still to be made.
    Room(rooms::Threshold<'a>),
    /// As a host has said.
    Told(JoinInfo),
}

fn identity(is_host: bool, seat: Option<&Seat>, user: UserId) -> Option<Identity> {
    let host = is_host.then_some(Identity::Host(user));
    host.or_else(|| seat.map(|seat| Identity::Holder(seat.id, user)))
}

/// Writes that somebody was let in, and whether they were there by that: who gets a permission for a room of ours has not
/// been there yet, LiveKit tells who came.
async fn log(
    tx: &mut Tx,
    session: &Session,
    user: UserId,
    (seat, is_guest): (Option<SeatId>, bool),
    way: &JoinInfo,
) -> Result<()> {
    let mut event = Event::new("session.joined", session.id).of_creator(session.creator).of_user(user);
    if let Some(seat) = seat {
        event = event.with("seat", seat);
        if is_guest && way.provider == JoinProvider::ExternalLink {
            store::set_attended(tx, session.id, &[seat], true).await?;
            store::come(tx, seat, VisitMeans::Door, "door", tx.now()).await?;
            tell_replay::again(tx, session.id).await?;
        }
    }
    tx.record(event);
    if way.recorded {
        // They came in where it was said that they are recorded: what they were told counts, not what stands by now.
        tx.record(
            Event::new("session.joined_recorded", session.id).of_creator(session.creator).of_user(user),
        );
    }
    Ok(())
}

fn opened(app: &App, session: &Session) -> Result<Option<JoinInfo>> {
    let Some((provider, sealed)) = session.join_provider.zip(session.join_sealed.as_deref()) else {
        return Ok(None);
    };
    let plain = app.keys.unseal(Purpose::Door, session.id.uuid().as_bytes(), sealed);
    let plain =
        plain.ok_or_else(|| Fault::new("opening a door", "its way in was sealed with another key"))?;
    let way: Sealed = serde_json::from_slice(&plain)
        .map_err(|_| Fault::new("opening a door", "its way in cannot be read"))?;
    let expires_at = session.closes_at();
    Ok(Some(JoinInfo { provider, url: way.url, passcode: way.passcode, expires_at, recorded: false }))
}
