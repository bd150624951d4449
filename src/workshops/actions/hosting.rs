//! What hosts do while it is on: going live, ending, noting who was there.

use crate::app::App;
use crate::creators::{self, Permission};
use crate::events::Event;
use crate::kernel::{Denied, Refusal, Result, SeatId, Viewer, WorkshopSessionId};

use super::super::model::{Session, SessionStatus};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{locked, record, rooms, tell_replay};

/// The most seats noted at once.
pub const MOST_MARKED: usize = 500;

/// The session, if the caller may host there.
pub(super) async fn hosted(app: &App, viewer: &Viewer, id: WorkshopSessionId) -> Result<Session> {
    let known = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    creators::desk(app, viewer, known.creator, Permission::Host).await?;
    Ok(known)
}

/// Says that the session is live, from when its door opens, or that it is over.
pub async fn set_live(app: &App, viewer: &Viewer, id: WorkshopSessionId, live: bool) -> Result<()> {
    hosted(app, viewer, id).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    let now = tx.now();
    match (session.status_at(now), live) {
        (SessionStatus::Cancelled, _) => return Err(No::Cancelled.at(["sessionId"]).into()),
        (SessionStatus::Scheduled, true) if now < session.opens_at() => {
            return Err(No::NotOpenYet(session.opens_minutes_before).at(["sessionId"]).into());
        }
        (SessionStatus::Scheduled, false) => {
            return Err(No::NotOpenYet(session.opens_minutes_before).at(["live"]).into());
        }
        (SessionStatus::Ended, true) if now > session.closes_at() && session.closed_at.is_none() => {
            return Err(No::Over.at(["sessionId"]).into());
        }
        (SessionStatus::Ended, false) => return Ok(()),
        (_, true) => {
            store::set_live(&tx, id).await?;
            let session = Session { live_at: Some(now), closed_at: None, ..session.clone() };
            record::want(&mut tx, &session).await?;
        }
        (_, false) => {
            store::set_closed(&tx, id).await?;
            rooms::shut(&mut tx, &session).await?;
        }
    }
    let kind = if live { "session.live" } else { "session.ended" };
    tx.record(Event::new(kind, id).of_creator(session.creator));
    tx.commit().await
}

/// Notes who was there, from when the door opens.
pub async fn mark_attendance(
    app: &App,
    viewer: &Viewer,
    id: WorkshopSessionId,
    seats: &[SeatId],
    attended: bool,
) -> Result<()> {
    let session = hosted(app, viewer, id).await?;
    if seats.len() > MOST_MARKED {
        return Err(No::TooManySeats(MOST_MARKED).at(["seatIds"]).into());
    }
    if app.now() < session.opens_at() {
        return Err(No::NotOpenYet(session.opens_minutes_before).at(["sessionId"]).into());
    }
    let mut tx = app.begin().await?;
    locked(&tx, id).await?;
    let mut named = seats.to_vec();
    named.sort_unstable();
    named.dedup();
    let found = store::set_attended(&tx, id, &named, attended).await?;
    if found != u64::try_from(named.len()).unwrap_or(u64::MAX) {
        return Err(No::SeatUnknown.at(["seatIds"]).into());
    }
    store::mark_visits(&tx, &named, attended).await?;
    if attended {
        tell_replay::again(&mut tx, id).await?;
    }
    tx.commit().await
}
