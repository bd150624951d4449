//! Live workshops: a creator sets dates, people take seats.

use std::collections::BTreeMap;

use chrono::Duration;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{CREATE, Market, Person, Studio, euros, text};

/// Setting a date.
pub const SCHEDULE: &str =
    "mutation($id: ID!, $input: SessionInput!) { workshopSessionCreate(workshopId: $id, input: $input) {
    session { id startsAt endsAt localStart timeZone status seats { state capacity seatsLeft } hosts { displayName } }
    userErrors { code path message } } }";
/// Moving a date.
pub const RESCHEDULE: &str = "mutation($id: ID!, $start: LocalDateTime!, $zone: TimeZone!, $note: String) {
    workshopSessionReschedule(id: $id, localStart: $start, timeZone: $zone, note: $note) {
    session { id startsAt localStart timeZone } userErrors { code path message } } }";
/// Calling a date off.
pub const CALL_OFF: &str = "mutation($id: ID!, $reason: String!, $key: UUID!) {
    workshopSessionCancel(id: $id, reason: $reason, idempotencyKey: $key) {
    session { id status } userErrors { code path message } } }";
/// Taking a free seat.
pub const TAKE: &str = "mutation($price: ID!, $session: ID!, $key: UUID!) {
    enrollmentClaimFree(priceId: $price, sessionId: $session, idempotencyKey: $key) {
    enrollment { id } seat { id status checkInCode } userErrors { __typename code path message
        ... on SeatsUnavailableError { waitlistOpen session { id seats { state } } } } } }";
/// Giving a seat back.
pub const RELEASE: &str = "mutation($id: ID!, $key: UUID!) { seatRelease(seatId: $id, idempotencyKey: $key) {
    seat { id status } refund { id status amount { minorUnits } } userErrors { code path message } } }";
/// Giving a seat to somebody else.
pub const TRANSFER: &str = "mutation($id: ID!, $email: String!, $key: UUID!) {
    seatTransfer(seatId: $id, recipientEmail: $email, idempotencyKey: $key) {
    seat { id status holder { id } checkInCode order { id } } userErrors { code path message } } }";
/// Moving a seat.
pub const MOVE: &str = "mutation($id: ID!, $to: ID!, $key: UUID!) {
    seatMove(seatId: $id, sessionId: $to, idempotencyKey: $key) {
    seat { id status session { id } } userErrors { __typename code path message } } }";
/// Waiting.
pub const WAIT: &str =
    "mutation($id: ID!, $seats: Int) { sessionWaitlistJoin(sessionId: $id, seats: $seats) {
    entry { id position seats seatsOffered offeredUntil } userErrors { code path message } } }";
/// A session as anybody sees it, with what is the caller's own.
pub const SESSION: &str =
    "query($id: ID!) { workshopSession(id: $id) { id startsAt localStart timeZone status title
    calendarUrl joinOpensAt workshop { id title } seats { state capacity seatsLeft waitlistLength }
    replay { id filename state durationSeconds } viewerSeat { id status heldUntil checkInCode order { id } }
    viewerWaitlistEntry { id position seats seatsOffered offeredUntil } } }";

/// A workshop on sale with one date.
#[derive(Clone, Debug)]
pub struct Evening {
    /// `wsh_…`.
    pub workshop: String,
    /// `prc_…`.
    pub price: String,
    /// `wss_…`, ten days ahead.
    pub session: String,
}

/// An evening with so many places, and who has them: one each.
pub async fn full_evening(market: &Market, places: usize) -> (Studio, Evening, Vec<Person>) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), i32::try_from(places).unwrap()).await;
    let mut holders = Vec::new();
    for number in 0..places {
        let holder = market.person(&format!("Holder{number}")).await;
        holder.buys_seat(&evening).await;
        holders.push(holder);
    }
    (studio, evening, holders)
}

impl Studio {
    /// A published workshop at this price, with one date ten days ahead for so many people.
    pub async fn invites(&self, title: &str, price: Value, places: i32) -> Evening {
        let workshop = self.drafts_workshop(title).await;
        let price = self.prices(&workshop, price).await;
        let session = self.sets_date(&workshop, 10, Some(places)).await;
        self.publishes(&workshop).await;
        Evening { workshop, price, session }
    }

    /// Sets a date so many days ahead to the minute, for an hour and a half; gives its id.
    pub async fn sets_date(&self, workshop: &str, days: i64, places: Option<i32>) -> String {
        let input = self.date(days, places);
        let made = self.owner.does(SCHEDULE, json!({ "id": workshop, "input": input })).await;
        text(&made["session"]["id"])
    }

