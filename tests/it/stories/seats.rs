//! Seats: held, paid, given up, given away, moved, and paid too late.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    CALL_OFF, CANCEL, CREATE, Evening, MOVE, Market, Person, REFUND, RELEASE, RESCHEDULE, Studio, TAKE,
    TRANSFER, euros, seat_at, story, text,
};

const MINE: &str = "{ viewer { upcomingSeats { nodes { id status session { id } } } } }";
const LINES: &str =
    "query($id: ID!) { order(id: $id) { status lines { seat { id status } enrollment { id } } } }";

async fn studio(market: &Market) -> Studio {
    market.person("Mira").await.opens_studio("mira").await
}

/// Ben is about to pay when his seat is given away; somebody else may take the place before his money comes.
async fn loses_a_held_seat(market: &Market, ben: &Person, evening: &Evening) -> Value {
    let checkout = ben.takes(&ben.is_quoted(seat_at(&evening.price, &evening.session)).await).await;
    market.db_gives_seat_away().await;
    assert_eq!(ben.seat_status(&evening.session).await, None);
    checkout
}

fn subjects(person: &Person) -> Vec<String> {
    let letters = person.market.mail().messages(Some(&person.email));
    letters.into_iter().map(|letter| letter.subject).collect()
}

/// What this person's calendar was told by letter, the first first: whether the seat is theirs, under which name and
/// number, and when it is.
fn calendars(person: &Person) -> Vec<(String, String, u64, String)> {
    let mut letters = person.market.mail().messages(Some(&person.email));
    letters.sort_by_key(|letter| letter.id.clone());
    let read = letters.into_iter().filter_map(|letter| letter.calendar).map(|text| {
        let text = text.replace("\r\n ", "").replace("\n ", "");
        let line = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
            found.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
        };
        assert!(text.contains(&format!("mailto:{}", person.email)), "{text}");
        assert!(!text.contains("zoom"), "no way in: {text}");
        (line("METHOD"), line("UID"), line("SEQUENCE").parse().unwrap(), line("DTSTART"))
    });
    let mut read: Vec<_> = read.collect();
    read.sort_by_key(|told| told.2);
    read
}

