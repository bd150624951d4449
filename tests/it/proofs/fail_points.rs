//! Every durable step of a scenario goes wrong in turn, in each way it can: it fails, it is done and nobody is told, the
//! process dies before it or after it. Whoever insists gets to the end; whoever gives up is before or done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use atelier::steps::Fate;

use super::numbers::number;
use super::scenarios::{Cast, Scenario, opens_shop};
use super::watch::{Point, Watch, watching};
use crate::support::{Kind, Market, Shop};

/// A place in the code that takes many steps (every job is claimed) goes wrong the first time; ATELIER_TIMES
/// says otherwise.
const TIMES: usize = 1;
/// How often somebody tries again.
const MOST_TRIES: usize = 4;
/// The longest a scenario with all its faults may take.
const LONGEST: Duration = Duration::from_secs(900);
const FATES: [Fate; 4] = [Fate::Fails, Fate::IsForgotten, Fate::DiesBefore, Fate::DiesAfter];

/// One market for many runs, and the way each of them may end.
struct Proof {
    scenario: Scenario,
    /// What happens to the data in each death, to see that the proof notices.
    sabotage: Option<&'static str>,
    market: Market,
    shop: Shop,
    watch: Arc<Watch>,
    runs: usize,
    missed: usize,
    ends: BTreeSet<String>,
    done: String,
}

fn prove(kind: Kind, scenario: Scenario, sabotage: Option<&'static str>) {
    let Some(place) = kind.place() else { return };
    let runtime = atelier::runtime::start(Some(2)).unwrap();
    let proved = async {
        let mut proof = Proof::open(Market::open(place).await, scenario, sabotage).await;
        let mut points = proof.learns().await;
        let most = number("ATELIER_TIMES").map_or(TIMES, |times| usize::try_from(times).unwrap());
        points.retain(|(_, time)| *time <= most);
        assert!(points.len() >= 10, "only {} steps were learned: is anybody watching?", points.len());
        for (place, point) in points.iter().enumerate() {
            for fate in fates(kind, place) {
                proof.holds_when(point.clone(), fate).await;
            }
        }
        println!(
            "{kind:?} {scenario:?}: {} steps, {} runs, of which {} went another way",
            points.len(),
            proof.runs,
            proof.missed
        );
        assert!(proof.missed * 5 < proof.runs, "too many runs never came to their step");
        proof.market.close().await;
    };
    runtime.block_on(async { tokio::time::timeout(LONGEST, proved).await.expect("the proof took too long") });
    runtime.shutdown_timeout(Duration::from_secs(5));
}

/// All of them on SQLite, and in the long run; else one for each step in turn on PostgreSQL, which takes a second a run.
fn fates(kind: Kind, place: usize) -> Vec<Fate> {
    match kind {
        Kind::Postgres if number("ATELIER_TIMES").is_none() => vec![FATES[place % FATES.len()]],
        _ => FATES.to_vec(),
    }
}

impl Proof {
    async fn open(market: Market, scenario: Scenario, sabotage: Option<&'static str>) -> Self {
        let watch = Arc::new(Watch::default());
        watching(&market, &watch);
        let shop = opens_shop(&market).await;
        Self {
            scenario,
            sabotage,
            market,
            shop,
            watch,
            runs: 0,
            missed: 0,
            ends: BTreeSet::new(),
            done: String::new(),
        }
    }

    async fn ready(&mut self) -> Cast {
        self.runs += 1;
        Cast::ready(self.scenario, &self.market, &self.shop, self.runs).await
    }

    /// Plays without faults: up to each act, and all the way twice. Gives the steps of the whole way that were taken
    /// both times: what a daily round does belongs to its hour and not to the scenario.
    async fn learns(&mut self) -> Vec<Point> {
        let all = self.scenario.acts().len();
        let mut points = Vec::new();
        for end in 0..=all {
            points = self.plays_up_to(end).await;
        }
        let again = self.plays_up_to(all).await;
        points.retain(|point| again.contains(point));
        points
    }

    /// Plays so many acts without faults; gives their steps, and notes how it ends.
    async fn plays_up_to(&mut self, end: usize) -> Vec<Point> {
        let mut cast = self.ready().await;
        self.watch.arm(None);
        for act in &self.scenario.acts()[..end] {
            assert!(cast.does(*act).await, "{act:?} without any fault");
        }
        let points = self.watch.points();
        self.watch.rest();
        cast.waits().await;
        self.done = cast.picture().await;
        self.ends.insert(self.done.clone());
        points
    }

    /// Plays with one step going wrong. A phone that loses its server gives up; one that is told no insists.
    async fn holds_when(&mut self, point: Point, fate: Fate) {
        let insists = matches!(fate, Fate::Fails | Fate::IsForgotten);
        let what = format!("{:?}: {}, time {}, {fate:?}", self.scenario, point.0, point.1);
        let mut cast = self.ready().await;
        self.watch.arm(Some((point, fate)));
        'acts: for act in self.scenario.acts() {
            for tries in 0.. {
                tokio::select! {
                    done = cast.does(*act) => match done {
                        true => break,
                        false if insists => assert!(tries < MOST_TRIES, "{what}: {act:?} never works"),
                        false => break 'acts,
                    },
                    () = self.watch.death() => {
                        self.begins_again(&mut cast).await;
                        break 'acts;
                    }
                }
            }
        }
        // Rounds of the timetable depend on the clock, so a run may take fewer steps than the one it was learned from.
        self.missed += usize::from(!self.watch.hit());
        self.watch.rest();
        cast.waits().await;
        let picture = cast.picture().await;
        if insists || !self.watch.hit() {
            assert_eq!(picture, self.done, "{what}: whoever insists gets to the end");
        } else {
            assert!(
                self.ends.contains(&picture),
                "{what}: neither before nor done:\n{picture}\nmay be: {:#?}",
                self.ends
            );
        }
        self.market.is_sound().await;
    }

    async fn begins_again(&mut self, cast: &mut Cast) {
        self.market = self.market.crashes().await;
        self.watch.rest();
        if let Some(sabotage) = self.sabotage {
            self.market.db_runs(sabotage).await;
        }
        watching(&self.market, &self.watch);
        cast.moves_to(self.market.clone());
    }
}

#[test]
fn purchase_sqlite() {
    prove(Kind::Sqlite, Scenario::Purchase, None);
}

#[test]
fn purchase_postgres() {
    prove(Kind::Postgres, Scenario::Purchase, None);
}

#[test]
fn payout_sqlite() {
    prove(Kind::Sqlite, Scenario::Payout, None);
}

#[test]
fn payout_postgres() {
    prove(Kind::Postgres, Scenario::Payout, None);
}

/// Calls to Stripe are repeated with another key than before.
const FORGETS_KEYS: &str =
    "UPDATE outgoing_calls SET idempotency_key = idempotency_key || ':again' WHERE state = 'INTENDED'";

#[test]
#[should_panic(expected = "neither before nor done")]
fn a_product_that_forgets_its_keys_is_found_out() {
    prove(Kind::Sqlite, Scenario::Purchase, Some(FORGETS_KEYS));
}

#[test]
fn refund_sqlite() {
    prove(Kind::Sqlite, Scenario::Refund, None);
}

#[test]
fn refund_postgres() {
    prove(Kind::Postgres, Scenario::Refund, None);
}
