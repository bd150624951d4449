//! Places at once: how many requests this process runs at a time, for each purpose.
//!
//! Whoever looks around, signed in or not, never takes the place of somebody who buys, signs in or pays. Within a purpose
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
use crate::graphql::limits::{Purpose, Weight};

use super::Payer;

/// Requests a core works at in turns while they wait for the database.
const FOR_EACH_CORE: usize = 8;
/// Places there are at least.
const FEWEST: usize = 8;
/// Purchases under way: nearly all of the time they wait for Stripe, and hold nothing that others need.
const PAYING: usize = 128;
/// Requests that wait for a place of one purpose.
const WAITING: usize = 512;
/// Requests of one payer that wait for a place of its own.
const OWN_WAITING: usize = 64;

/// All places of this process.
pub(super) struct Places {
    /// Strangers' public questions, over connections of their own.
    public: Lane,
    /// What else strangers ask: over everybody's connections, so that most of those stay free.
    strangers: Lane,
    members: Lane,
    buying: Lane,
    signing_in: Lane,
    paying: Lane,
}

impl Places {
    pub(super) fn new(settings: &Settings) -> Self {
        let cores =
            settings.worker_threads.or_else(|| available_parallelism().ok().map(Into::into)).unwrap_or(1);
        let connections = usize::try_from(settings.database_connections).unwrap_or(FEWEST);
        let worked_at = (cores * FOR_EACH_CORE).max(FEWEST);
        Self {
            public: Lane::new(worked_at),
            strangers: Lane::new((connections / 2).clamp(2, worked_at)),
            members: Lane::new((connections * 3 / 4).clamp(2, worked_at)),
            buying: Lane::new(worked_at),
            // Passwords are hashed there, each for tens of milliseconds of a core.
            signing_in: Lane::new(worked_at),
            paying: Lane::new(PAYING),
        }
    }

    /// A place for what this payer wants; none if it does not come free in time, or too many wait already.
    pub(super) async fn enter(&self, payer: Payer, weight: Weight, patience: Duration) -> Option<Place> {
        let lane = match (weight.purpose, payer) {
            (Purpose::Paying, _) => &self.paying,
            (Purpose::SigningIn, _) => &self.signing_in,
            (Purpose::Buying, _) => &self.buying,
            (Purpose::Browsing, Payer::Person(_)) => &self.members,
            (Purpose::Browsing, Payer::Network(_)) if weight.is_public => &self.public,
            (Purpose::Browsing, Payer::Network(_)) => &self.strangers,
        };
        timeout(patience, lane.enter(payer)).await.ok()?
    }
}

/// A place, given back when dropped.
pub struct Place {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
    _share: Arc<Share>,
}

/// The places of one purpose.
struct Lane {
    size: usize,
    shared: Arc<Semaphore>,
    waiting: AtomicUsize,
    own: Mutex<HashMap<Payer, Weak<Share>>>,
}

/// What one payer may have of it, and how many of its requests wait for that.
struct Share {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Lane {
    fn new(size: usize) -> Self {
        Self {
            size,
            shared: Arc::new(Semaphore::new(size)),
            waiting: AtomicUsize::new(0),
            own: Mutex::default(),
        }
    }

    /// First one of one's own, then one of all: who has too many here stands in nobody's way but its own.
    async fn enter(&self, payer: Payer) -> Option<Place> {
        let share = self.share(payer);
        let own = take(&share.places, &share.waiting, OWN_WAITING).await?;
        let shared = take(&self.shared, &self.waiting, WAITING).await?;
        Some(Place { _own: own, _shared: shared, _share: share })
    }

    /// One payer's share; kept for as long as it has or awaits a place.
    fn share(&self, payer: Payer) -> Arc<Share> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = all.get(&payer).and_then(Weak::upgrade) {
            return share;
        }
        all.retain(|_, share| share.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.size.div_ceil(2)));
        let share = Arc::new(Share { places, waiting: AtomicUsize::new(0) });
        all.insert(payer, Arc::downgrade(&share));
        share
    }
}

/// A place of these, in turn; none when `most` wait already.
async fn take(places: &Arc<Semaphore>, waiting: &AtomicUsize, most: usize) -> Option<OwnedSemaphorePermit> {
    let _waiting = Waiting::begin(waiting, most)?;
    Arc::clone(places).acquire_owned().await.ok()
}

/// One who waits; no more once dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let one = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(one)
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
    async fn who_waits_for_its_own_share_fills_nobody_elses_queue() {
        let lane = Arc::new(Lane::new(4));
        let _inside = (now(&lane, 1).await, now(&lane, 1).await);
        let crowd: Vec<_> = (0..OWN_WAITING * 2)
            .map(|_| {
                let lane = Arc::clone(&lane);
                tokio::spawn(async move { timeout(Duration::from_millis(200), lane.enter(payer(1))).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(now(&lane, 2).await.is_some());
        let mut sent_away = 0;
        for one in crowd {
            sent_away += usize::from(matches!(one.await, Ok(Ok(None))));
        }
        assert_eq!(sent_away, OWN_WAITING, "what is too much for its own queue is sent away at once");
        assert_eq!(lane.waiting.load(Ordering::Relaxed), 0);
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
