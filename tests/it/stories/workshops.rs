//! Dates of workshops: setting, moving and calling them off; the door.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{CALL_OFF, RESCHEDULE, SCHEDULE, euros, seat_at, story, text};

const PAGE: &str = "query($id: ID!, $when: SessionWindow) { workshop(by: { id: $id }) {
    sessions(when: $when) { nodes { id status } } } }";
const CALENDAR: &str = "query($range: DateRangeInput!, $filter: OfferingFilter) {
    workshopCalendar(range: $range, filter: $filter) { nodes { id } pageInfo { hasNextPage } } }";
const DOOR: &str =
    "mutation($id: ID!, $input: JoinInfoInput!) { workshopJoinInfoSet(sessionId: $id, input: $input) {
    session { id } userErrors { code path message } } }";
const JOIN: &str = "mutation($id: ID!) { workshopJoin(sessionId: $id) {
    join { provider joinUrl passcode expiresAt } userErrors { code path message } } }";
const LIVE: &str =
    "mutation($id: ID!, $live: Boolean!) { workshopSessionStatusSet(sessionId: $id, live: $live) {
    session { status } userErrors { code path message } } }";
const MARK: &str = "mutation($id: ID!, $seats: [ID!]!, $attended: Boolean!) {
    workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: $attended) { session { id } userErrors { code path message } } }";
const ROSTER: &str = "query($studio: ID!, $id: ID!) { studio(creatorId: $studio) {
    roster(sessionId: $id) { nodes { id status holder { displayName } } } } }";

fn free() -> Value {
    json!({ "free": true })
}

