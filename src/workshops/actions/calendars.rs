//! Sessions as calendars to follow. No way in is in any of them.

use std::collections::HashMap;

use crate::app::App;
use crate::catalog;
use crate::kernel::{OfferingId, PublicId, Result, UserId, WorkshopSessionId};
use crate::keys::Purpose;

use super::super::model::{SeatState, Session, calendar};
use super::super::store;

/// The most seats a calendar holds.
const MOST: u64 = 200;
/// How long what is over stays in one's calendar.
const KEPT: chrono::Duration = chrono::Duration::days(30);

/// The calendar of one session; none for what strangers may not see. One that was called off stays, to tell of it.
pub async fn public_calendar(app: &App, id: WorkshopSessionId) -> Result<Option<String>> {
    let Some(session) = store::session(app.db.read(), id).await? else { return Ok(None) };
    let workshop = catalog::store::offering(app.db.read(), session.workshop).await?;
    let Some(workshop) = workshop.filter(|workshop| workshop.is_public()) else { return Ok(None) };
    let named = vec![(session, workshop.title.clone(), app.link(&workshop.path()))];
    Ok(Some(written(app, &workshop.title, named)))
}

/// What the address of a person's own calendar ends with. It is good until the installation's key changes.
pub fn calendar_token(app: &App, user: UserId) -> String {
    let signature = app.keys.sign(Purpose::Calendar, user.uuid().as_bytes());
    format!("{user}.{signature}")
}

/// The calendar of a person's seats; none if we never gave out this address.
pub async fn seats_calendar(app: &App, token: &str) -> Result<Option<String>> {
    let Some((user, signature)) = token.split_once('.') else { return Ok(None) };
    let Ok(user) = user.parse::<UserId>() else { return Ok(None) };
    if !app.keys.verifies(Purpose::Calendar, user.uuid().as_bytes(), signature) {
        return Ok(None);
    }
    let (states, since) = ([SeatState::Seated], app.now() - KEPT);
    let seats = store::of_holder(app.db.read(), user, &states, since, None, MOST).await?;
    let sessions: Vec<Session> = seats.into_iter().map(|(session, _)| session).collect();
    let workshops: Vec<OfferingId> = sessions.iter().map(|session| session.workshop).collect();
    let workshops: HashMap<_, _> = catalog::store::offerings(app, &workshops).await?;
    let named = sessions.into_iter().filter_map(|session| {
        let workshop = workshops.get(&session.workshop)?;
        Some((session, workshop.title.clone(), app.link(&workshop.path())))
    });
    Ok(Some(written(app, "My workshops", named.collect())))
}

fn written(app: &App, name: &str, sessions: Vec<(Session, String, String)>) -> String {
    let titled: Vec<_> = sessions
        .into_iter()
        .map(|(session, title, page)| {
            let title = match &session.title {
                Some(own) => format!("{title}: {own}"),
                None => title,
            };
            (session, title, page)
        })
        .collect();
    calendar(name, &app.host(), &titled, app.now())
}
