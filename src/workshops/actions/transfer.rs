//! Giving a seat to somebody else: it is theirs once they have proven the address. Who paid stays who paid.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::events::Event;
use crate::idempotency::Call;
use crate::identity;
use crate::kernel::{Denied, Error, Refusal, Result, SeatId, Viewer};
use crate::queue::Job;
use crate::throttle::{self, Rate};

use super::super::letters;
use super::super::model::SeatState;
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::invite::tell_holder;
use super::{CODE, claim, locked, rooms, seats_changed};

/// More than this is writing to strangers in our name.
const TRANSFERS: Rate = Rate { burst: 10, every_seconds: 3600 };

/// Gives the caller's seat to whoever proves this address. Whether it has an account is told to nobody. The same key does
/// it once.
pub async fn transfer(app: &App, viewer: &Viewer, id: SeatId, email: &str, key: Uuid) -> Result<()> {
    let user = viewer.user_id;
    let call = Call::new(user, "seatTransfer", key, &[&id.to_string(), email]);
    if call.earlier(app.db.read()).await?.is_some() {
        return Ok(());
    }
    let to = identity::model::email(email).map_err(|_| No::EmailInvalid.at(["recipientEmail"]))?;
    let theirs = store::seat(app.db.read(), id).await?.filter(|seat| seat.user == Some(user));
    let known = theirs.ok_or(Denied::NotFound)?;
    let own = identity::store::accounts(app, &[user]).await?.remove(&user).ok_or(Denied::Unauthenticated)?;
    if own.email.to_lowercase() == to.folded {
        return Err(No::ToSelf.at(["recipientEmail"]).into());
    }
    throttle::take(app, "seat:transfer", &user.to_string(), TRANSFERS).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let refused = |no: No| Error::from(no.at(["seatId"]));
    let seat = store::seat(tx.conn(), id).await?;
    let seat = seat.filter(|seat| seat.user == Some(user) && seat.state == SeatState::Seated);
    let seat = seat.ok_or_else(|| refused(No::SeatGone))?;
    session.open_for_seats(tx.now()).map_err(refused)?;
    let code = tx.readable(CODE);
    store::give_away(&tx, id, user, &to.folded, &code).await?;
    tell_holder(&mut tx, &seat);
    rooms::put_out(&mut tx, &session, &seat).await?;
    claim::next_is_theirs(&mut tx, &seat).await?;
    letters::given(&mut tx, &session, &seat, &own.display_name, &to.written).await?;
    tx.enqueue(Job::new("workshops.claim", json!({ "email": to.folded })));
    let event = Event::new("seat.transferred", id).of_creator(session.creator).of_user(user);
    tx.record(event.with("session", session.id));
    seats_changed(&mut tx, session.id);
    if call.settle(&tx, json!({ "seat": id.to_string() })).await? {
        tx.commit().await?;
    }
    Ok(())
}