story! {
    async fn a_date_is_wall_time_in_a_zone(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", free(), 10).await;
        let mut input = studio.date(20, None);
        input["timeZone"] = json!("Europe/Berlin");
        for (field, value, code, path) in [
            ("localStart", json!("2027-03-28T02:30"), "INVALID", "input.localStart"),
            ("localStart", json!("soon"), "INVALID", "input.localStart"),
            ("localStart", json!("2020-01-01T18:00"), "OUT_OF_RANGE", "input.localStart"),
            ("timeZone", json!("Mars/Olympus"), "INVALID", "input.timeZone"),
            ("durationMinutes", json!(4), "OUT_OF_RANGE", "input.durationMinutes"),
            ("capacity", json!(0), "OUT_OF_RANGE", "input.capacity"),
        ] {
            let was = input[field].clone();
            input[field] = value;
            let refused = mira.is_refused(SCHEDULE, json!({ "id": evening.workshop, "input": input })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{refused:?}");
            input[field] = was;
        }
        let ben = market.person("Ben").await;
        let refused = ben.is_refused(SCHEDULE, json!({ "id": evening.workshop, "input": input })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "workshopId"));

        let stranger = market.stranger("Somebody");
        let seen = stranger.session(&evening.session).await;
        assert_eq!(seen["seats"], json!({ "state": "OPEN", "capacity": null, "seatsLeft": 10, "waitlistLength": null }));
        assert_eq!((&seen["timeZone"], &seen["title"]), (&json!("UTC"), &Value::Null));
        assert!(text(&seen["startsAt"]).starts_with(&text(&seen["localStart"])), "{seen:#}");
        let own = mira.session(&evening.session).await;
        assert_eq!(own["seats"], json!({ "state": "OPEN", "capacity": 10, "seatsLeft": 10, "waitlistLength": 0 }));

        let today = market.app().now();
        let range = |from: i64, to: i64| {
            let day = |days| (today + Duration::days(days)).format("%Y-%m-%d").to_string();
            json!({ "from": day(from), "to": day(to) })
        };
        let asked = json!({ "range": range(0, 30), "filter": { "creatorId": studio.id } });
        let listed = stranger.sees(CALENDAR, asked).await;
        assert_eq!(listed["workshopCalendar"]["nodes"], json!([{ "id": evening.session }]));
        let listed = stranger.sees(CALENDAR, json!({ "range": range(11, 30) })).await;
        assert_eq!(listed["workshopCalendar"]["nodes"], json!([]));
        let answer = stranger.asks(CALENDAR, json!({ "range": range(0, 100) })).await;
        assert_eq!(answer.error_code(), "BAD_REQUEST");

        market.passes(Duration::days(11)).await;
        let listed = stranger.sees(PAGE, json!({ "id": evening.workshop, "when": "PAST" })).await;
        assert_eq!(listed["workshop"]["sessions"]["nodes"], json!([{ "id": evening.session, "status": "ENDED" }]));
    }

    async fn a_date_that_moves_takes_its_seats_along(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.buys_seat(&evening).await;
        ann.buys_seat(&evening).await;
        market.passes(Duration::days(9) + Duration::hours(12)).await;
        let mira = mira.comes_back().await;
        let (ben, ann) = (ben.comes_back().await, ann.comes_back().await);
        let reminded = |name: &str, email: &str| {
            let letters = market.mail().messages(Some(email));
            letters.iter().filter(|letter| letter.subject == format!("Soon: {name}")).count()
        };
        assert_eq!(reminded("Ink", &ben.email), 1, "the day before");

        let start = (market.app().now() + Duration::days(7)).format("%Y-%m-%dT%H:%M").to_string();
        let to = json!({ "id": evening.session, "start": start, "zone": "UTC", "note": "I have a cold." });
        mira.does(RESCHEDULE, to.clone()).await;
        mira.does(RESCHEDULE, to).await;
        market.settles().await;
        let letter = market.mail().messages(Some(&ben.email))[0].clone();
        assert_eq!(letter.subject, "A new time: Ink");
        assert!(letter.text.contains("I have a cold."), "{}", letter.text);
        let moved = market.mail().messages(Some(&ben.email));
        assert_eq!(moved.iter().filter(|letter| letter.subject == "A new time: Ink").count(), 1);
        let calendar = market.http().get(text(&ben.session(&evening.session).await["calendarUrl"])).send().await.unwrap();
        assert_eq!(calendar.headers()["content-type"], "text/calendar; charset=utf-8");
        let calendar = calendar.text().await.unwrap();
        assert!(calendar.contains("SEQUENCE:1\r\n") && calendar.contains("I have a cold."), "{calendar}");

        // The old time was half a day ahead; the new one gives everybody until then.
        let given = ann.gives_up_seat(&evening.session).await;
        assert_eq!((&given["seat"]["status"], &given["refund"]["amount"]["minorUnits"]), (&json!("REFUNDED"), &json!(2000)));
        market.passes(Duration::days(6) + Duration::hours(12)).await;
        assert_eq!(reminded("Ink", &ben.email), 2, "again, for the new time");
        assert_eq!(reminded("Ink", &ann.email), 1);
    }

    async fn a_date_that_is_called_off_gives_everything_back_once(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 3).await;
        let gratis = studio.prices(&evening.workshop, free()).await;
        let (ben, ann, cleo, dora) = (market.person("Ben").await, market.person("Ann").await, market.person("Cleo").await, market.person("Dora").await);
        let order = ben.buys_seat(&evening).await;
        let free = crate::support::Evening { price: gratis, ..evening.clone() };
        ann.takes_seat(&free).await;
        let held = cleo.takes(&cleo.is_quoted(seat_at(&evening.price, &evening.session)).await).await;
        dora.waits(&evening.session).await;

        let key = mira.new_key();
        let off = json!({ "id": evening.session, "reason": "The river has flooded the studio.", "key": key });
        assert_eq!(mira.does(CALL_OFF, off.clone()).await["session"]["status"], "CANCELLED");
        assert_eq!(mira.does(CALL_OFF, off.clone()).await["session"]["status"], "CANCELLED", "the same wish again");
        let again = json!({ "id": evening.session, "reason": "Really.", "key": mira.new_key() });
        assert_eq!(mira.is_refused(CALL_OFF, again).await[0].code, "SESSION_CANCELLED");
        market.settles().await;
        // Cleo was on the payment page all the while.
        cleo.pays(&held).await;
        market.settles().await;

        for (person, status) in [(&ben, None), (&ann, None), (&cleo, None)] {
            assert_eq!(person.seat_status(&evening.session).await, status, "{}", person.name);
        }
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
        assert_eq!(cleo.order(&text(&held["order"]["id"])).await["status"], "REFUNDED");
        let written = market.mail().messages(Some(&ben.email));
        let told: Vec<_> = written.iter().filter(|letter| letter.subject == "Cancelled: Ink").collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("The river has flooded the studio."), "{}", told[0].text);
        assert_eq!(dora.session(&evening.session).await["viewerWaitlistEntry"], Value::Null);
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM refunds").await, 2);
        assert_eq!(market.db_count("cases").await, 0);
        let late = market.person("Eve").await.is_refused_price(seat_at(&evening.price, &evening.session)).await;
        assert_eq!((late[0].code.as_str(), late[0].path.as_str()), ("SESSION_CANCELLED", "input.items.0.sessionId"));
    }

    async fn the_door_opens_to_who_has_a_seat_and_near_the_start(market) {
        let secret = "https://meet.example.org/ink-c7b1f0a2";
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", free(), 10).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        ben.takes_seat(&evening).await;
        let door = |url: &str| json!({ "id": evening.session, "input": { "provider": "EXTERNAL_LINK", "joinUrl": url, "passcode": "lapis" } });
        assert_eq!(mira.is_refused(DOOR, door("javascript:alert(1)")).await[0].path, "input.joinUrl");
        assert_eq!(ben.is_refused(DOOR, door(secret)).await[0].code, "NOT_FOUND");
        mira.does(DOOR, door(secret)).await;
        let here = json!({ "id": evening.session });
        assert_eq!(ben.is_refused(JOIN, here.clone()).await[0].code, "JOIN_NOT_OPEN");
        assert_eq!(eve.is_refused(JOIN, here.clone()).await[0].code, "NOT_FOUND");
        assert_eq!(mira.does(JOIN, here.clone()).await["join"]["joinUrl"], secret, "hosts at any time");

        let starts = market.app().now() + Duration::days(10);
        let seen = text(&ben.session(&evening.session).await["joinOpensAt"]);
        let opens = seen.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert!(opens < starts);
        market.passes(opens - market.app().now() + Duration::seconds(1)).await;
        let (mira, ben, eve) = (mira.comes_back().await, ben.comes_back().await, eve.comes_back().await);
        let joined = ben.does(JOIN, here.clone()).await["join"].clone();
        assert_eq!((&joined["joinUrl"], &joined["passcode"]), (&json!(secret), &json!("lapis")));
        assert_eq!(eve.is_refused(JOIN, here.clone()).await[0].code, "NOT_FOUND");
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("ATTENDED"));
        let seat = ben.seat(&evening.session).await;
        let roster = mira.sees(ROSTER, json!({ "studio": studio.id, "id": evening.session })).await;
        assert_eq!(roster["studio"]["roster"]["nodes"], json!([{ "id": seat, "status": "ATTENDED", "holder": { "displayName": "Ben" } }]));
        mira.does(MARK, json!({ "id": evening.session, "seats": [seat], "attended": false })).await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("NO_SHOW"));

        let live = mira.does(LIVE, json!({ "id": evening.session, "live": true })).await;
        assert_eq!(live["session"]["status"], "LIVE");
        let over = mira.does(LIVE, json!({ "id": evening.session, "live": false })).await;
        assert_eq!(over["session"]["status"], "ENDED");
        assert_eq!(ben.is_refused(JOIN, here).await[0].code, "INVALID_STATE");

        // The way in stands nowhere but in the answers above.
        market.settles().await;
        assert_eq!(market.db_mentions("ink-c7b1f0a2").await, Vec::<String>::new());
    }
}
