//! Random histories of seats: after every command places, wishes and money are as the model says, and every rule holds.
//! Also that the model would notice if it were not so.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::strategy::ValueTree;
use proptest_state_machine::ReferenceStateMachine;

use super::seats::{Answer, SeatCommands};
use super::seeds::{self, Failed, Proof, Terms};
use crate::support::Kind;

/// Every run of the tests plays two seeds on each database; `just long` plays 500.
const TERMS: Terms = Terms { seeds: 2, sabotage: None, shrink_for: Duration::from_secs(90) };
/// Commands of a history in every run.
const STEPS: usize = 60;

fn run(kind: Kind, terms: Terms) -> Option<Failed> {
    // No PostgreSQL here: said where it is looked for.
    kind.place()?;
    let runtime = atelier::runtime::start(Some(2)).unwrap();
    let failed = runtime.block_on(seeds::run::<SeatCommands>(kind, terms)).err();
    runtime.shutdown_timeout(Duration::from_secs(5));
    failed
}

#[test]
fn sqlite() {
    if let Some(failed) = run(Kind::Sqlite, TERMS) {
        panic!("{failed}");
    }
}

#[test]
fn postgres() {
    if let Some(failed) = run(Kind::Postgres, TERMS) {
        panic!("{failed}");
    }
}

/// Whatever the model knows happens in the histories of a long run, in each way it can end.
#[test]
fn everything_the_model_knows_happens() {
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..SEEDS_TO_MEET {
        let (mut model, commands, _) = seeds::drawn::<SeatCommands>(seed, STEPS).current();
        for command in &commands {
            let name = format!("{command:?}").split([' ', '(']).next().unwrap_or_default().to_owned();
            let answer = match SeatCommands::answer(&model, command) {
                Answer::Refused(code) => code,
                other => format!("{other:?}"),
            };
            *met.entry(format!("{name} {answer}")).or_default() += 1;
            model = SeatCommands::apply(model, command);
        }
        for met_in_the_end in model.endings() {
            *met.entry(met_in_the_end.to_owned()).or_default() += 1;
        }
    }
    println!("{met:?}");
    for wanted in MUST_HAPPEN {
        assert!(met.contains_key(*wanted), "never: {wanted}; {met:?}");
    }
}

/// The rarest of it happens in so many.
const SEEDS_TO_MEET: u64 = 100;
/// A command and its answer, or what has become of somebody.
const MUST_HAPPEN: &[&str] = &[
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
    "Transfer Done",
    "Transfer INVALID_STATE",
    "Wait ALREADY_ENROLLED",
    "Wait Done",
    "Wait INVALID_STATE",
    "paid too late",
    "money back",
    "waits to be sold again",
];

/// A product that offers a place to who came last: no rule of one row shows it, only who knows the list does.
const OVERTAKING: &str = "CREATE TRIGGER overtaking AFTER INSERT ON waitlist_entries
    BEGIN UPDATE waitlist_entries SET priority = 1 - (SELECT COUNT(*) FROM waitlist_entries) WHERE id = NEW.id; END";

#[test]
fn a_product_that_lets_people_overtake_is_found_out() {
    let terms = Terms { seeds: 20, sabotage: Some(OVERTAKING), shrink_for: Duration::from_secs(10) };
    let failed = run(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}
