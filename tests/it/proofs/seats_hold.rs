//! Random histories of seats: after every command places, wishes and money are as the model says, and every rule holds.
//! Also that the model would notice if it were not so.

use std::time::Duration;

use super::seats::{Answer, SeatCommands};
use super::seeds::{self, Terms};
use crate::support::Kind;

/// Every run of the tests plays two seeds on each database; `just long` plays 500.
const TERMS: Terms = Terms { seeds: 2, sabotage: None, shrink_for: Duration::from_secs(90) };
/// Commands of a history in every run.
const STEPS: usize = 60;

#[test]
fn sqlite() {
    if let Some(failed) = seeds::played::<SeatCommands>(Kind::Sqlite, TERMS) {
        panic!("{failed}");
    }
}

#[test]
fn postgres() {
    if let Some(failed) = seeds::played::<SeatCommands>(Kind::Postgres, TERMS) {
        panic!("{failed}");
    }
}

/// Whatever the model knows happens in the histories of a long run, in each way it can end.
#[test]
fn everything_the_model_knows_happens() {
    let named = |answer| match answer {
        Answer::Refused(code) => code,
        other => format!("{other:?}"),
    };
    let met = seeds::met::<SeatCommands>((SEEDS_TO_MEET, STEPS), named, |model| model.endings());
    for wanted in MUST_HAPPEN {
        assert!(met.contains_key(*wanted), "never: {wanted}; {met:?}");
    }
}

/// The rarest of it happens in so many.
const SEEDS_TO_MEET: u64 = 100;
/// A command and its answer, or what has become of somebody.
const MUST_HAPPEN: &[&str] = &[
    "Bring ALREADY_ENROLLED",
    "Bring Done",
    "Bring LIMIT_REACHED",
    "Bring SEATS_UNAVAILABLE",
    "Cancel Done",
    "Decline Declined",
    "Forget Done",
    "GiveUp Done",
    "GiveUp INVALID_STATE",
    "Leave Done",
    "Move ALREADY_ENROLLED",
    "Move Done",
    "Move INVALID_STATE",
    "Move NOT_FOUND",
    "Move SEATS_UNAVAILABLE",
    "Pass Done",
    "Pay Done",
    "PayUnheard Done",
    "Take ALREADY_ENROLLED",
    "Take Done",
    "Take LIMIT_REACHED",
    "Take SEATS_UNAVAILABLE",
    "TakeBack Done",
    "TakeBack INVALID_STATE",
    "Transfer Done",
    "Transfer INVALID_STATE",
    "Wait ALREADY_ENROLLED",
    "Wait Done",
    "Wait INVALID_STATE",
    "Wait OUT_OF_RANGE",
    "a companion has a seat",
    "a companion has two",
    "several are kept",
    "fewer are kept than wanted",
    "paid too late",
    "paid too late for a companion",
    "money back",
    "some of the money back",
    "waits to be sold again",
];

/// A product that offers a place to who came last: no rule of one row shows it, only who knows the list does.
const OVERTAKING: &str = "CREATE TRIGGER overtaking AFTER INSERT ON waitlist_entries
    BEGIN UPDATE waitlist_entries SET priority = 1 - (SELECT COUNT(*) FROM waitlist_entries) WHERE id = NEW.id; END";

#[test]
fn a_product_that_lets_people_overtake_is_found_out() {
    let terms = Terms { seeds: 20, sabotage: Some(OVERTAKING), shrink_for: Duration::from_secs(10) };
    let failed = seeds::played::<SeatCommands>(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}