story! {
    async fn a_part_that_is_on_its_way_back_does_not_keep_the_rest(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 3).await;
        let ben = market.person("Ben").await;
        let order = ben.buys_seat(&evening).await;
        // Stripe has not said yet what became of it.
        market.plans(json!([{ "event": "*", "kind": "lost", "times": 50 }]));
        studio.owner.does(REFUND, json!({ "id": order, "input": studio.owner.refund_of(Some(500), false) })).await;
        let given_up = ben.gives_up_seat(&evening.session).await;
        assert_eq!(given_up["refund"]["amount"]["minorUnits"], 1500);
        market.plans(json!([]));
        market.passes(Duration::days(1)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&order).await["refundedTotal"]["minorUnits"], 2000);
    }

    async fn calendars_hear_of_every_change_by_letter(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 3).await;
        let (ben, ann, zoe) = (market.person("Ben").await, market.person("Ann").await, market.person("Zoe").await);
        ben.buys_seat(&evening).await;
        let seat = ben.seat(&evening.session).await;
        market.passes(Duration::minutes(1)).await;
        let later = studio.sets_date(&evening.workshop, 12, Some(3)).await;
        ben.does(MOVE, json!({ "id": seat, "to": later, "key": ben.new_key() })).await;
        market.settles().await;
        let told = calendars(&ben);
        let methods: Vec<_> = told.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(methods, ["REQUEST", "REQUEST"], "{told:?}");
        assert!(told[0].1.starts_with(&seat) && told[1].1 == told[0].1, "the same event, elsewhere: {told:?}");
        assert!(told[0].2 < told[1].2 && told[0].3 < told[1].3, "later, and believed: {told:?}");

        market.passes(Duration::minutes(1)).await;
        let gift = json!({ "id": seat, "email": ann.email, "key": ben.new_key() });
        ben.does(TRANSFER, gift).await;
        market.settles().await;
        assert_eq!(calendars(&ben).last().map(|one| one.0.clone()).as_deref(), Some("CANCEL"));
        let given = calendars(&ann);
        assert_eq!((given.len(), given[0].0.as_str(), &given[0].1), (1, "REQUEST", &told[0].1));

        zoe.buys_seat(&evening).await;
        market.passes(Duration::minutes(1)).await;
        let off = json!({ "id": evening.session, "reason": "I am ill.", "key": studio.owner.new_key() });
        studio.owner.does(CALL_OFF, off).await;
        market.settles().await;
        let methods: Vec<_> = calendars(&zoe).into_iter().map(|one| one.0).collect();
        assert_eq!(methods, ["REQUEST", "CANCEL"], "told once that it is off");
        assert_eq!(calendars(&ann).len(), 1, "her date is another");
    }

    async fn calendars_hear_of_new_times_wherever_the_seat_is(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 3).await;
        let later = studio.sets_date(&evening.workshop, 12, Some(3)).await;
        let gratis = studio.prices(&evening.workshop, json!({ "free": true })).await;
        let free = Evening { price: gratis, ..evening.clone() };
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        ben.buys_seat(&evening).await;
        ann.takes_seat(&free).await;
        // Signed out, with an address that is proven: hers at once, and told of as hers.
        eve.buys_as_guest(seat_at(&evening.price, &later)).await;
        market.settles().await;
        assert_eq!(eve.seat_status(&later).await.as_deref(), Some("CONFIRMED"));
        assert!(!calendars(&eve).is_empty() && calendars(&eve).iter().all(|told| told.0 == "REQUEST"), "{:?}", calendars(&eve));

        let moves = async |session: &str, days: i64| {
            market.passes(Duration::minutes(1)).await;
            let start = (market.app().now() + Duration::days(days)).format("%Y-%m-%dT%H:%M").to_string();
            let to = json!({ "id": session, "start": start, "zone": "UTC", "note": null });
            studio.owner.does(RESCHEDULE, to).await;
            market.settles().await;
        };
        moves(&evening.session, 14).await;
        ben.does(MOVE, json!({ "id": ben.seat(&evening.session).await, "to": later, "key": ben.new_key() })).await;
        market.settles().await;
        moves(&later, 16).await;
        let bens = calendars(&ben);
        assert_eq!(bens.len(), 4, "taken, a new time, another date, its new time: {bens:?}");
        assert!(bens.iter().all(|told| told.0 == "REQUEST" && told.1 == bens[0].1), "{bens:?}");
        assert!(bens[3].3 > bens[1].3, "the last one told is true: {bens:?}");
        ann.gives_up_seat(&evening.session).await;
        market.settles().await;
        let anns: Vec<String> = calendars(&ann).into_iter().map(|told| told.0).collect();
        assert_eq!(anns, ["REQUEST", "REQUEST", "CANCEL"]);
    }

    async fn a_seat_is_held_while_it_is_paid_and_then_theirs(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let wrong = [
            (json!({ "priceId": evening.price }), "REQUIRED"),
            (json!({ "priceId": evening.price, "sessionId": "wss_0000000000000000000000" }), "NOT_FOUND"),
        ];
        for (item, code) in wrong {
            let refused = ben.is_refused_price(json!({ "items": [item], "channel": "WEB" })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, "input.items.0.sessionId"));
        }
        let ink = studio.sells("Ink for home", euros(1000)).await;
        let refused = ben.is_refused_price(seat_at(&ink.price, &evening.session)).await;
        assert_eq!(refused[0].code, "NOT_ALLOWED");

        let quote = ben.is_quoted(seat_at(&evening.price, &evening.session)).await;
        let checkout = ben.takes(&quote).await;
        let held = ben.session(&evening.session).await;
        assert_eq!((&held["viewerSeat"]["status"], &held["seats"]["state"]), (&json!("HELD"), &json!("WAITLIST")));
        assert_eq!(held["viewerSeat"]["checkInCode"], Value::Null);
        assert_eq!(held["viewerSeat"]["heldUntil"], checkout["expiresAt"]);

        let late = ann.is_quoted(seat_at(&evening.price, &evening.session)).await;
        assert_eq!(late["warnings"][0]["code"], "SEATS_UNAVAILABLE");
        let refused = ann.is_refused(CREATE, json!({ "input": ann.agrees_to(&late, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("SEATS_UNAVAILABLE", "input.quoteToken"));
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM orders").await, 1, "nothing half-written");
        let again = ben.is_quoted(seat_at(&evening.price, &evening.session)).await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&again, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].code, "LIMIT_REACHED", "one hold at a time");

        ben.pays(&checkout).await;
        let mine = ben.session(&evening.session).await["viewerSeat"].clone();
        assert_eq!((&mine["status"], &mine["order"]["id"]), (&json!("CONFIRMED"), &checkout["order"]["id"]));
        assert_eq!(text(&mine["checkInCode"]).len(), 8);
        let seats = ben.sees(MINE, json!({})).await;
        assert_eq!(seats["viewer"]["upcomingSeats"]["nodes"], json!([{ "id": mine["id"], "status": "CONFIRMED", "session": { "id": evening.session } }]));
        let order = ben.sees(LINES, json!({ "id": checkout["order"]["id"] })).await;
        assert_eq!(order["order"]["lines"], json!([{ "seat": { "id": mine["id"], "status": "CONFIRMED" }, "enrollment": null }]));
        assert_eq!(ann.sees("query($id: ID!) { node(id: $id) { id } }", json!({ "id": mine["id"] })).await["node"], Value::Null);
        let twice = ben.is_quoted(seat_at(&evening.price, &evening.session)).await;
        assert_eq!(twice["warnings"][0]["code"], "ALREADY_ENROLLED");
    }

    async fn a_hold_ends_with_its_page_and_only_then(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let given_up = ben.takes(&ben.is_quoted(seat_at(&evening.price, &evening.session)).await).await;
        ben.does(CANCEL, json!({ "id": given_up["id"] })).await;
        assert_eq!(ben.seat_status(&evening.session).await, None, "cancelled: free at once");

        let checkout = ann.takes(&ann.is_quoted(seat_at(&evening.price, &evening.session)).await).await;
        market.passes(Duration::minutes(14)).await;
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("HELD"));
        // Stripe does not answer when the time is over: the seat stays hers, since the page may still be paid.
        market.plans(json!([{ "operation": "POST /v1/checkout/sessions/{session}/expire", "kind": "reset_before", "times": 50 }]));
        market.passes(Duration::minutes(2)).await;
        let (ben, ann) = (ben.comes_back().await, ann.comes_back().await);
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("HELD"));
        market.plans(json!([]));
        market.passes(Duration::minutes(12)).await;
        let (ben, ann) = (ben.comes_back().await, ann.comes_back().await);
        assert_eq!(ann.seat_status(&evening.session).await, None);
        let page = market.stripe().object(&market.page_of(&checkout)).unwrap();
        assert_eq!(page["status"], "expired", "nobody can pay it any more");
        assert_eq!(ben.session(&evening.session).await["seats"]["seatsLeft"], 1);
    }

    async fn a_guest_has_a_seat_and_finds_it_when_the_address_is_proven(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let ben = market.stranger("Ben");
        ben.buys_as_guest(seat_at(&evening.price, &evening.session)).await;
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 0);
        assert_eq!(subjects(&ben).len(), 2, "{:?}", subjects(&ben));
        assert!(subjects(&ben).iter().any(|subject| subject.starts_with("Your receipt")), "{:?}", subjects(&ben));
        ben.signs_up().await;
        ben.proves_address().await;
        market.settles().await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    }

    async fn one_key_takes_one_seat_whatever_has_become_of_it(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", json!({ "free": true }), 2).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let wish = json!({ "price": evening.price, "session": evening.session, "key": ben.new_key() });
        let seat = ben.does(TAKE, wish.clone()).await["seat"].clone();
        ann.takes_seat(&evening).await;
        assert_eq!(ben.does(TAKE, wish.clone()).await["seat"], seat, "also once it is full");
        ben.does(RELEASE, json!({ "id": seat["id"], "key": ben.new_key() })).await;
        assert_eq!(ben.session(&evening.session).await["seats"]["seatsLeft"], 1);
        let again = ben.does(TAKE, wish.clone()).await["seat"].clone();
        assert_eq!((&again["id"], again["status"] == "CONFIRMED"), (&seat["id"], false), "{again}");
        assert_eq!(ben.session(&evening.session).await["seats"]["seatsLeft"], 1, "an old wish takes no new place");
        studio.owner.does(CALL_OFF, json!({ "id": evening.session, "reason": "Rain", "key": ben.new_key() })).await;
        assert_eq!(ben.does(TAKE, wish).await["seat"]["id"], seat["id"], "also once it is called off");
    }

    async fn a_seat_given_back_in_time_gives_the_money_back(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        let order = ben.buys_seat(&evening).await;
        let seat = ben.seat(&evening.session).await;
        let stolen = eve.is_refused(RELEASE, json!({ "id": seat, "key": eve.new_key() })).await;
        assert_eq!((stolen[0].code.as_str(), stolen[0].path.as_str()), ("NOT_FOUND", "seatId"));
        let wish = json!({ "id": seat, "key": ben.new_key() });
        let given = ben.does(RELEASE, wish.clone()).await;
        assert_eq!((&given["seat"]["status"], &given["refund"]["amount"]["minorUnits"]), (&json!("REFUNDED"), &json!(2000)));
        assert_eq!(ben.does(RELEASE, wish).await["refund"]["id"], given["refund"]["id"], "the same wish again");
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
        ann.buys_seat(&evening).await;
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    }

    async fn a_seat_given_back_late_is_refunded_when_it_is_sold_again(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 2).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let order = ben.buys_seat(&evening).await;
        ann.buys_seat(&evening).await;
        market.passes(Duration::days(9) + Duration::hours(12)).await;
        let (ben, cleo) = (ben.comes_back().await, market.person("Cleo").await);
        let given = ben.gives_up_seat(&evening.session).await;
        assert_eq!(given["refund"], Value::Null, "less than a day before");
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "PAID");
        cleo.buys_seat(&evening).await;
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED", "somebody else has paid for the place");
    }

    async fn a_seat_goes_to_somebody_else(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 5).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let order = ben.buys_seat(&evening).await;
        let seat = ben.seat(&evening.session).await;
        let to = |email: &str| json!({ "id": seat, "email": email, "key": ben.new_key() });
        assert_eq!(ben.is_refused(TRANSFER, to("nobody")).await[0].path, "recipientEmail");
        assert_eq!(ben.is_refused(TRANSFER, to(&ben.email)).await[0].code, "NOT_ALLOWED");
        let code = ben.session(&evening.session).await["viewerSeat"]["checkInCode"].clone();
        let given = ben.does(TRANSFER, to(&ann.email)).await["seat"].clone();
        assert_eq!((&given["holder"], &given["checkInCode"], &given["order"]), (&Value::Null, &Value::Null, &Value::Null), "known or not looks the same");
        market.settles().await;
        assert_eq!((ben.seat_status(&evening.session).await, ann.seat_status(&evening.session).await.as_deref()), (None, Some("CONFIRMED")));
        let new = ann.session(&evening.session).await["viewerSeat"]["checkInCode"].clone();
        assert!(new.is_string() && new != code, "the giver's code opens nothing any more");
        assert_eq!(ann.session(&evening.session).await["viewerSeat"]["order"], Value::Null, "not what it cost, nor whose it was");
        assert!(subjects(&ann).contains(&"Ben has a seat for you".to_owned()), "{:?}", subjects(&ann));
        // Who paid is paid back.
        ann.gives_up_seat(&evening.session).await;
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
    }

    async fn a_seat_moves_to_another_date(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let other = studio.sets_date(&evening.workshop, 20, Some(1)).await;
        let elsewhere = studio.invites("Paper", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let order = ben.buys_seat(&evening).await;
        let seat = ben.seat(&evening.session).await;
        let to = |session: &str| json!({ "id": seat, "to": session, "key": ben.new_key() });
        assert_eq!(ben.is_refused(MOVE, to(&elsewhere.session)).await[0].code, "NOT_FOUND");
        assert_eq!(ben.is_refused(MOVE, to(&evening.session)).await[0].code, "DUPLICATE");
        let moved = ben.does(MOVE, to(&other)).await["seat"].clone();
        assert_eq!((&moved["id"], &moved["session"]["id"]), (&json!(seat), &json!(other)));
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1);
        ann.buys_seat(&evening).await;
        assert_eq!(ben.is_refused(MOVE, to(&evening.session)).await[0].code, "SEATS_UNAVAILABLE");
        studio.owner.gives_back(&order, None, true).await;
        market.settles().await;
        assert_eq!(studio.owner.session(&other).await["seats"]["seatsLeft"], 1, "refunded where it is now");
    }

    async fn money_that_comes_too_late_finds_a_place_or_a_choice(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let first = loses_a_held_seat(&market, &ben, &evening).await;
        ben.pays(&first).await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "there was a place");
        ben.gives_up_seat(&evening.session).await;
        market.settles().await;

        let second = loses_a_held_seat(&market, &ben, &evening).await;
        ann.buys_seat(&evening).await;
        ben.pays(&second).await;
        let seen = ben.session(&evening.session).await;
        assert_eq!((&seen["viewerSeat"]["status"], &seen["viewerWaitlistEntry"]["position"]), (&json!("UNSEATED"), &json!(1)));
        let written = market.mail().messages(Some(&ben.email));
        assert!(written.iter().any(|letter| letter.subject.contains("after the last seat was gone")));
        ann.gives_up_seat(&evening.session).await;
        market.settles().await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "first in line");
        assert_eq!(ben.order(&text(&second["order"]["id"])).await["status"], "PAID");
    }

    async fn who_does_not_choose_has_the_money_back(market) {
        let studio = studio(&market).await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let late = loses_a_held_seat(&market, &ben, &evening).await;
        ann.buys_seat(&evening).await;
        ben.pays(&late).await;
        market.passes(Duration::days(3) - Duration::hours(1)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("UNSEATED"));
        market.passes(Duration::hours(2)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&text(&late["order"]["id"])).await["status"], "REFUNDED");
        assert_eq!(ben.seat_status(&evening.session).await, None);
    }
}
