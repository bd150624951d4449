//! A seat that is bought by itself when somebody who waits gets one: when its moment is, what may still keep it from being
//! bought, and what becomes of the seat when it comes to nothing. The purchase itself is `checkout`'s and `payments`'.
//!
//! Keeps true: nothing is bought that was not agreed to, for another date, under another policy, or for somebody who left;
//! once a card may have been charged, its owner gives a seat back instead of leaving.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::app::App;
use crate::catalog;
use crate::db::Tx;
use crate::events::Event;
use crate::identity;
use crate::kernel::{
    CheckoutId, Denied, Fault, Refusal, Result, UserId, Viewer, WaitlistEntryId, WorkshopId,
};
use crate::queue::Job;

use super::super::letters;
use super::super::model::{
    Agreement, Buying, Entry, EntryState, OFFER_LIFE, Seat, SeatState, Session, Terms, WhyNot,
};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::locked;
use super::offers::{offer, tell_offer, when_lapsed};

/// A seat was offered to somebody who wants it bought by itself: payload `entry`. `payments` does it.
pub const BUY: &str = "payments.buy_offered";

/// For which date, and under which policy, a seat of this session is sold now.
pub async fn terms(conn: &impl ConnectionTrait, session: &Session) -> Result<Terms> {
    let workshop = catalog::store::workshop(conn, WorkshopId(session.workshop.0)).await?;
    let workshop = workshop.ok_or_else(|| Fault::new("reading terms", "a session without a workshop"))?;
    Ok(Terms { sequence: session.sequence, policy: workshop.cancellation_policy.clone() })
}

