//! What we write about sessions and seats. No letter ever says how one gets in.

use std::collections::HashMap;

use uuid::Uuid;

use crate::app::App;
use crate::catalog::{self, model::AnyOffering};
use crate::db::Tx;
use crate::gateways::mailer::sender;
use crate::identity::{self, model::Account};
use crate::kernel::{Instant, Result, UserId};
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{Entry, Invited, Seat, Session, local_of};

/// To whom a letter goes, and in which zone they live.
pub(super) struct Reader {
    /// Known, or by address alone.
    pub(super) user: Option<UserId>,
    pub(super) email: String,
    pub(super) zone: Option<String>,
}

async fn person(tx: &Tx, user: UserId) -> Result<Option<Reader>> {
    let found = identity::store::credentials(tx.conn(), user).await?.map(|known| known.account);
    Ok(found.map(|one| Reader { user: Some(user), email: one.email, zone: Some(one.time_zone) }))
}

/// What letters to everybody with a seat at one session say, looked up once: what it is called, and who they are.
pub(super) struct Audience {
    app: App,
    workshop: Option<AnyOffering>,
    name: String,
    accounts: HashMap<UserId, Account>,
}

impl Audience {
    /// Whoever has these seats.
    pub(super) async fn of(app: &App, session: &Session, seats: &[Seat]) -> Result<Self> {
        let users: Vec<UserId> = seats.iter().filter_map(|seat| seat.user).collect();
        let accounts = identity::store::accounts(app, &users).await?;
        let workshop = catalog::store::offerings(app, &[session.workshop]).await?.remove(&session.workshop);
        let name = named(workshop.as_ref().map(|workshop| workshop.title.as_str()), session);
        Ok(Self { app: app.clone(), workshop, name, accounts })
    }

    /// The seat for its holder's calendar.
    fn calendar(
        &self,
        (session, seat): (&Session, &Seat),
        attendee: &str,
        is_theirs: bool,
    ) -> Option<notifications::model::Invitation> {
        let workshop = self.workshop.as_ref()?;
        Some(Invitation { app: &self.app, workshop, session, seat }.of(attendee, is_theirs))
    }

    /// Whoever has the seat, known or by address alone.
    fn holder(&self, seat: &Seat) -> Option<Reader> {
        match seat.user {
            Some(user) => {
                let one = self.accounts.get(&user)?;
                let zone = Some(one.time_zone.clone());
                Some(Reader { user: Some(user), email: one.email.clone(), zone })
            }
            None => Some(Reader { user: None, email: seat.holder_email.clone()?, zone: None }),
        }
    }
}

async fn name_of(tx: &Tx, session: &Session) -> Result<String> {
    let workshop = catalog::store::offering(tx.conn(), session.workshop).await?;
    Ok(named(workshop.as_ref().map(|workshop| workshop.title.as_str()), session))
}

fn named(workshop: Option<&str>, session: &Session) -> String {
    let name = workshop.unwrap_or_default();
    match &session.title {
        Some(title) => format!("{name}: {title}"),
        None => name.to_owned(),
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

/// What a seat's holder, and their calendar, are told of.
pub(super) struct Invitation<'a> {
    pub(super) app: &'a App,
    pub(super) workshop: &'a AnyOffering,
    pub(super) session: &'a Session,
    pub(super) seat: &'a Seat,
}

impl Invitation<'_> {
    fn name(&self) -> String {
        named(Some(&self.workshop.title), self.session)
    }

    /// For the calendar of whoever has this address.
    fn of(&self, attendee: &str, is_theirs: bool) -> notifications::model::Invitation {
        let Self { app, workshop, session, seat } = *self;
        let (name, page) = (self.name(), app.link(&workshop.path()));
        let organizer = sender(&app.settings.mail_from).map(|own| own.email.to_string()).unwrap_or_default();
        let invited =
            Invited { seat: seat.id, session, title: &name, page: &page, organizer: &organizer, attendee };
        let method = if is_theirs { "REQUEST" } else { "CANCEL" };
        notifications::model::Invitation { method, text: invited.text(is_theirs, &app.host(), app.now()) }
    }

    /// Tells that the seat is theirs, or is no more. The same letter is written once.
    pub(super) async fn write(
        self,
        tx: &mut Tx,
        reader: Reader,
        is_theirs: bool,
        letter: Uuid,
    ) -> Result<()> {
        let (name, times) = (self.name(), times(self.session, &reader));
        let calendar = self.of(&reader.email, is_theirs);
        let key = ("seat-invitation", format!("invitation:{letter}"));
        let (subject, said) = match is_theirs {
            true => {
                let said = vec![
                    format!("your seat at {name} is confirmed: {times}."),
                    "Go in, move it or give it back on the workshop's page:".to_owned(),
                    self.app.link(&self.workshop.path()),
                ];
                (format!("You have a seat: {name}"), said)
            }
            false => {
                let said = vec![format!("your seat at {name}, {times}, is no longer in your name.")];
                (format!("No longer yours: {name}"), said)
            }
        };
        notifications::actions::write_with(tx, draft(reader, key, subject, said), Some(calendar)).await
    }
}

