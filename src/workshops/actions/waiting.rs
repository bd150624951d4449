//! Waiting for a place, or for several, changing how many, and ceasing to.
//!
//! Keeps true: nobody gets before others by asking for more; what is given up goes to who is next in the same change.

use crate::app::App;
use crate::catalog;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Error, Refusal, Result, UserId, Viewer, WaitlistEntryId, WorkshopSessionId};
use crate::throttle::{self, Rate};

use super::super::model::{Agreement, Buying, Entry, EntryState, MOST_TOGETHER, Priority, Session};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::pass_on::pass_on;
use super::{buying, locked, offers};

const JOINS: Rate = Rate { burst: 20, every_seconds: 60 };

/// What somebody waits for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// How many seats, their own among them; as many as before, or one, if they do not say.
    pub seats: Option<i32>,
    /// That it is bought by itself.
    pub agreement: Option<Agreement>,
}

/// Puts the caller on the list of a full session. Who is on it already stays where they are; how many they want and what they
/// agree to now counts, and what they said before stays if they say nothing.
pub async fn join_waitlist(
    app: &App,
    viewer: &Viewer,
    session: WorkshopSessionId,
    wish: Wish,
) -> Result<WaitlistEntryId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    throttle::take(app, "waitlist", &viewer.user_id.to_string(), JOINS).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session).await?;
    let known = store::live_entry(tx.conn(), session.id, viewer.user_id).await?;
    let id = match known {
        Some(entry) => again(&mut tx, &session, viewer, &entry, &wish).await?,
        None => begin(&mut tx, &session, viewer, &wish).await?,
    };
    if let Some(agreement) = wish.agreement {
        as_shown(&tx, &session, &agreement).await?;
        store::agree(&tx, id, agreement).await?;
        tx.record(said(&session, viewer, ("waitlist.buying_agreed", id)));
    }
    tx.commit().await?;
    Ok(id)
}

async fn begin(tx: &mut Tx, session: &Session, viewer: &Viewer, wish: &Wish) -> Result<WaitlistEntryId> {
    may_wait(tx, session, viewer.user_id).await?.map_err(|no| Error::from(no.at(["sessionId"])))?;
    let seats = wish.seats.unwrap_or(1);
    may_want(tx, session, seats, wish.agreement.is_some()).await?;
    match session.left() {
        Some(0) => {}
        Some(left) if left < seats => return Err(No::SomeLeft(left).at(["seats"]).into()),
        _ => return Err(No::PlacesLeft.at(["sessionId"]).into()),
    }
    let id = store::insert_entry(tx, session.id, viewer.user_id, (Priority::Ordinary, seats)).await?;
    tx.record(said(session, viewer, ("waitlist.joined", id)).with("session", session.id));
    Ok(id)
}

/// Somebody who is on the list says more of what they want.
async fn again(
    tx: &mut Tx,
    session: &Session,
    viewer: &Viewer,
    entry: &Entry,
    wish: &Wish,
) -> Result<WaitlistEntryId> {
    let now = i32::try_from(entry.seats).unwrap_or(i32::MAX);
    let changed = wish.seats.filter(|seats| *seats != now);
    if changed.is_none() && wish.agreement.is_none() {
        return Ok(entry.id);
    }
    session.open_for_seats(tx.now()).map_err(|no| Error::from(no.at(["sessionId"])))?;
    if wish.agreement.is_some() && entry.state == EntryState::Offered {
        return Err(No::OfferedAlready.at(["sessionId"]).into());
    }
    let agreed = store::buying(tx.conn(), entry.id).await?;
    let by_itself = wish.agreement.is_some() || agreed.is_some_and(|buying| stands(&buying));
    may_want(tx, session, changed.unwrap_or(now), by_itself).await?;
    if let Some(seats) = changed {
        change(tx, session, entry, seats).await?;
        tx.record(said(session, viewer, ("waitlist.changed", entry.id)).with("session", session.id));
    }
    Ok(entry.id)
}

fn stands(buying: &Buying) -> bool {
    buying.ended_at.is_none()
}

/// Fewer keeps the place in the line, and what is kept beyond it goes on; more is for who has nobody behind them.
async fn change(tx: &mut Tx, session: &Session, entry: &Entry, seats: i32) -> Result<()> {
    let wanted = usize::try_from(seats).unwrap_or_default();
    if wanted > entry.seats && entry.state == EntryState::Offered {
        return Err(No::OfferedAlready.at(["seats"]).into());
    }
    if wanted > entry.seats && store::is_waited_behind(tx, entry.id).await? {
        return Err(No::WaitedBehind.at(["seats"]).into());
    }
    store::set_wanted(tx, entry.id, seats).await?;
    if entry.state == EntryState::Offered {
        offers::keep_only(tx, session, entry, wanted).await?;
        pass_on(tx, session).await?;
    }
    Ok(())
}

/// Whether one can wait for so many here.
async fn may_want(tx: &Tx, session: &Session, seats: i32, by_itself: bool) -> Result<()> {
    let refused = |no: No| Err(no.at(["seats"]).into());
    if !usize::try_from(seats).is_ok_and(|seats| (1..=MOST_TOGETHER).contains(&seats)) {
        return refused(No::SeatsWanted);
    }
    if let Some(there_are) = session.capacity.filter(|capacity| seats > *capacity) {
        return refused(No::MoreThanThereAre(there_are));
    }
    if seats > 1 && by_itself {
        return refused(No::OneByItself);
    }
    if seats > 1 && !catalog::store::costs_something(tx.conn(), session.workshop, tx.now()).await? {
        return refused(No::NoneForOthers);
    }
    Ok(())
}

/// What is agreed to is the date and the policy there are, not those of a moment ago.
async fn as_shown(tx: &Tx, session: &Session, agreement: &Agreement) -> Result<()> {
    match buying::terms(tx.conn(), session).await? == agreement.terms {
        true => Ok(()),
        false => Err(No::TermsChanged.at(["autoBuy", "quoteToken"]).into()),
    }
}

fn said(session: &Session, viewer: &Viewer, (kind, entry): (&'static str, WaitlistEntryId)) -> Event {
    Event::new(kind, entry).of_creator(session.creator).of_user(viewer.user_id)
}

async fn may_wait(tx: &Tx, session: &Session, user: UserId) -> Result<std::result::Result<(), No>> {
    if let Err(no) = session.open_for_seats(tx.now()) {
        return Ok(Err(no));
    }
    if !session.waitlist_enabled {
        return Ok(Err(No::NoWaitlist));
    }
    let has_seat = store::live_of_user(tx.conn(), user, session.id).await?.is_some();
    Ok(if has_seat { Err(No::Seated) } else { Ok(()) })
}

/// Takes the caller off the list; all that was offered to them goes to who is next. A seat that is being bought for them is left
/// while nothing was charged; later it is refused.
pub async fn leave_waitlist(app: &App, viewer: &Viewer, id: WaitlistEntryId) -> Result<()> {
    let theirs = store::entry(app.db.read(), id).await?.filter(|entry| entry.user == viewer.user_id);
    let known = theirs.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let Some(entry) = store::entry(tx.conn(), id).await? else { return Ok(()) };
    if entry.state.is_live() {
        offers::end(&mut tx, &session, &entry, EntryState::Left).await?;
        pass_on(&mut tx, &session).await?;
    } else if entry.state != EntryState::Seated || !buying::leave_purchase(&mut tx, &entry).await? {
        return Ok(());
    }
    tx.record(said(&session, viewer, ("waitlist.left", id)));
    tx.commit().await
}
