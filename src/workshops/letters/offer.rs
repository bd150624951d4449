//! The letter to who waits: a seat is kept for them, or several, and until when.

use crate::db::Tx;
use crate::kernel::{Instant, Result};

use super::super::model::{Entry, Session, WhyNot, local_of};
use super::{Audience, not_bought_because, person, times, write};

/// To who waits: a seat is kept for them, or several, for a while, and where they take it. The same number is told of once.
pub(in crate::workshops) async fn offered(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    entry: &Entry,
    (kept, until, why_not_bought): (usize, Instant, Option<WhyNot>),
) -> Result<()> {
    let Some(reader) = person(tx, entry.user).await? else { return Ok(()) };
    let name = &audience.name;
    let zone = reader.zone.clone().unwrap_or_else(|| session.time_zone.clone());
    let words = OfferWords::of(kept, entry.seats);
    let mut said = vec![format!("{} at {name}, {}.", words.free, times(session, &reader))];
    said.extend(why_not_bought.map(not_bought_because));
    said.extend([
        format!("{} until {}. {}", words.kept, local_of(until, &zone), words.take),
        audience.page.clone(),
        words.after,
    ]);
    let key = match entry.seats {
        1 => format!("waitlist-offer:{}", entry.id),
        _ => format!("waitlist-offer:{}:{kept}", entry.id),
    };
    write(tx, reader, ("waitlist-offer", key), format!("{}: {name}", words.subject), said).await
}

/// How an offer of so many seats, of so many that are wanted, is told.
struct OfferWords {
    subject: String,
    free: String,
    kept: &'static str,
    take: &'static str,
    after: String,
}

impl OfferWords {
    fn of(kept: usize, wanted: usize) -> Self {
        if wanted == 1 {
            return Self {
                subject: "A seat for you".to_owned(),
                free: "a seat has become free".to_owned(),
                kept: "It is kept for you",
                take: "Take it on the workshop's page:",
                after: "If you let that time pass, it goes to whoever is next.".to_owned(),
            };
        }
        let passes = "Take in one purchase what you want of it: the rest goes to whoever is next, as does all of it if you \
                      let that time pass.";
        let more = match wanted - kept.min(wanted) {
            0 => String::new(),
            _ => " What else becomes free until then is kept for you too.".to_owned(),
        };
        let (subject, free) = match kept {
            1 => ("A seat for you".to_owned(), format!("1 of the {wanted} seats that you wait for is free")),
            n => (
                format!("{n} seats for you"),
                format!("{n} of the {wanted} seats that you wait for are free"),
            ),
        };
        Self {
            subject,
            free,
            kept: if kept == 1 { "It is kept for you" } else { "They are kept for you" },
            take: "Take them on the workshop's page, with the addresses of whom you bring:",
            after: format!("{passes}{more}"),
        }
    }
}