    /// What `workshopSessionCreate` takes for such a date.
    pub fn date(&self, days: i64, places: Option<i32>) -> Value {
        let start =
            (self.owner.market.app().now() + Duration::days(days)).format("%Y-%m-%dT%H:%M").to_string();
        json!({ "localStart": start, "timeZone": "UTC", "durationMinutes": 90, "capacity": places })
    }
}

/// A quote's input for a seat.
pub fn seat_at(price: &str, session: &str) -> Value {
    json!({ "items": [{ "priceId": price, "sessionId": session }], "channel": "WEB" })
}

impl Person {
    /// Buys a seat with a card that pays; gives the order.
    pub async fn buys_seat(&self, evening: &Evening) -> String {
        let checkout = self.purchases(seat_at(&evening.price, &evening.session)).await;
        text(&checkout["order"]["id"])
    }

    /// Takes a seat that costs nothing; gives the payload.
    pub async fn takes_seat(&self, evening: &Evening) -> Value {
        let wish = json!({ "price": evening.price, "session": evening.session, "key": self.new_key() });
        self.does(TAKE, wish).await["seat"].clone()
    }

    /// The session as this person sees it.
    pub async fn session(&self, session: &str) -> Value {
        self.sees(SESSION, json!({ "id": session })).await["workshopSession"].clone()
    }

    /// How this person's seat there stands, if they have one.
    pub async fn seat_status(&self, session: &str) -> Option<String> {
        self.session(session).await["viewerSeat"]["status"].as_str().map(str::to_owned)
    }

    /// This person's seat there.
    pub async fn seat(&self, session: &str) -> String {
        text(&self.session(session).await["viewerSeat"]["id"])
    }

    /// Waits for a place; gives the entry.
    pub async fn waits(&self, session: &str) -> Value {
        self.does(WAIT, json!({ "id": session })).await["entry"].clone()
    }

    /// Gives their seat back; gives the payload.
    pub async fn gives_up_seat(&self, session: &str) -> Value {
        let seat = self.seat(session).await;
        self.does(RELEASE, json!({ "id": seat, "key": self.new_key() })).await
    }
}

impl Person {
    /// Buys with an address alone, with a card that pays; gives the checkout.
    pub async fn buys_as_guest(&self, input: Value) -> Value {
        let quote = self.is_quoted(input).await;
        let mut wish = self.agrees_to(&quote, "HOSTED_PAGE");
        wish["buyerEmail"] = json!(self.email);
        let payload = self.anonymously().does(CREATE, json!({ "input": wish })).await;
        let checkout = payload["checkout"].clone();
        self.pays(&checkout).await;
        checkout
    }
}

impl Market {
    /// The page of a purchase at Stripe.
    pub fn page_of(&self, checkout: &Value) -> String {
        let sessions = self.stripe().objects("checkout.session");
        let page = sessions.iter().find(|page| page["client_reference_id"] == checkout["order"]["id"]);
        text(&page.expect("a page at Stripe")["id"])
    }

    /// Gives every held seat away while its page can still be paid, past the API: what Stripe's word should make impossible.
    pub async fn db_gives_seat_away(&self) {
        for statement in [
            "UPDATE workshop_sessions SET taken = taken - (SELECT COUNT(*) FROM seats
                 WHERE seats.session_id = workshop_sessions.id AND seats.state = 'HELD')",
            "UPDATE orders SET status = 'VOID' WHERE id IN (SELECT l.order_id FROM order_lines l
                 JOIN seats s ON s.order_line_id = l.id WHERE s.state = 'HELD')",
            "UPDATE checkouts SET status = 'EXPIRED' WHERE status = 'OPEN'",
            "UPDATE seats SET state = 'RELEASED', held_until = NULL WHERE state = 'HELD'",
        ] {
            self.db_runs(statement).await;
        }
    }

    /// The tables of the whole database in which this text stands somewhere, in any column.
    pub async fn db_mentions(&self, text: &str) -> Vec<String> {
        let columns = if self.app().db.is_sqlite() {
            "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        } else {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns
             WHERE table_schema = current_schema() ORDER BY 1, 2"
        };
        let app = self.app();
        let rows =
            app.db.read().query_all_raw(atelier::db::sql(app.db.backend(), columns, [])).await.unwrap();
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows {
            let column: String = row.try_get("", "c").unwrap();
            let found = format!("CAST(\"{column}\" AS TEXT) LIKE '%{text}%'");
            tables.entry(row.try_get("", "t").unwrap()).or_default().push(found);
        }
        assert!(tables.len() > 50, "these are not all: {:?}", tables.keys());
        let mut mentioning = Vec::new();
        for (table, found) in tables {
            let query = format!("SELECT COUNT(*) AS n FROM \"{table}\" WHERE {}", found.join(" OR "));
            if self.db_number(&query).await > 0 {
                mentioning.push(table);
            }
        }
        mentioning
    }
}
