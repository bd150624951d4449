//! What we write about sessions and seats. No letter ever says how one gets in.

mod invitation;
mod offer;

use std::collections::HashMap;

use crate::app::App;
use crate::catalog;
use crate::db::Tx;
use crate::gateways::mailer::{CalendarPart, sender};
use crate::identity::{self, model::Account};
use crate::kernel::{Fault, Instant, Result, SeatId, UserId};
use crate::notifications;
use crate::notifications::model::Draft;

pub(super) use invitation::{Invitation, invitation};
pub(super) use offer::offered;

use super::model::{AfterIt, Agreement, Buying, Entry, Invited, Seat, Session, WhyNot, local_of};

/// To whom a letter goes, and in which zone they live.
struct Reader {
    user: Option<UserId>,
    email: String,
    zone: Option<String>,
}

impl Reader {
    fn of(account: &Account) -> Self {
        let zone = Some(account.time_zone.clone());
        Self { user: Some(account.id), email: account.email.clone(), zone }
    }
}

async fn person(tx: &Tx, user: UserId) -> Result<Option<Reader>> {
    let found = identity::store::credentials(tx.conn(), user).await?.map(|known| known.account);
    Ok(found.as_ref().map(Reader::of))
}

/// What letters to everybody with a seat at one session say, looked up once: what it is called, and who they are.
pub(super) struct Audience {
    app: App,
    name: String,
    page: String,
    accounts: HashMap<UserId, Account>,
}

impl Audience {
    /// Whoever has these seats.
    pub(super) async fn of(app: &App, session: &Session, seats: &[Seat]) -> Result<Self> {
        let users: Vec<UserId> = seats.iter().filter_map(|seat| seat.user).collect();
        let accounts = identity::store::accounts(app, &users).await?;
        let workshop = catalog::store::offering(app.db.read(), session.workshop).await?;
        let workshop =
            workshop.ok_or_else(|| Fault::new("writing letters", "a session without a workshop"))?;
        let (name, page) = (named(&workshop.title, session), app.link(&workshop.path()));
        Ok(Self { app: app.clone(), name, page, accounts })
    }

    /// The seat for the calendar of whoever has this address: there while it is theirs, gone after.
    fn calendar(&self, session: &Session, seat: SeatId, attendee: &str, is_theirs: bool) -> CalendarPart {
        let Self { app, name, page, .. } = self;
        let organizer = sender(&app.settings.mail_from).map(|own| own.email.to_string()).unwrap_or_default();
        let invited = Invited { seat, session, title: name, page, organizer: &organizer, attendee };
        let method = if is_theirs { "REQUEST" } else { "CANCEL" };
        CalendarPart { method: method.to_owned(), text: invited.text(is_theirs, &app.host(), app.now()) }
    }

    /// Whoever has the seat, known or by address alone; who has claimed it since is looked up.
    async fn holder(&self, tx: &Tx, seat: &Seat) -> Result<Option<Reader>> {
        let Some(user) = seat.user else {
            let by_address = |email| Reader { user: None, email, zone: None };
            return Ok(seat.holder_email.clone().map(by_address));
        };
        match self.accounts.get(&user) {
            Some(account) => Ok(Some(Reader::of(account))),
            None => person(tx, user).await,
        }
    }
}

async fn name_of(tx: &Tx, session: &Session) -> Result<String> {
    let workshop = catalog::store::offering(tx.conn(), session.workshop).await?;
    Ok(named(workshop.as_ref().map(|workshop| workshop.title.as_str()).unwrap_or_default(), session))
}

fn named(workshop: &str, session: &Session) -> String {
    match &session.title {
        Some(title) => format!("{workshop}: {title}"),
        None => workshop.to_owned(),
    }
}

/// The time as the host means it, and, where that is another, as the reader's own clocks show it.
fn times(session: &Session, reader: &Reader) -> String {
    let there = local_of(session.starts_at, &session.time_zone);
    match &reader.zone {
        Some(zone) if *zone != session.time_zone => {
            format!("{there}, which is {} for you", local_of(session.starts_at, zone))
        }
        _ => there,
    }
}