/// To who waits: a seat is kept for them, for a while.
pub(super) async fn offered(tx: &mut Tx, session: &Session, entry: &Entry, until: Instant) -> Result<()> {
    let Some(reader) = person(tx, entry.user).await? else { return Ok(()) };
    let name = name_of(tx, session).await?;
    let zone = reader.zone.clone().unwrap_or_else(|| session.time_zone.clone());
    let said = vec![
        format!("a seat has become free at {name}, {}.", times(session, &reader)),
        format!("It is kept for you until {}. Take it from the workshop's page.", local_of(until, &zone)),
        "If you let that time pass, it goes to whoever is next.".to_owned(),
    ];
    let key = ("waitlist-offer", format!("waitlist-offer:{}", entry.id));
    write(tx, reader, key, format!("A seat for you: {name}"), said).await
}

/// To whoever has a seat: another time.
pub(super) async fn moved(tx: &mut Tx, audience: &Audience, session: &Session, seat: &Seat) -> Result<()> {
    let Some(reader) = audience.holder(seat) else { return Ok(()) };
    let name = &audience.name;
    let mut said = vec![format!("{name} has a new time: {}.", times(session, &reader))];
    said.extend(session.change_note.clone());
    said.push(
        "Your seat moves with it. If the new time does not suit you, give the seat back or choose another date \
         before it begins: what you paid goes back to you."
            .to_owned(),
    );
    let key = ("session-changed", format!("moved:{}:{}", seat.id, session.sequence));
    let calendar = audience.calendar((session, seat), &reader.email, true);
    let draft = draft(reader, key, format!("A new time: {name}"), said);
    notifications::actions::write_with(tx, draft, calendar).await
}

/// To whoever has a seat, or was offered one: it does not take place.
pub(super) async fn cancelled(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    seat: &Seat,
) -> Result<()> {
    let Some(reader) = audience.holder(seat) else { return Ok(()) };
    let name = &audience.name;
    let mut said = vec![format!("{name} ({}) was cancelled.", times(session, &reader))];
    said.extend(session.change_note.clone());
    if seat.line.is_some() {
        said.push("What was paid for your seat goes back to whoever paid it, without your doing.".to_owned());
    }
    let key = ("session-changed", format!("cancelled:{}", seat.id));
    let calendar = audience.calendar((session, seat), &reader.email, false);
    let draft = draft(reader, key, format!("Cancelled: {name}"), said);
    notifications::actions::write_with(tx, draft, calendar).await
}

/// The day before.
pub(super) async fn reminder(tx: &mut Tx, audience: &Audience, session: &Session, seat: &Seat) -> Result<()> {
    let Some(reader) = audience.holder(seat) else { return Ok(()) };
    let name = &audience.name;
    let said = vec![
        format!("{name} begins {}.", times(session, &reader)),
        format!(
            "The door opens {} minutes before, for you alone: go there from your seat.",
            session.opens_minutes_before
        ),
    ];
    let key = ("session-reminder", format!("reminder:{}:{}", seat.id, session.sequence));
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
    let Some(reader) = audience.holder(seat) else { return Ok(()) };
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
