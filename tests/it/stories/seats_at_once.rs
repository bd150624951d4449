//! Many people and few places, at the same moment.
//!
//! `ATELIER_ROUNDS` sets how often the race is run (the design asks for 200), `ATELIER_CROWD` among how many people (64);
//! each round has places of its own.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{CREATE, Evening, Market, Person, TAKE, euros, seat_at, story};

const PLACES: i32 = 10;

/// A number of the test's own, if the environment sets it.
#[expect(clippy::disallowed_methods, reason = "a setting of the test, not of the product")]
pub(super) fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// How many want one of the places.
fn many() -> usize {
    number("ATELIER_CROWD", 24)
}

async fn crowd(market: &Market, number: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..number {
        people.push(market.person(&format!("Guest{n}")).await);
    }
    people
}

story! {
    async fn a_crowd_takes_ten_places(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let first = studio.invites("Ink", json!({ "free": true }), PLACES).await;
        let people = crowd(&market, many()).await;
        for round in 0..number("ATELIER_ROUNDS", 2) {
            // A workshop has at most 200 dates ahead, this one among them.
            let session = match round {
                0 => first.session.clone(),
                _ => studio.sets_date(&first.workshop, 11, Some(PLACES)).await,
            };
            let wanted = people.iter().map(|person| {
                let wish = json!({ "price": first.price, "session": session, "key": person.new_key() });
                async move { person.asks(TAKE, wish).await.data()["enrollmentClaimFree"].clone() }
            });
            let answers = join_all(wanted).await;
            let seated = answers.iter().filter(|answer| answer["seat"]["status"] == "CONFIRMED").count();
            let full = answers.iter().filter(|a| a["userErrors"][0]["code"] == "SEATS_UNAVAILABLE").count();
            assert_eq!((seated, full), (10, people.len() - 10), "round {round}");
            let held = studio.owner.session(&session).await["seats"].clone();
            assert_eq!(held["seatsLeft"], 0, "round {round}");
        }
    }

    async fn two_instances_give_no_place_twice(market) {
        if market.app().db.is_sqlite() {
            // One file, one process.
            return;
        }
        let other = market.opens_beside().await;
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let first = studio.invites("Ink", json!({ "free": true }), PLACES).await;
        let people = crowd(&market, many()).await;
        for round in 0..number("ATELIER_ROUNDS", 2) {
            let session = match round {
                0 => first.session.clone(),
                _ => studio.sets_date(&first.workshop, 11, Some(PLACES)).await,
            };
            let wanted = people.iter().enumerate().map(|(number, person)| {
                let person = if number % 2 == 0 { person.clone() } else { person.finds(&other) };
                let wish = json!({ "price": first.price, "session": session, "key": person.new_key() });
                async move { person.asks(TAKE, wish).await.data()["enrollmentClaimFree"].clone() }
            });
            let answers = join_all(wanted).await;
            let here = answers.iter().step_by(2).filter(|answer| answer["seat"]["status"] == "CONFIRMED").count();
            let seated = answers.iter().filter(|answer| answer["seat"]["status"] == "CONFIRMED").count();
            let full = answers.iter().filter(|a| a["userErrors"][0]["code"] == "SEATS_UNAVAILABLE").count();
            println!("round {round}: {here} here, {} there", seated - here);
            assert_eq!((seated, full), (10, people.len() - 10), "round {round}");
        }
        other.stops();
    }

    async fn twelve_buyers_hold_three_places(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 3).await;
        let people = crowd(&market, 12).await;
        let quotes = join_all(people.iter().map(|one| one.is_quoted(seat_at(&evening.price, &evening.session)))).await;
        let bought = people.iter().zip(&quotes).map(|(one, quote)| {
            let input = one.agrees_to(quote, "HOSTED_PAGE");
            async move { one.asks(CREATE, json!({ "input": input })).await.data()["checkoutCreate"].clone() }
        });
        let answers = join_all(bought).await;
        let held: Vec<_> = answers.iter().filter(|answer| answer["checkout"]["status"] == "OPEN").collect();
        assert_eq!(held.len(), 3, "{answers:#?}");
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM orders").await, 3, "who came too late has no order");
        for (person, answer) in people.iter().zip(&answers) {
            if answer["checkout"]["status"] == "OPEN" {
                person.pays(&answer["checkout"]).await;
            }
        }
        let seated = "SELECT COUNT(*) AS n FROM seats WHERE state = 'SEATED'";
        assert_eq!(market.db_number(seated).await, 3);
    }

    /// The race above can fail: the same crowd against seats that are counted first and written afterwards, without the
    /// session's lock and its count, oversells, and the invariants see it.
    async fn counting_without_the_lock_would_oversell(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), PLACES).await;
        let barrier = Arc::new(Barrier::new(many()));
        let careless = (0..many()).map(|_| {
            let (market, barrier) = (market.clone(), Arc::clone(&barrier));
            let evening = evening.clone();
            tokio::spawn(async move { db_sits_down_carelessly(&market, &barrier, &evening).await })
        });
        let seated = join_all(careless).await.into_iter().filter(|sat| *sat.as_ref().unwrap()).count();
        assert!(seated > 10, "only {seated} slipped through");
        let broken = atelier::doctor::rules(market.app()).await;
        let seats = broken.into_iter().find(|(room, _)| *room == "workshops").unwrap().1.unwrap();
        assert!(!seats.is_empty(), "the doctor sees seats that no place was taken for");
        market.db_runs("DELETE FROM seats").await;
    }
}

async fn db_sits_down_carelessly(market: &Market, barrier: &Barrier, evening: &Evening) -> bool {
    let taken = market.db_number("SELECT COUNT(*) AS n FROM seats WHERE state = 'SEATED'").await;
    barrier.wait().await;
    if taken >= i64::from(PLACES) {
        return false;
    }
    use atelier::kernel::{PublicId, WorkshopSessionId};
    use sea_orm::ConnectionTrait;
    let app = market.app();
    let session: WorkshopSessionId = evening.session.parse().unwrap();
    let text = "INSERT INTO seats (id, session_id, state, refund_until, refund_if_resold, check_in_code, created_at, updated_at)
        VALUES ($1, $2, 'SEATED', $3, $4, 'CARELESS', $3, $3)";
    let now = app.now();
    let binds = [app.entropy.id(now).into(), session.uuid().into(), now.into(), false.into()];
    app.db.read().execute_raw(atelier::db::sql(app.db.backend(), text, binds)).await.unwrap();
    true
}