async fn write(
    tx: &mut Tx,
    reader: Reader,
    key: (&'static str, String),
    subject: String,
    said: Vec<String>,
) -> Result<()> {
    notifications::actions::write(tx, draft(reader, key, subject, said)).await
}

fn draft(reader: Reader, (kind, key): (&'static str, String), subject: String, said: Vec<String>) -> Draft {
    let paragraphs = std::iter::once("Hello,".to_owned()).chain(said).collect();
    let (recipient, user) = (reader.email, reader.user);
    Draft { kind, recipient, user, subject, paragraphs, unique_key: Some(key) }
}

fn not_bought_because(why: WhyNot) -> String {
    format!("It could not be bought for you by itself: {}. Nothing was charged.", why.words())
}

/// To who waited: there was a seat, it could not be bought, and there is no time left to take it.
pub(super) async fn not_bought(tx: &mut Tx, session: &Session, entry: &Entry, why: WhyNot) -> Result<()> {
    let Some(reader) = person(tx, entry.user).await? else { return Ok(()) };
    let name = name_of(tx, session).await?;
    let said = vec![
        format!("a seat had become free at {name}, {}.", times(session, &reader)),
        not_bought_because(why),
        "It can no longer be taken.".to_owned(),
    ];
    let key = ("waitlist-not-bought", format!("waitlist-not-bought:{}", entry.id));
    write(tx, reader, key, format!("No seat for you: {name}"), said).await
}

/// To who waited: the seat was bought as they had agreed to.
pub(super) async fn bought(
    tx: &mut Tx,
    session: &Session,
    entry: &Entry,
    (buying, refund_until): (&Buying, Instant),
) -> Result<()> {
    let Some(reader) = person(tx, entry.user).await? else { return Ok(()) };
    let name = name_of(tx, session).await?;
    let Agreement { amount, card_brand, card_last4, .. } = &buying.agreement;
    let zone = reader.zone.clone().unwrap_or_else(|| session.time_zone.clone());
    let back = match tx.now() <= refund_until {
        true => format!("until {} the money comes back at once", local_of(refund_until, &zone)),
        false => "so near the start the money comes back if the place is taken again".to_owned(),
    };
    let said = vec![
        format!("a seat has become free at {name}, {}, and it is yours.", times(session, &reader)),
        format!(
            "As you agreed when you joined the waitlist, it was bought by itself: {amount} were charged to your card \
             ({card_brand}, ending in {card_last4}). A receipt comes with its own letter."
        ),
        format!("If you cannot come, give the seat back on the workshop's page: {back}."),
    ];
    let key = ("waitlist-bought", format!("waitlist-bought:{}", entry.id));
    write(tx, reader, key, format!("You have a seat: {name}"), said).await
}

/// To whoever has a seat: another time.
pub(super) async fn moved(tx: &mut Tx, audience: &Audience, session: &Session, seat: &Seat) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let name = &audience.name;
    let mut said = vec![format!("{name} has a new time: {}.", times(session, &reader))];
    said.extend(session.change_note.clone());
    said.push(
        "Your seat moves with it. If the new time does not suit you, give the seat back or choose another date \
         before it begins: what you paid goes back to you."
            .to_owned(),
    );
    let key = ("session-changed", format!("moved:{}:{}:{}", seat.id, session.id, session.sequence));
    let calendar = audience.calendar(session, seat.id, &reader.email, true);
    let draft = draft(reader, key, format!("A new time: {name}"), said);
    notifications::actions::write_with(tx, draft, Some(calendar)).await
}

/// To whoever has a seat, or was offered one: it does not take place.
pub(super) async fn cancelled(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    seat: &Seat,
) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let name = &audience.name;
    let mut said = vec![format!("{name} ({}) was cancelled.", times(session, &reader))];
    said.extend(session.change_note.clone());
    if seat.line.is_some() {
        said.push("What was paid for your seat goes back to whoever paid it, without your doing.".to_owned());
    }
    let key = ("session-changed", format!("cancelled:{}:{}", seat.id, session.id));
    let calendar = audience.calendar(session, seat.id, &reader.email, false);
    let draft = draft(reader, key, format!("Cancelled: {name}"), said);
    notifications::actions::write_with(tx, draft, Some(calendar)).await
}

/// The day before.
pub(super) async fn reminder(tx: &mut Tx, audience: &Audience, session: &Session, seat: &Seat) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let name = &audience.name;
    let said = vec![
        format!("{name} begins {}.", times(session, &reader)),
        format!(
            "The door opens {} minutes before, for you alone: go there from your seat.",
            session.opens_minutes_before
        ),
    ];
    let key = ("session-reminder", format!("reminder:{}:{}:{}", seat.id, session.id, session.sequence));
    write(tx, reader, key, format!("Soon: {name}"), said).await
}

/// To who may watch it: the recording is there. Once for each seat, whatever file it is and however the policy changes.
pub(super) async fn recording(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    seat: &Seat,
    (page, until): (&str, Option<Instant>),
) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let name = &audience.name;
    let zone = reader.zone.clone().unwrap_or_else(|| session.time_zone.clone());
    let mut said = vec![format!("the recording of {name} is there. You find it on the workshop's page:")];
    said.push(page.to_owned());
    said.extend(until.map(|until| format!("You can watch it until {}.", local_of(until, &zone))));
    if reader.user.is_none() {
        said.push("Sign in or sign up with this address to watch it.".to_owned());
    }
    let key = ("session-recording", format!("recording:{}", seat.id));
    write(tx, reader, key, format!("The recording: {name}"), said).await
}

/// To who was there, when it is over: once for each session and seat.
pub(super) async fn thanks(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    seat: &Seat,
    recording: AfterIt,
) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let name = &audience.name;
    let zone = reader.zone.clone().unwrap_or_else(|| session.time_zone.clone());
    let mut said = vec![format!("thank you for having been part of {name}.")];
    match recording {
        AfterIt::Nothing => {}
        AfterIt::Promised => {
            said.push(
                "If it was recorded, you may watch it: we write as soon as the recording is there."
                    .to_owned(),
            );
        }
        AfterIt::There(until) => {
            said.push("The recording is there. You find it on the workshop's page:".to_owned());
            said.push(audience.page.clone());
            said.extend(until.map(|until| format!("You can watch it until {}.", local_of(until, &zone))));
        }
    }
    let key = ("session-thanks", format!("thanks:{}:{}", seat.id, session.id));
    write(tx, reader, key, format!("Thank you: {name}"), said).await
}

/// To whom a seat is given.
pub(super) async fn given(
    tx: &mut Tx,
    session: &Session,
    seat: &Seat,
    giver: &str,
    recipient: &str,
) -> Result<()> {
    let reader = Reader { user: None, email: recipient.to_owned(), zone: None };
    let name = name_of(tx, session).await?;
    let said = vec![
        format!("{giver} gives you a seat at {name}, {}.", times(session, &reader)),
        "Sign in or sign up with this address, and it is in your library.".to_owned(),
        "If you do not want it, ignore this letter.".to_owned(),
    ];
    let key = ("seat-given", format!("given:{}:{}", seat.id, tx.id()));
    write(tx, reader, key, format!("{giver} has a seat for you"), said).await
}
