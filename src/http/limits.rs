//! How much of the server one client may hold: sizes, times, and places counted per address.
//!
//! Not here: what a GraphQL document may ask for (`graphql::limits`) and limits per account over time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// Limits of one GraphQL request over HTTP.
#[derive(Debug, Clone)]
pub struct HttpLimits {
    /// Bytes of a request body.
    pub body_bytes: usize,
    /// From a request having been read to its answer.
    pub deadline: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self { body_bytes: crate::graphql::request::BODY_BYTES, deadline: Duration::from_secs(10) }
    }
}

/// Limits of one TCP connection, whatever is spoken on it.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections of this process.
    pub connections: usize,
    /// Connections from one address.
    pub connections_per_address: usize,
    /// Proxies: one address for everybody, so theirs are counted in all alone.
    pub proxies: Vec<IpAddr>,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// Bytes of a request's head, address included.
    pub head_bytes: usize,
    /// Time a client may keep us waiting for a body, or for room to write an answer, before its pace counts.
    pub body: Duration,
    /// Bytes a second that give a client that time back: a large upload may last as long as it moves.
    pub bytes_per_second: u64,
    /// From the end of a request to the first byte of its answer.
    pub answer: Duration,
    /// Between two requests.
    pub idle: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_address: 512,
            proxies: Vec::new(),
            head: Duration::from_secs(10),
            head_bytes: 64 * 1024,
            body: Duration::from_secs(30),
            bytes_per_second: 8 * 1024,
            answer: Duration::from_secs(120),
            idle: Duration::from_secs(75),
        }
    }
}

/// Counts who is inside, in all and per address.
pub struct Crowd {
    most: usize,
    most_per_address: usize,
    inside: Mutex<HashMap<Option<IpAddr>, usize>>,
    count: watch::Sender<usize>,
}

impl Crowd {
    /// Nobody inside yet.
    #[must_use]
    pub fn new(most: usize, most_per_address: usize) -> Arc<Self> {
        Arc::new(Self { most, most_per_address, inside: Mutex::default(), count: watch::Sender::new(0) })
    }

    /// A place, given back when dropped; none when all are taken, or all of this address. Without an address it is one of all.
    #[must_use]
    pub fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let here = inside.get(&address).copied().unwrap_or(0);
        if *self.count.borrow() >= self.most || (address.is_some() && here >= self.most_per_address) {
            return None;
        }
        inside.insert(address, here + 1);
        self.count.send_modify(|count| *count += 1);
        Some(Seat { crowd: Arc::clone(self), address })
    }

    /// How many are inside, for metrics.
    #[must_use]
    pub fn inside(&self) -> usize {
        *self.count.borrow()
    }

    /// Waits until nobody is inside, or until the limit passes. True when nobody is left.
    pub async fn empty(&self, limit: Duration) -> bool {
        let mut count = self.count.subscribe();
        tokio::time::timeout(limit, count.wait_for(|inside| *inside == 0))
            .await
            .is_ok_and(|seen| seen.is_ok())
    }

    fn leave(&self, address: Option<IpAddr>) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        match inside.get_mut(&address) {
            Some(here) if *here > 1 => *here -= 1,
            _ => {
                inside.remove(&address);
            }
        }
        self.count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// One place inside.
pub struct Seat {
    crowd: Arc<Crowd>,
    address: Option<IpAddr>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.crowd.leave(self.address);
    }
}
