//! Who had a seat, how they came by it and whether they were there, as a file for the creator.

use atelier::creators::TeamRole;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::support::{
    DOOR, EXPORT, Evening, JOIN, Market, Person, SCHEDULE, TRANSFER, euros, seat_at, story, text,
};

const MARK: &str = "mutation($id: ID!, $seats: [ID!]!, $attended: Boolean!) {
    workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: $attended) { session { id } userErrors { code path message } } }";
const COLUMNS: &str = "session,workshop,title,starts_at,local_start,time_zone,seat,attendee,status,obtained,\
                       checked_in_at,joined_at,left_at,minutes_present";

fn wish(creator: &str) -> Value {
    json!({ "id": creator, "kind": "ATTENDANCE", "range": { "from": "2026-01-01", "to": "2026-01-31" } })
}

/// The line about somebody, without its session, workshop and seat.
fn about(lines: &[String], name: &str) -> String {
    let found: Vec<_> = lines.iter().filter(|line| line.contains(&format!(",{name},"))).collect();
    assert_eq!(found.len(), 1, "{name}: {lines:#?}");
    found[0].split_once(&format!(",{name},")).unwrap().1.to_owned()
}

/// What somebody's line says when a moment of the last minute is put out of it.
fn lately(market: &Market, line: &str) -> String {
    let now = market.app().now();
    let said = line.split(',').map(|cell| match cell.parse::<DateTime<Utc>>() {
        Ok(at) if at <= now && at > now - Duration::minutes(1) => "now",
        Ok(at) if at <= now - Duration::minutes(10) && at > now - Duration::minutes(11) => "ten minutes ago",
        _ => cell,
    });
    said.collect::<Vec<_>>().join(",")
}

/// Mira's evening in Berlin, called as a formula would be, paid or free.
async fn berlin(market: &Market) -> (Person, String, Evening, Evening) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let evening = studio.invites("=Ink, \"neat\"", euros(2000), 10).await;
    let start = (market.app().now() + Duration::days(10)).format("%Y-%m-%dT12:00").to_string();
    let input = json!({ "title": "@home", "localStart": start, "timeZone": "Europe/Berlin", "durationMinutes": 90, "capacity": 10 });
    let made = mira.does(SCHEDULE, json!({ "id": evening.workshop, "input": input })).await;
    let paid = Evening { session: text(&made["session"]["id"]), ..evening };
    let gratis = studio.prices(&paid.workshop, json!({ "free": true })).await;
    let free = Evening { price: gratis, ..paid.clone() };
    (mira, studio.id, paid, free)
}

story! {
    async fn the_creator_reads_who_was_there_and_how_they_came(market) {
        let (mira, id, paid, free) = berlin(&market).await;
        let mut people = Vec::new();
        for name in ["Ben", "Ann", "Zoe", "Cleo", "Dan", "Eve"] {
            people.push(market.person(name).await);
        }
        let [ben, ann, zoe, cleo, dan, eve] = people.try_into().unwrap_or_else(|_| unreachable!());
        ben.buys_seat(&paid).await;
        ann.takes_seat(&free).await;
        zoe.buys_seat(&paid).await;
        let seat = zoe.seat(&paid.session).await;
        zoe.does(TRANSFER, json!({ "id": seat, "email": cleo.email, "key": zoe.new_key() })).await;
        dan.buys_seat(&paid).await;
        dan.gives_up_seat(&paid.session).await;
        market.settles().await;
        assert_eq!(cleo.seat_status(&paid.session).await.as_deref(), Some("CONFIRMED"));
        eve.takes(&eve.is_quoted(seat_at(&paid.price, &paid.session)).await).await;
        market.db_runs("UPDATE users SET display_name = '=1+1' WHERE display_name = 'Dan'").await;

        let door = json!({ "provider": "EXTERNAL_LINK", "joinUrl": "https://meet.example.org/ink" });
        mira.does(DOOR, json!({ "id": paid.session, "input": door })).await;
        let starts: DateTime<Utc> = text(&ben.session(&paid.session).await["startsAt"]).parse().unwrap();
        market.passes(starts - market.app().now() + Duration::minutes(5)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        ben.does(JOIN, json!({ "id": paid.session })).await;
        market.passes(Duration::minutes(10)).await;
        ben.does(JOIN, json!({ "id": paid.session })).await;
        let seat_of = async |person: &Person| person.comes_back().await.seat(&paid.session).await;
        let (anns, cleos) = (seat_of(&ann).await, seat_of(&cleo).await);
        mira.does(MARK, json!({ "id": paid.session, "seats": [anns, cleos], "attended": true })).await;
        mira.does(MARK, json!({ "id": paid.session, "seats": [cleos], "attended": false })).await;

        let file = mira.downloads(&market, &id, "ATTENDANCE").await;
        assert_eq!(file[0], COLUMNS);
        assert_eq!(file.len(), 5, "nobody's yet, or of another day, is not there: {file:#?}");
        let said = |name: &str| lately(&market, &about(&file, name));
        assert_eq!(said("Ben"), "ATTENDED,PAID,,ten minutes ago,,", "the first time they went in");
        assert_eq!(said("Ann"), "ATTENDED,FREE,now,,,");
        assert_eq!(about(&file, "Cleo"), "NO_SHOW,TRANSFER,,,,", "the mark was taken back");
        assert_eq!(about(&file, "'=1+1"), "REFUNDED,PAID,,,,");
        let (utc, wall) = (starts.format("%Y-%m-%dT%H:%M:%SZ"), starts.format("%Y-%m-%dT12:00"));
        let when = format!("{},\"'=Ink, \"\"neat\"\"\",'@home,{utc},{wall},Europe/Berlin,sea_", paid.session);
        assert!(file[1..].iter().all(|line| line.starts_with(&when)), "{when}: {file:#?}");
        assert!(!file.join("").contains("example.com"), "names and no addresses");
    }

    async fn attendance_is_for_who_sees_buyers(market) {
        let (mira, id, paid, _) = berlin(&market).await;
        market.person("Ben").await.buys_seat(&paid).await;
        assert_eq!(market.person("Una").await.is_refused(EXPORT, wish(&id)).await[0].code, "NOT_FOUND");
        for (name, role) in [("Ann", TeamRole::Analyst), ("Hal", TeamRole::Host), ("Edi", TeamRole::Editor)] {
            let member = market.person(name).await;
            member.db_joins(&id, role).await;
            assert_eq!(member.asks(EXPORT, wish(&id)).await.error_code(), "FORBIDDEN", "{name}");
        }
        let fay = market.person("Fay").await;
        fay.db_joins(&id, TeamRole::Finance).await;
        let early = fay.downloads(&market, &id, "ATTENDANCE").await;
        assert_eq!(early, [COLUMNS], "the session is not of these days");
        let other = market.person("Olga").await.opens_studio("olga").await;
        assert_eq!(mira.is_refused(EXPORT, wish(&other.id)).await[0].code, "NOT_FOUND");
    }
}
