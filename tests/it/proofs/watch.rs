//! Watches the durable steps of an installation and makes one of them go wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use atelier::steps::{Fate, Place, Watcher};
use tokio::sync::Notify;

/// One step of a run: its place in the code, and the how-manieth at this place, from one.
pub type Point = (String, usize);

/// The watcher of one run.
#[derive(Default)]
pub struct Watch {
    state: Mutex<State>,
    end: Notify,
}

#[derive(Default)]
struct State {
    armed: bool,
    aim: Option<(Point, Fate)>,
    seen: BTreeMap<String, usize>,
    hit: bool,
    dead: bool,
}

impl Watch {
    /// Counts steps from now on, and gives the one at the point its fate.
    pub fn arm(&self, aim: Option<(Point, Fate)>) {
        *self.state.lock().unwrap() = State { armed: true, aim, ..State::default() };
    }

    /// Lets everything happen again, also after a death.
    pub fn rest(&self) {
        let mut state = self.state.lock().unwrap();
        (state.armed, state.dead) = (false, false);
    }

    /// Whether the step was met.
    pub fn hit(&self) -> bool {
        self.state.lock().unwrap().hit
    }

    /// Every step that was met.
    pub fn points(&self) -> Vec<Point> {
        let state = self.state.lock().unwrap();
        let all = state.seen.iter().flat_map(|(place, times)| (1..=*times).map(|time| (place.clone(), time)));
        all.collect()
    }

    /// Returns when the process has died. Several of its tasks may have said so; only the first counts.
    pub async fn death(&self) {
        while !self.is_dead() {
            self.end.notified().await;
        }
    }

    fn is_dead(&self) -> bool {
        self.state.lock().unwrap().dead
    }
}

impl Watcher for Watch {
    fn fate(&self, place: Place) -> Fate {
        let mut state = self.state.lock().unwrap();
        if state.dead {
            return Fate::DiesBefore;
        }
        if !state.armed {
            return Fate::Happens;
        }
        let name = format!("{}:{}", place.file(), place.line());
        let times = state.seen.entry(name.clone()).or_default();
        *times += 1;
        let point = (name, *times);
        let fate = match &state.aim {
            Some((aim, fate)) if *aim == point => *fate,
            _ => return Fate::Happens,
        };
        state.hit = true;
        if matches!(fate, Fate::DiesBefore | Fate::DiesAfter) {
            state.dead = true;
        }
        fate
    }

    fn died(&self) {
        self.end.notify_one();
    }
}

/// A watcher that watches this installation.
pub fn watching(market: &crate::support::Market, watch: &Arc<Watch>) {
    market.app().db.steps().watched_by(Arc::clone(watch) as Arc<dyn Watcher>);
}
