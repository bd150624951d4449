//! Telling a person's calendar of their seat: when it becomes theirs, when it is elsewhere, when it is theirs no more.
//!
//! A job does it, after the change, and says how things stand then: who changes their mind twice in a moment reads the
//! end of it. That a session itself was moved or called off is told to everybody at once (`tell`).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::catalog;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{Denied, Result, SeatId, UserId};
use crate::queue::Job;

use super::super::letters::{self, Reader};
use super::super::model::{Seat, SeatState};
use super::super::store;
use super::locked;

/// Tells whoever has, or had, a seat: payload `seat`, `letter`, and `user` or `email`.
pub const INVITE: &str = "workshops.invite";

/// Has the holder told of what has just changed. The seat as it was while it was theirs.
pub(super) fn tell_holder(tx: &mut Tx, seat: &Seat) {
    let mut payload = json!({ "seat": seat.id.to_string(), "letter": tx.id() });
    match (seat.user, &seat.holder_email) {
        (Some(user), _) => payload["user"] = Value::from(user.to_string()),
        (None, Some(email)) => payload["email"] = Value::from(email.clone()),
        (None, None) => return,
    }
    tx.enqueue(Job::new(INVITE, payload));
}

/// Whom a job is about.
#[derive(Clone, Debug)]
pub enum Told {
    /// A known person.
    User(UserId),
    /// A guest, by address.
    Email(String),
}

/// Writes to somebody how their seat stands. The same letter is written once.
pub async fn invite(app: &App, id: SeatId, told: Told, letter: Uuid) -> Result<()> {
    let Some(known) = store::seat(app.db.read(), id).await? else { return Ok(()) };
    let Some(reader) = reader(app, &told).await? else { return Ok(()) };
    let session = store::session(app.db.read(), known.session).await?.ok_or(Denied::NotFound)?;
    let workshop =
        catalog::store::offering(app.db.read(), session.workshop).await?.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session.id).await?;
    let Some(seat) = store::seat(tx.conn(), id).await?.filter(|seat| seat.session == session.id) else {
        // It was moved in this very moment, and that is told by a job of its own.
        return Ok(());
    };
    if session.cancelled_at.is_some() {
        return Ok(());
    }
    let is_theirs = match &told {
        Told::User(user) => seat.user == Some(*user),
        Told::Email(email) => seat.user.is_none() && seat.holder_email.as_ref() == Some(email),
    };
    let is_theirs = is_theirs && seat.state == SeatState::Seated;
    let invitation = letters::Invitation { app, workshop: &workshop, session: &session, seat: &seat };
    invitation.write(&mut tx, reader, is_theirs, letter).await?;
    tx.commit().await
}

async fn reader(app: &App, told: &Told) -> Result<Option<Reader>> {
    match told {
        Told::User(user) => {
            let found = identity::store::accounts(app, &[*user]).await?.remove(user);
            Ok(found.map(|one| Reader { user: Some(*user), email: one.email, zone: Some(one.time_zone) }))
        }
        Told::Email(email) => Ok(Some(Reader { user: None, email: email.clone(), zone: None })),
    }
}
