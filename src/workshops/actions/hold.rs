//! Taking a place: for a purchase that is about to be paid, or at no charge.
//!
//! The session's lock is held until the commit, so that of many buyers at once exactly as many get a place as there are.

use std::collections::HashSet;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Instant, OrderLineId, Result, SeatId, UserId, WorkshopSessionId};

use super::super::model::{EntryState, Seat, SeatState, Session, refund_until};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store::{self, NewSeat};
use super::invite::tell_holder;
use super::{CODE, buying, claim, locked, offers};

/// Whose seat it will be.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// The buyer's own, who is known.
    Person(UserId),
    /// The buyer's own, a guest, by the address they have given, lower-cased.
    Guest(&'a str),
    /// Somebody else's, by the address the buyer has given, lower-cased. Nothing is looked up about it: whether it has a
    /// seat there already is told to nobody, and does not keep anybody from buying.
    Companion {
        /// The address.
        email: &'a str,
        /// Who buys it, if that is known: what is kept for them is for whom they bring.
        buyer: Option<UserId>,
    },
}

impl Holder<'_> {
    fn user(&self) -> Option<UserId> {
        match self {
            Self::Person(user) => Some(*user),
            Self::Guest(_) | Self::Companion { .. } => None,
        }
    }

    fn email(&self) -> Option<&str> {
        match self {
            Self::Person(_) => None,
            Self::Guest(email) | Self::Companion { email, .. } => Some(email),
        }
    }
}

/// Keeps a place for an order line until its payment has ended, one way or the other. `until` is when we end it.
pub async fn hold(
    tx: &mut Tx,
    session: WorkshopSessionId,
    holder: Holder<'_>,
    line: OrderLineId,
    until: Instant,
) -> Result<std::result::Result<SeatId, No>> {
    take(tx, session, holder, Some((line, until))).await
}

/// Seats somebody at a session that costs nothing.
pub async fn take_free(
    tx: &mut Tx,
    session: WorkshopSessionId,
    user: UserId,
) -> Result<std::result::Result<SeatId, No>> {
    let taken = take(tx, session, Holder::Person(user), None).await?;
    if taken.is_ok() {
        offers::pass_on_rest(tx, session, user).await?;
    }
    Ok(taken)
}

async fn take(
    tx: &mut Tx,
    session: WorkshopSessionId,
    holder: Holder<'_>,
    paid: Option<(OrderLineId, Instant)>,
) -> Result<std::result::Result<SeatId, No>> {
    let session = locked(tx, session).await?;
    if let Err(no) = session.open_for_seats(tx.now()) {
        return Ok(Err(no));
    }
    let state = if paid.is_some() { SeatState::Held } else { SeatState::Seated };
    let until = paid.map(|(_, until)| until);
    let id = match theirs(tx, &session, holder).await? {
        Some(seat) if seat.state == SeatState::Offered => {
            accept(tx, (&seat, holder), state, paid).await?;
            seat.id
        }
        Some(seat) if seat.state == SeatState::Held => return Ok(Err(No::HeldElsewhere)),
        Some(_) => return Ok(Err(No::Seated)),
        None if !store::take_place(tx, session.id).await? => {
            return Ok(Err(No::Full(session.id, session.waitlist_enabled)));
        }
        None => {
            let code = tx.readable(CODE);
            let new = NewSeat {
                session: session.id,
                user: holder.user(),
                email: holder.email(),
                for_companion: matches!(holder, Holder::Companion { .. }),
                offered_to: None,
                line: paid.map(|(line, _)| line),
                state,
                held_until: until,
                refund_until: refund_until(&session),
                check_in_code: &code,
            };
            store::insert_seat(tx, &new).await?
        }
    };
    let kind = if paid.is_some() { "seat.held" } else { "seat.confirmed" };
    let mut event = Event::new(kind, id).of_creator(session.creator).with("session", session.id);
    if let Some(user) = holder.user() {
        event = event.of_user(user);
    }
    tx.record(event);
    if paid.is_none()
        && let Some(seat) = store::seat(tx.conn(), id).await?
    {
        tell_holder(tx, &seat);
    }
    Ok(Ok(id))
}

/// The holder's seat there that takes a place, or for a companion one that is kept for their buyer: those beside the buyer's
/// own first.
async fn theirs(tx: &Tx, session: &Session, holder: Holder<'_>) -> Result<Option<Seat>> {
    match holder {
        Holder::Person(user) => store::live_of_user(tx.conn(), user, session.id).await,
        // An address proves nothing: what others have bought for it, or given to it, is not told.
        Holder::Guest(email) => {
            let waiting = store::unclaimed(tx.conn(), email).await?;
            let own = |seat: &Seat| !seat.for_companion && !seat.passed_on;
            let here = |seat: &Seat| seat.session == session.id && seat.state.takes_a_place();
            Ok(waiting.into_iter().find(|seat| own(seat) && here(seat)))
        }
        Holder::Companion { buyer: Some(buyer), .. } => {
            Ok(store::kept_for(tx.conn(), buyer, session.id).await?.into_iter().next())
        }
        Holder::Companion { buyer: None, .. } => Ok(None),
    }
}

/// The seat that was offered becomes the one that is paid for, and ends the wish.
async fn accept(
    tx: &mut Tx,
    (seat, holder): (&Seat, Holder<'_>),
    state: SeatState,
    paid: Option<(OrderLineId, Instant)>,
) -> Result<()> {
    let entry = store::of_seat(tx.conn(), seat).await?;
    match (holder, paid) {
        (Holder::Companion { email, .. }, Some((line, _))) => {
            if let Some(entry) = &entry {
                buying::taken_by_hand(tx, entry).await?;
            }
            store::give_to_companion(tx, seat.id, line, email).await?;
            claim::next_is_theirs(tx, seat).await?;
        }
        (_, Some((line, _))) => store::set_line(tx, seat.id, line).await?,
        (_, None) => {}
    }
    if let Some(entry) = entry {
        store::set_entry(tx, entry.id, EntryState::Seated, entry.seat).await?;
    }
    store::set_state(tx, seat.id, state, paid.map(|(_, until)| until), None).await
}

/// At which of these sessions the person has a seat.
pub async fn sessions_held(
    app: &App,
    user: UserId,
    sessions: &[WorkshopSessionId],
) -> Result<HashSet<WorkshopSessionId>> {
    let pairs: Vec<_> = sessions.iter().map(|session| (user, *session)).collect();
    let found = store::of_pairs(app, &pairs).await?;
    let seated = found.into_values().filter(|seat| seat.state == SeatState::Seated);
    Ok(seated.map(|seat| seat.session).collect())
}
