//! Sessions as calendars read them (RFC 5545): times in UTC, a stable UID, a SEQUENCE that rises, STATUS for what was
//! called off. No way in is in it.

use chrono::Duration;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};

use crate::kernel::Instant;

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

#[cfg(test)]
mod tests {
    use super::super::session::tests::evening;
    use super::*;

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
