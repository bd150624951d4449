//! Random commands of buyers, creators, operators, Stripe and time: after every one the market is as the model says, and every
//! rule holds. Also that the model would notice if it were not so.

use std::time::Duration;

use super::commands::Commands;
use super::model::{Answer, PRICES};
use super::seeds::{self, Terms};
use crate::support::Kind;

/// Every run of the tests plays 10 seeds on each database, 20 in all; `just long` plays 500.
const TERMS: Terms = Terms { seeds: 10, sabotage: None, shrink_for: Duration::from_secs(90) };
/// Commands of a history in every run.
const STEPS: usize = 60;
/// A bug is found within so many seeds.
const SEEDS_TO_FIND: u64 = 20;

#[test]
fn sqlite() {
    if let Some(failed) = seeds::played::<Commands>(Kind::Sqlite, TERMS) {
        panic!("{failed}");
    }
}

#[test]
fn postgres() {
    if let Some(failed) = seeds::played::<Commands>(Kind::Postgres, TERMS) {
        panic!("{failed}");
    }
}

/// Whatever the model knows happens in the histories of every run, in each way it can end: a command that is never
/// drawn, or only ever refused, proves nothing.
#[test]
fn everything_the_model_knows_happens() {
    let named = |answer| match answer {
        Answer::Refused(code) => code,
        Answer::Costs(cents) if !PRICES.contains(&cents) => "LESS".to_owned(),
        other => format!("{other:?}"),
    };
    let met = seeds::met::<Commands>((SEEDS_TO_MEET, STEPS), named, |model| {
        [model.shared(), model.bundled(), model.taxes()].concat()
    });
    for wanted in MUST_HAPPEN {
        assert!(met.contains_key(*wanted), "never: {wanted}; {met:?}");
    }
}

/// The rarest of it happens in so many.
const SEEDS_TO_MEET: u64 = 200;
/// A command and its answer; and how a history ends.
const MUST_HAPPEN: &[&str] = &[
    "Agree ALREADY_ENROLLED",
    "Agree COUPON_EXHAUSTED",
    "Agree COUPON_EXPIRED",
    "Agree Done",
    "Agree PRICE_CHANGED",
    "Agree TOKEN_EXPIRED",
    "AnswerShare Done",
    "AnswerShare INVALID_STATE",
    "Decide Done",
    "Dispute Declined",
    "Dispute Done",
    "EndCoupon Done",
    "Hold Done",
    "MakeCoupon Done",
    "Quote LESS",
    "Redeem ALREADY_ENROLLED",
    "Redeem Done",
    "Redeem INVALID_STATE",
    "Redeem TAKEN",
    "Redeem TOKEN_EXPIRED",
    "Refund Done",
    "Refund INVALID_STATE",
    "Refund REFUND_EXCEEDS_PAID",
    "Share Done",
    "a bundle is somebody's",
    "a bundle is somebody's who has a part of it",
    "a bundle was bought for less",
    "a bundle was given",
    "a bundle went back",
    "a bundle went back, a part of it was kept",
    "a co-teacher gave back a part",
    "a part of the tax went back",
    "all of the tax went back",
    "a co-teacher lost their part",
    "a co-teacher was sent their part",
    "an affiliate gave back a part",
    "an affiliate was sent their part",
    "three gave back a part",
    "what was disputed was bought again",
];

/// A product that forgets what somebody bought after they once changed their mind: nothing that is seen of a single
/// purchase, only a history shows it.
const FORGETFUL: &str = "CREATE TRIGGER forgetful AFTER INSERT ON enrollments
    WHEN EXISTS (SELECT 1 FROM checkouts c WHERE c.user_id = NEW.user_id AND c.status = 'CANCELLED')
    BEGIN DELETE FROM enrollments WHERE id = NEW.id; END";

#[test]
fn a_product_that_forgets_is_found_out() {
    let terms =
        Terms { seeds: SEEDS_TO_FIND, sabotage: Some(FORGETFUL), shrink_for: Duration::from_secs(10) };
    let failed = seeds::played::<Commands>(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}

/// A product that keeps a right which a bank gave back: only whoever knows how disputes end notices.
const GRUDGING: &str = "CREATE TRIGGER grudging AFTER UPDATE OF state ON enrollments
    WHEN OLD.state = 'REVOKED' AND NEW.state = 'ACTIVE' AND EXISTS
        (SELECT 1 FROM disputes d JOIN order_lines l ON l.order_id = d.order_id
         WHERE l.id = NEW.order_line_id AND d.state = 'WON')
    BEGIN UPDATE enrollments SET state = 'REVOKED' WHERE id = NEW.id; END";

#[test]
fn a_product_that_keeps_what_a_bank_gave_back_is_found_out() {
    let terms = Terms { seeds: SEEDS_TO_FIND, sabotage: Some(GRUDGING), shrink_for: Duration::from_secs(10) };
    let failed = seeds::played::<Commands>(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}

/// A product that gives a cent of what is shared to the wrong one: the sum of the shares is right, and a refund of all ends
/// at nothing.
const CARELESS: &str = "DROP TRIGGER order_shares_no_update;
    CREATE TRIGGER careless AFTER INSERT ON order_shares WHEN NEW.position = 1 AND NEW.amount_minor % 2 = 1
    BEGIN UPDATE order_shares SET amount_minor = amount_minor + (CASE position WHEN 0 THEN 1 ELSE -1 END)
        WHERE order_line_id = NEW.order_line_id AND position IN (0, 1); END";

#[test]
fn a_product_that_gives_a_cent_to_the_wrong_one_is_found_out() {
    let terms = Terms { seeds: SEEDS_TO_FIND, sabotage: Some(CARELESS), shrink_for: Duration::from_secs(10) };
    let failed = seeds::played::<Commands>(Kind::Sqlite, terms).expect("the model noticed nothing");
    println!("found, as it should be: {failed}");
}
