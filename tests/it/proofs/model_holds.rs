//! Random commands of buyers, creators, Stripe and time: after every one the market is as the model says, and every
//! rule holds. Also that the model would notice if it were not so.

use std::time::Duration;

use super::seeds::{self, Failed, Terms};
use crate::support::Kind;

/// Every run of the tests plays 20 seeds; `just long` plays 500.
const TERMS: Terms = Terms { seeds: 20, sabotage: None, shrink_for: Duration::from_secs(90) };
/// A bug is found within so many seeds.
const SEEDS_TO_FIND: u64 = 20;

fn run(kind: Kind, terms: Terms) -> Option<Failed> {
    // No PostgreSQL here: said where it is looked for.
    kind.place()?;
    let runtime = atelier::runtime::start(Some(2)).unwrap();
    let failed = runtime.block_on(seeds::run(kind, terms)).err();
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

/// A product that forgets what somebody bought after they once changed their mind: nothing that is seen of a single
/// purchase, only a history shows it.
const FORGETFUL: &str = "CREATE TRIGGER forgetful AFTER INSERT ON enrollments
    WHEN EXISTS (SELECT 1 FROM checkouts c WHERE c.user_id = NEW.user_id AND c.status = 'CANCELLED')
    BEGIN DELETE FROM enrollments WHERE id = NEW.id; END";

#[test]
fn a_product_that_forgets_is_found_out() {
    let terms =
        Terms { seeds: SEEDS_TO_FIND, sabotage: Some(FORGETFUL), shrink_for: Duration::from_secs(10) };
    let failed = run(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}
