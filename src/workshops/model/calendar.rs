//! Sessions as calendars read them (RFC 5545): times in UTC, a stable UID, a SEQUENCE that rises, STATUS for what was
//! called off. No way in is in it.

use chrono::Duration;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use crate::kernel::{Instant, SeatId};

use super::Session;

/// A calendar of sessions: each with what it is called and where its page is. `method` is PUBLISH for a calendar one
/// subscribes to.
pub fn calendar(name: &str, host: &str, sessions: &[(Session, String, String)], now: Instant) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    calendar.append_property(("METHOD", "PUBLISH"));
    calendar.ttl(&Duration::hours(1));
    for (session, title, page) in sessions {
        let status =
            if session.cancelled_at.is_some() { EventStatus::Cancelled } else { EventStatus::Confirmed };
        let event = Event::new()
            .uid(&format!("{}@{host}", session.id))
            .sequence(u32::try_from(session.sequence).unwrap_or_default())
            .timestamp(now)
            .summary(title)
            .description(&session.change_note.clone().unwrap_or_default())
            .url(page)
            .starts(session.starts_at)
            .ends(session.ends_at)
            .status(status)
            .done();
        calendar.push(event);
    }
    calendar.done().to_string()
}

/// A seat for its holder's calendar: one UID for as long as the seat lives, wherever it moves; who reads a later SEQUENCE
/// believes it (RFC 5546, section 3.2).
pub struct Invited<'a> {
    /// Which seat.
    pub seat: SeatId,
    /// Where it is.
    pub session: &'a Session,
    /// What it is called.
    pub title: &'a str,
    /// Its page.
    pub page: &'a str,
    /// Who invites: our own address.
    pub organizer: &'a str,
    /// Who comes.
    pub attendee: &'a str,
}

impl Invited<'_> {
    /// `REQUEST` while it is theirs, `CANCEL` after.
    pub fn text(&self, is_theirs: bool, host: &str, now: Instant) -> String {
        let (method, status) = match is_theirs {
            true => ("REQUEST", EventStatus::Confirmed),
            false => ("CANCEL", EventStatus::Cancelled),
        };
        let mut attendee = Property::new("ATTENDEE", format!("mailto:{}", self.attendee));
        attendee.add_parameter("PARTSTAT", "ACCEPTED").add_parameter("RSVP", "FALSE");
        let event = Event::new()
            .uid(&format!("{}@{host}", self.seat))
            .sequence(u32::try_from(now.timestamp()).unwrap_or_default())
            .timestamp(now)
            .summary(self.title)
            .url(self.page)
            .starts(self.session.starts_at)
            .ends(self.session.ends_at)
            .status(status)
            .add_property("ORGANIZER", format!("mailto:{}", self.organizer))
            .append_property(attendee.done())
            .done();
        Calendar::new().append_property(("METHOD", method)).push(event).done().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::tests::evening;
    use super::*;

    #[test]
    fn a_seat_keeps_its_uid_and_says_whose_it_is() {
        let session = evening();
        let seat = "sea_0000000000000000000007".parse().expect("a seat");
        let page = "https://atelier.example/@mira/ink";
        let (organizer, attendee) = ("hello@atelier.example", "ben@example.com");
        let invited = Invited { seat, session: &session, title: "Ink", page, organizer, attendee };
        let now = session.starts_at - Duration::days(9);
        let read = |text: String| text.replace("\r\n ", "");
        let text = read(invited.text(true, "atelier.example", now));
        for line in [
            "METHOD:REQUEST",
            "UID:sea_0000000000000000000007@atelier.example",
            "SEQUENCE:1795716000",
            "STATUS:CONFIRMED",
            "ORGANIZER:mailto:hello@atelier.example",
            "DTSTART:20261205T180000Z",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is not in {text}");
        }
        assert!(text.contains("ATTENDEE;") && text.contains(":mailto:ben@example.com\r\n"), "{text}");
        let text = read(invited.text(false, "atelier.example", now));
        assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"), "{text}");
    }

    #[test]
    fn a_change_keeps_the_uid_and_raises_the_sequence() {
        let page = "https://atelier.example/@mira/ink".to_owned();
        let before = (evening(), "Ink, by the sea; with Mira".to_owned(), page.clone());
        let now = evening().starts_at - Duration::days(9);
        let text = calendar("Mira", "atelier.example", &[before], now);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
        for line in [
            "UID:wss_0000000000000000000001@atelier.example",
            "DTSTART:20261205T180000Z",
            "DTEND:20261205T193000Z",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            "SUMMARY:Ink\\, by the sea\\; with Mira",
            "METHOD:PUBLISH",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is not in {text}");
        }
        let off = Session { cancelled_at: Some(now), sequence: 2, ..evening() };
        let text = calendar("Mira", "atelier.example", &[(off, "Ink".to_owned(), page)], now);
        for line in ["UID:wss_0000000000000000000001@atelier.example", "SEQUENCE:2", "STATUS:CANCELLED"] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is not in {text}");
        }
    }
}
