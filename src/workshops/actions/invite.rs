//! Telling a person's calendar of their seat: when it becomes theirs, when it is elsewhere, when it is theirs no more.
//!
//! A job does it, after the change, and says how things stand then: who changes their mind twice in a moment reads the
//! end of it. That a session itself was moved or called off is told to everybody at once (`tell`).

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{Denied, Result, SeatId, UserId};
use crate::queue::Job;

use super::super::letters::{self, Audience, Invitation};
use super::super::model::{Seat, SeatState};
use super::super::store;
use super::locked;

/// Tells whoever has, or had, a seat: payload `seat`, `letter`, and `user` or, of somebody known by address alone, `email`;
/// `inviter` where somebody else has bought it for them.
pub const INVITE: &str = "workshops.invite";

/// Has the holder told of what has just changed. `seat` as it was, or is, while it is theirs.
pub(super) fn tell_holder(tx: &mut Tx, seat: &Seat) {
    tell(tx, seat, None);
}

/// Has a companion told that somebody of this name has a seat for them.
pub(super) fn tell_companion(tx: &mut Tx, seat: &Seat, inviter: &str) {
    tell(tx, seat, Some(inviter));
}

fn tell(tx: &mut Tx, seat: &Seat, inviter: Option<&str>) {
    let user = seat.user.map(|user| user.to_string());
    let email = seat.holder_email.as_ref().filter(|_| user.is_none());
    if user.is_none() && email.is_none() {
        return;
    }
    let payload = json!({
        "seat": seat.id.to_string(), "letter": tx.id(), "user": user, "email": email, "inviter": inviter,
    });
    tx.enqueue(Job::new(INVITE, payload));
}

/// Writes to somebody how their seat stands. The same letter is written once.
pub async fn invite(
    app: &App,
    id: SeatId,
    (user, email): (Option<UserId>, Option<String>),
    (inviter, letter): (Option<&str>, Uuid),
) -> Result<()> {
    let Some(known) = store::seat(app.db.read(), id).await? else { return Ok(()) };
    let session = store::session(app.db.read(), known.session).await?.ok_or(Denied::NotFound)?;
    let theirs = Seat { user, holder_email: email, ..known };
    let audience = Audience::of(app, &session, std::slice::from_ref(&theirs)).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session.id).await?;
    let Some(seat) = store::seat(tx.conn(), id).await?.filter(|seat| seat.session == session.id) else {
        // It was moved in this very moment, and that is told by a job of its own.
        return Ok(());
    };
    let is_theirs = seat.state == SeatState::Seated && is_holder(&tx, &seat, &theirs).await?;
    if is_theirs && session.cancelled_at.is_some() {
        return Ok(());
    }
    let said = match (is_theirs, inviter) {
        (true, None) => Invitation::Theirs,
        (true, Some(inviter)) => Invitation::Companion(inviter),
        (false, None) => Invitation::Gone,
        // It was given back before they had heard of it.
        (false, Some(_)) => return Ok(()),
    };
    letters::invitation(&mut tx, &audience, &session, &theirs, (said, letter)).await?;
    tx.commit().await
}

/// Whether the seat is this person's; an address's also when its owner has claimed it meanwhile.
async fn is_holder(tx: &Tx, seat: &Seat, theirs: &Seat) -> Result<bool> {
    match (theirs.user, seat.user) {
        (Some(user), _) => Ok(seat.user == Some(user)),
        (None, None) => Ok(seat.holder_email == theirs.holder_email),
        (None, Some(owner)) => {
            let owner = identity::store::credentials(tx.conn(), owner).await?;
            Ok(owner.map(|known| known.account.email.to_lowercase()) == theirs.holder_email)
        }
    }
}
