//! Many people with one code, at the same moment, each of them twice: the code is used as often as it may be, by nobody more
//! often than they may, and nobody has two seats. `ATELIER_CROWD` sets among how many people (64).

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::coupons::{buyers, coupon, db_takes_a_use_carelessly, outcome, percent, uses, with};
use super::seats_at_once::number;
use crate::support::{Evening, Market, Person, Studio, euros, seat_at, story};

const USES: i64 = 10;

fn many() -> usize {
    number("ATELIER_CROWD", 64)
}

/// A workshop whose two dates have places for everybody, and people who want to come.
async fn two_evenings(market: &Market) -> (Studio, [Evening; 2], Vec<Person>) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let first = studio.invites("Ink", euros(2000), 500).await;
    let other = studio.sets_date(&first.workshop, 11, Some(500)).await;
    let second = Evening { session: other, ..first.clone() };
    (studio, [first, second], buyers(market, many()).await)
}

fn with_code(evening: &Evening, code: &str) -> Value {
    with(seat_at(&evening.price, &evening.session), "couponCode", json!(code))
}

/// Each of them asks twice at once, in another window and, where there are two, of another instance; who got what they
/// asked for, once for each time, and what the others were told.
async fn all_at_once(
    people: &[Person],
    wishes: [&Value; 2],
    other: Option<&Market>,
) -> (Vec<usize>, Vec<String>) {
    let mut asked = Vec::new();
    for (who, person) in people.iter().enumerate() {
        for (window, wish) in wishes.into_iter().enumerate() {
            let place = match other {
                Some(other) if (who + window) % 2 == 1 => person.finds(other),
                _ => person.clone(),
            };
            asked.push((who, place, person.is_quoted(wish.clone()).await));
        }
    }
    let barrier = Arc::new(Barrier::new(asked.len()));
    let answers = asked.iter().map(|(who, place, quote)| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            (*who, outcome(place, quote).await)
        }
    });
    let (won, lost): (Vec<_>, Vec<_>) =
        join_all(answers).await.into_iter().partition(|one| one.1 == "SUCCEEDED");
    (won.into_iter().map(|one| one.0).collect(), lost.into_iter().map(|one| one.1).collect())
}

/// Ten may use the code, each of them once, at either date.
async fn a_code_is_used_as_often_as_it_may_be(market: &Market, other: Option<&Market>) {
    let (studio, [first, second], people) = two_evenings(market).await;
    let code = with(percent("TEN", 10_000), "maxRedemptions", json!(USES));
    coupon(&studio, with(code, "perCustomerLimit", json!(1))).await;
    let wishes = [&with_code(&first, "TEN"), &with_code(&second, "TEN")];
    let (won, lost) = all_at_once(&people, wishes, other).await;
    let winners: HashSet<_> = won.iter().collect();
    assert_eq!((won.len(), winners.len()), (10, 10), "ten uses, by ten people");
    assert!(lost.iter().all(|told| told == "CouponError COUPON_EXHAUSTED \"TEN\""), "{lost:?}");
    assert_eq!(uses(&studio, "TEN").await, USES);
    assert_eq!(
        market.db_number("SELECT COUNT(*) AS n FROM seats").await,
        USES,
        "who was refused holds nothing"
    );
}

/// Everybody may use the code; there are ten places.
async fn nobody_has_two_seats(market: &Market, other: Option<&Market>) {
    let (studio, [large, _], people) = two_evenings(market).await;
    let small = studio.sets_date(&large.workshop, 12, Some(10)).await;
    let evening = Evening { session: small, ..large };
    coupon(&studio, percent("ALL", 10_000)).await;
    let wish = with_code(&evening, "ALL");
    let (won, lost) = all_at_once(&people, [&wish, &wish], other).await;
    let winners: HashSet<_> = won.iter().collect();
    assert_eq!((won.len(), winners.len(), lost.len()), (10, 10, 2 * people.len() - 10), "{lost:?}");
    assert_eq!(uses(&studio, "ALL").await, 10, "a use without a seat is none");
    assert_eq!(market.db_number("SELECT COUNT(DISTINCT user_id) AS n FROM seats").await, 10);
    assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM seats").await, 10);
}

story! {
    async fn a_crowd_uses_one_code(market) {
        a_code_is_used_as_often_as_it_may_be(&market, None).await;
    }

    async fn a_crowd_uses_one_code_in_two_instances(market) {
        if market.app().db.is_sqlite() {
            // One file, one process.
            return;
        }
        let other = market.opens_beside().await;
        a_code_is_used_as_often_as_it_may_be(&market, Some(&other)).await;
        other.stops();
    }

    async fn a_crowd_asks_twice_for_each_seat(market) {
        nobody_has_two_seats(&market, None).await;
    }

    async fn a_crowd_asks_two_instances_for_each_seat(market) {
        if market.app().db.is_sqlite() {
            return;
        }
        let other = market.opens_beside().await;
        nobody_has_two_seats(&market, Some(&other)).await;
        other.stops();
    }

    /// The races above can fail: the same crowd against a counter that is read first and written afterwards.
    async fn counting_without_the_lock_lets_the_crowd_through(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        coupon(&studio, with(percent("TEN", 10_000), "maxRedemptions", json!(USES))).await;
        let barrier = Arc::new(Barrier::new(many()));
        let careless = (0..many()).map(|_| {
            let (market, barrier) = (market.clone(), Arc::clone(&barrier));
            tokio::spawn(async move { db_takes_a_use_carelessly(&market, &barrier).await })
        });
        let taken = join_all(careless).await.into_iter().filter(|took| *took.as_ref().unwrap()).count();
        assert!(taken > 10, "only {taken} slipped through");
        let broken = atelier::doctor::rules(market.app()).await;
        let coupons = broken.into_iter().find(|(room, _)| *room == "coupons").unwrap().1.unwrap();
        assert!(!coupons.is_empty(), "the doctor sees uses that nobody redeemed");
        market.db_runs("UPDATE coupons SET redemption_count = 0").await;
    }
}