/// Takes back that a seat is bought by itself; the place in the line stays. What is being bought is refused: it ends in a
/// seat, which can be given back, or in an offer, which can be left.
pub async fn take_back_buying(app: &App, viewer: &Viewer, id: WaitlistEntryId) -> Result<()> {
    let theirs = store::entry(app.db.read(), id).await?.filter(|entry| entry.user == viewer.user_id);
    let known = theirs.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    if !store::take_back(&tx, id).await? {
        return match store::buying(tx.conn(), id).await?.filter(Buying::is_begun) {
            Some(_) => Err(No::BeingBought.at(["entryId"]).into()),
            None => Ok(()),
        };
    }
    let entry = store::entry(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if entry.state == EntryState::Offered {
        // Nobody has told them: it was about to be bought.
        keep_offered(&mut tx, &session, &entry, None).await?;
    }
    tx.record(
        Event::new("waitlist.buying_taken_back", id).of_creator(session.creator).of_user(viewer.user_id),
    );
    tx.commit().await
}

/// What is to be bought now, or what keeps it from being bought; none if a seat is not offered, or nothing is to be bought.
/// The session is locked from here on.
pub async fn buying_due(
    tx: &Tx,
    id: WaitlistEntryId,
) -> Result<Option<(Entry, std::result::Result<Buying, WhyNot>)>> {
    let Some((session, entry, buying)) = under_lock(tx, id).await? else { return Ok(None) };
    if entry.state != EntryState::Offered || !buying.is_due() || session.open_for_seats(tx.now()).is_err() {
        return Ok(None);
    }
    let kept = kept_from(tx, &session, entry.user, &buying.agreement).await?;
    Ok(Some((entry, kept.map_or(Ok(buying), Err))))
}

/// Says that the card is about to be charged, if it may be: the seat is held for this purchase and for long enough, the
/// session is the one that was agreed to, and nobody left. The session is locked from here on.
pub async fn charge_due(
    tx: &Tx,
    id: WaitlistEntryId,
    checkout: CheckoutId,
) -> Result<std::result::Result<(), WhyNot>> {
    let Some((session, entry, buying)) = under_lock(tx, id).await? else {
        return Ok(Err(WhyNot::NotPossible));
    };
    if let Some(why) = buying.why_not {
        return Ok(Err(why));
    }
    if buying.checkout != Some(checkout) || !buying.is_begun() || entry.state != EntryState::Seated {
        return Ok(Err(WhyNot::NotPossible));
    }
    let seat = match entry.seat {
        Some(seat) => store::seat(tx.conn(), seat).await?,
        None => None,
    };
    let is_held = seat.is_some_and(|seat| {
        seat.state == SeatState::Held && seat.held_until.is_some_and(|until| until > tx.now())
    });
    if !is_held || session.open_for_seats(tx.now()).is_err() {
        return Ok(Err(WhyNot::TooLate));
    }
    if let Some(why) = kept_from(tx, &session, entry.user, &buying.agreement).await? {
        return Ok(Err(why));
    }
    store::note_charge(tx, id).await?;
    Ok(Ok(()))
}

async fn under_lock(tx: &Tx, id: WaitlistEntryId) -> Result<Option<(Session, Entry, Buying)>> {
    let Some(known) = store::entry(tx.conn(), id).await? else { return Ok(None) };
    let session = locked(tx, known.session).await?;
    let entry = store::entry(tx.conn(), id).await?;
    let buying = store::buying(tx.conn(), id).await?;
    Ok(entry.zip(buying).map(|(entry, buying)| (session, entry, buying)))
}

/// What changed since it was agreed to, other than the price.
async fn kept_from(
    tx: &Tx,
    session: &Session,
    user: UserId,
    agreement: &Agreement,
) -> Result<Option<WhyNot>> {
    let now = terms(tx.conn(), session).await?;
    let known = identity::store::credentials(tx.conn(), user).await?;
    Ok(if known.is_none_or(|known| known.account.suspended) {
        Some(WhyNot::Suspended)
    } else if now.sequence != agreement.terms.sequence {
        Some(WhyNot::Moved)
    } else if now.policy != agreement.terms.policy {
        Some(WhyNot::PolicyChanged)
    } else {
        None
    })
}

/// It cannot be bought by itself: the seat is kept as for everybody else, and a letter says why.
pub async fn offer_instead(app: &App, id: WaitlistEntryId, why: WhyNot) -> Result<()> {
    let mut tx = app.begin().await?;
    let Some((session, entry, buying)) = under_lock(&tx, id).await? else { return Ok(()) };
    if entry.state != EntryState::Offered || !buying.is_due() {
        return Ok(());
    }
    end_as_offer(&mut tx, &session, &entry, why).await?;
    tx.commit().await
}

/// An offer whose time is over though nobody has told of it, since it was to be bought: it is told of now, and counts from
/// now on. False if that is not so.
pub(super) async fn tell_before_it_lapses(tx: &mut Tx, session: &Session, entry: &Entry) -> Result<bool> {
    if !store::buying(tx.conn(), entry.id).await?.is_some_and(|buying| buying.is_due()) {
        return Ok(false);
    }
    if session.open_for_seats(tx.now()).is_err() {
        end(tx, session, entry, WhyNot::TooLate).await?;
        letters::not_bought(tx, session, entry, WhyNot::TooLate).await?;
        return Ok(false);
    }
    end_as_offer(tx, session, entry, WhyNot::TooLate).await?;
    Ok(true)
}

async fn end_as_offer(tx: &mut Tx, session: &Session, entry: &Entry, why: WhyNot) -> Result<()> {
    end(tx, session, entry, why).await?;
    keep_offered(tx, session, entry, Some(why)).await
}

async fn end(tx: &mut Tx, session: &Session, entry: &Entry, why: WhyNot) -> Result<()> {
    store::end_buying(tx, entry.id, why).await?;
    tx.record(Event::new("waitlist.buying_ended", entry.id).of_creator(session.creator).of_user(entry.user));
    Ok(())
}

/// The offer counts from now on.
async fn keep_offered(tx: &mut Tx, session: &Session, entry: &Entry, why: Option<WhyNot>) -> Result<()> {
    let Some(seat) = entry.seat else { return Ok(()) };
    let until = (tx.now() + OFFER_LIFE).min(session.starts_at);
    store::set_state(tx, seat, SeatState::Offered, Some(until), None).await?;
    when_lapsed(tx, seat, until);
    tell_offer(tx, entry.id, seat, why);
    Ok(())
}

/// The attempt to buy this seat is over, unpaid: another is kept for the same person, as for everybody else, unless they
/// left. The seat was just given up under the session's lock, so that nobody is before them.
pub(super) async fn offer_again(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    let Some((entry, buying)) = store::buyer_of(tx.conn(), seat.id).await? else { return Ok(()) };
    let why = buying.why_not.unwrap_or(WhyNot::NotPossible);
    end(tx, session, &entry, why).await?;
    if entry.state == EntryState::Left || session.cancelled_at.is_some() {
        return Ok(());
    }
    let has_seat = store::live_of_user(tx.conn(), entry.user, session.id).await?.is_some();
    if has_seat || store::live_entry(tx.conn(), session.id, entry.user).await?.is_some() {
        // What was offered went to a companion; they have a seat of their own, or wait for another.
        return Ok(());
    }
    if session.open_for_seats(tx.now()).is_err() || !store::take_place(tx, session.id).await? {
        return letters::not_bought(tx, session, &entry, why).await;
    }
    offer(tx, session, &entry, Some(why)).await
}

/// What was to be bought by itself was taken for somebody they bring: that ends the wish, and there is nothing left to buy.
pub(super) async fn taken_by_hand(tx: &Tx, entry: &Entry) -> Result<()> {
    match store::buying(tx.conn(), entry.id).await?.filter(Buying::is_due) {
        Some(_) => store::end_buying(tx, entry.id, WhyNot::NotPossible).await,
        None => Ok(()),
    }
}

/// Leaves a seat that is being bought, while its card has not been charged: `payments` ends the attempt. Later it is
/// refused, since it is theirs, or may be.
pub(super) async fn leave_purchase(tx: &mut Tx, entry: &Entry) -> Result<bool> {
    let buying = store::buying(tx.conn(), entry.id).await?.filter(Buying::is_begun);
    let (Some(buying), Some(id)) = (buying, entry.seat) else { return Ok(false) };
    let Some(seat) = store::seat(tx.conn(), id).await? else { return Ok(false) };
    match (seat.state, buying.charged_at) {
        (SeatState::Held, None) => {}
        (SeatState::Held | SeatState::Seated | SeatState::Unseated, _) => {
            return Err(No::BeingBought.at(["entryId"]).into());
        }
        _ => return Ok(false),
    }
    store::note_why(tx, entry.id, WhyNot::Left).await?;
    store::set_entry(tx, entry.id, EntryState::Left, Some(id)).await?;
    let job = Job::new(BUY, json!({ "entry": entry.id.to_string() }));
    tx.enqueue(job.once(format!("buy:{}:left", entry.id)));
    Ok(true)
}

/// Whoever's seat this is has not to do anything: it was bought as they had agreed to.
pub(super) async fn tell_bought(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    let found = store::buyer_of(tx.conn(), seat.id).await?;
    let Some((entry, buying)) = found.filter(|(_, buying)| buying.is_begun()) else { return Ok(()) };
    store::forget_why(tx, entry.id).await?;
    letters::bought(tx, session, &entry, (&buying, seat.refund_until)).await
}

/// Asks for the purchase.
pub(super) fn buy(tx: &mut Tx, entry: WaitlistEntryId) {
    let job = Job::new(BUY, json!({ "entry": entry.to_string() }));
    tx.enqueue(job.once(format!("buy:{entry}")));
}
