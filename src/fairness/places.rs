//! Places at once: how many requests this process runs at a time, for each purpose.
//!
//! Whoever looks around, signed in or not, never takes the place of somebody who signs in or pays. Within a purpose
//! nobody has more than half of the places, and who waits does so in order, for a moment; a queue that is full sends
//! away at once, which costs less than making people wait for nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::config::Settings;
use crate::graphql::limits::Purpose;

use super::Payer;

/// Requests a core works at in turns while they wait for the database.
const FOR_EACH_CORE: usize = 8;
/// Places there are at least.
const FEWEST: usize = 8;
/// Requests that wait for a place of one purpose.
const WAITING: usize = 512;

/// All places of this process.
pub(super) struct Places {
    visitors: Lane,
    members: Lane,
    counter: Lane,
}

impl Places {
    pub(super) fn new(settings: &Settings) -> Self {
        let cores = settings.worker_threads.or_else(|| available_parallelism().ok().map(Into::into));
        let browsing = (cores.unwrap_or(1) * FOR_EACH_CORE).max(FEWEST);
        // More changes at once than connections would only wait further inside.
        let counter = usize::try_from(settings.database_connections).unwrap_or(FEWEST).max(FEWEST);
        Self { visitors: Lane::new(browsing), members: Lane::new(browsing), counter: Lane::new(counter) }
    }

    /// A place for what this payer wants; none if it does not come free in time, or too many wait already.
    pub(super) async fn enter(&self, payer: Payer, purpose: Purpose, patience: Duration) -> Option<Place> {
        let lane = match (purpose, payer) {
            (Purpose::SigningIn | Purpose::Paying, _) => &self.counter,
            (Purpose::Browsing, Payer::Network(_)) => &self.visitors,
            (Purpose::Browsing, Payer::Person(_)) => &self.members,
        };
        timeout(patience, lane.enter(payer)).await.ok()?
    }
}

/// A place, given back when dropped.
#[derive(Debug)]
pub struct Place {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

/// The places of one purpose.
struct Lane {
    size: usize,
    shared: Arc<Semaphore>,
    own: Mutex<HashMap<Payer, Weak<Semaphore>>>,
    waiting: AtomicUsize,
}

impl Lane {
    fn new(size: usize) -> Self {
        Self {
            size,
            shared: Arc::new(Semaphore::new(size)),
            own: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    async fn enter(&self, payer: Payer) -> Option<Place> {
        let _waiting = Waiting::begin(&self.waiting)?;
        // One's own first: who has too many here does not stand in others' way.
        let own = self.own(payer).acquire_owned().await.ok()?;
        let shared = Arc::clone(&self.shared).acquire_owned().await.ok()?;
        Some(Place { _own: own, _shared: shared })
    }

    /// What one payer may have of it; kept for as long as the payer has or awaits a place.
    fn own(&self, payer: Payer) -> Arc<Semaphore> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get(&payer).and_then(Weak::upgrade) {
            return own;
        }
        all.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(self.size.div_ceil(2)));
        all.insert(payer, Arc::downgrade(&own));
        own
    }
}

/// One who waits; no more once dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Option<Self> {
        let one = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(one)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn payer(last: u8) -> Payer {
        Payer::Network(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    /// What is there to be had without waiting.
    async fn now(lane: &Lane, last: u8) -> Option<Place> {
        timeout(Duration::ZERO, lane.enter(payer(last))).await.ok().flatten()
    }

    #[tokio::test]
    async fn nobody_has_more_than_half_and_what_is_given_back_is_had_again() {
        let lane = Lane::new(4);
        let mine = [now(&lane, 1).await, now(&lane, 1).await, now(&lane, 1).await];
        assert_eq!(mine.iter().flatten().count(), 2);
        let others = [now(&lane, 2).await, now(&lane, 2).await, now(&lane, 3).await];
        assert_eq!(others.iter().flatten().count(), 2, "all four are taken");
        drop(mine);
        assert!(now(&lane, 3).await.is_some());
        drop(others);
        assert!(now(&lane, 4).await.is_some());
        assert_eq!(lane.own.lock().map(|own| own.len()).ok(), Some(1), "who left is forgotten");
    }

    #[tokio::test]
    async fn a_full_queue_sends_away_at_once() {
        let lane = Lane::new(2);
        let _inside = (now(&lane, 1).await, now(&lane, 2).await);
        lane.waiting.store(WAITING, Ordering::Relaxed);
        let asked = timeout(Duration::from_secs(5), lane.enter(payer(3))).await;
        assert!(asked.is_ok_and(|place| place.is_none()));
        assert_eq!(lane.waiting.load(Ordering::Relaxed), WAITING, "who is sent away does not count");
    }
}
