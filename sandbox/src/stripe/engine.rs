//! The one place where the sandbox's state is held and changed.
//!
//! Every operation runs alone (a lock), on a present in which open sessions past their end are already expired,
//! and is written before anybody hears of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tokio::sync::Notify;

use super::contract::Violations;
use super::error::StripeError;
use super::faults::FaultPlan;
use super::idempotency;
use super::payouts;
use super::refunds;
use super::requests::RequestLog;
use super::sessions;
use super::settings::StripeSettings;
use super::state::{Store, notes};
use super::subscriptions;
use super::tx::{Caller, Tx};

struct State {
    store: Store,
    rng: StdRng,
    faults: FaultPlan,
    next_due: i64,
}

/// What all clones of a sandbox share.
pub(crate) struct Engine {
    pub settings: StripeSettings,
    state: Mutex<State>,
    running: Mutex<HashSet<String>>,
    pub violations: Violations,
    pub requests: RequestLog,
    /// Wakes the courier after a change.
    pub wake: Arc<Notify>,
    /// Held by whoever delivers, so that order is kept.
    pub courier: tokio::sync::Mutex<()>,
}

impl Engine {
    /// Reads the state and is ready.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub fn open(settings: StripeSettings) -> std::io::Result<Self> {
        let now = settings.clock.now().timestamp();
        let is_over = |table: &str, row: &Value| table == notes::KEY && idempotency::is_over(row, now);
        let store = Store::open(settings.state_file.as_deref(), is_over)?;
        let rng = match settings.seed {
            // A reopened state must not draw the identifiers it already gave away.
            Some(seed) => StdRng::seed_from_u64(seed.wrapping_add((store.count("event") as u64) << 32)),
            None => StdRng::from_rng(&mut rand::rng()),
        };
        let state = State { store, rng, faults: FaultPlan::default(), next_due: i64::MIN };
        Ok(Self {
            settings,
            state: Mutex::new(state),
            running: Mutex::default(),
            violations: Violations::default(),
            requests: RequestLog::default(),
            wake: Arc::default(),
            courier: tokio::sync::Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.settings.clock.now().timestamp()
    }

    /// Runs an operation: all of it is written, or, when it is refused, none of it.
    ///
    /// # Errors
    /// The operation's own refusal; a 500 when the journal cannot be written.
    pub fn transact<T>(
        &self,
        caller: Caller,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StripeError>,
    ) -> Result<T, StripeError> {
        let mut state = self.state();
        let State { store, rng, faults, next_due } = &mut *state;
        let mut tx = Tx {
            store,
            rng,
            settings: &self.settings,
            violations: &self.violations,
            faults,
            next_due,
            caller: Caller::default(),
            now: self.now(),
            keep: false,
        };
        if *tx.next_due <= tx.now {
            pass_time(&mut tx);
            write(&mut tx)?;
        }
        tx.caller = caller;
        let result = work(&mut tx);
        if result.is_err() && !tx.keep {
            tx.store.roll_back();
        }
        // Only a change can have made something to deliver; the courier's own looks must not wake it again.
        let changed = tx.store.has_changes();
        write(&mut tx)?;
        drop(state);
        if changed {
            self.wake.notify_one();
        }
        result
    }

    /// Looks at the state without changing it.
    pub fn look<T>(&self, at: impl FnOnce(&Store) -> T) -> T {
        at(&self.state().store)
    }

    /// Asks the fault plan, or replaces it.
    pub fn faults<T>(&self, with: impl FnOnce(&mut FaultPlan) -> T) -> T {
        with(&mut self.state().faults)
    }

    /// The id of a new request.
    pub fn request_id(&self) -> String {
        let number: u64 = self.state().rng.random();
        format!("req_{}", &hex::encode(number.to_be_bytes())[..14])
    }

    /// Marks a key as running; `None` when it already is.
    pub fn run_key(&self, key: &str) -> Option<RunningKey<'_>> {
        let fresh = self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
        fresh.then(|| RunningKey { engine: self, key: key.to_owned() })
    }
}

/// What happened by itself until now; and when the next thing will.
pub(crate) fn pass_time(tx: &mut Tx<'_>) {
    *tx.next_due = i64::MAX;
    sessions::expire_due(tx);
    refunds::fail_due(tx);
    payouts::pass_time(tx);
    subscriptions::advance(tx);
}

fn write(tx: &mut Tx<'_>) -> Result<(), StripeError> {
    tx.store.commit().map_err(|error| {
        tracing::error!(%error, "the sandbox's journal cannot be written");
        StripeError::internal()
    })
}

/// A key in use; free again when this goes.
pub(crate) struct RunningKey<'a> {
    engine: &'a Engine,
    key: String,
}

impl Drop for RunningKey<'_> {
    fn drop(&mut self) {
        self.engine.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
