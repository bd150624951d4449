//! How many sockets are open, in all and per address, and how they are all asked to end.
//!
//! An open socket costs memory for as long as its client likes, so places are counted before the upgrade and given
//! back when the session is dropped, however it ends. Stopping closes every session with 1001 and waits for them.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

/// Sizes and times of a socket.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// Sockets of this process.
    pub sockets: usize,
    /// Sockets from one address.
    pub sockets_per_address: usize,
    /// Operations at once on one socket.
    pub operations: usize,
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Messages a client may send within one second.
    pub messages_per_second: u32,
    /// From the upgrade to `connection_init`.
    pub init: Duration,
    /// Between pings; a client silent for two of them is gone.
    pub ping: Duration,
    /// Between two checks that the token is still good.
    pub recheck: Duration,
    /// For preparing an operation, and for a client to take one message.
    pub patience: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            sockets: 2_000,
            sockets_per_address: 100,
            operations: 10,
            message_bytes: 256 * 1024,
            messages_per_second: 100,
            init: Duration::from_secs(5),
            ping: Duration::from_secs(20),
            recheck: Duration::from_secs(60),
            patience: Duration::from_secs(10),
        }
    }
}

/// All sockets of this process.
pub struct Sockets {
    limits: SocketLimits,
    open: Mutex<HashMap<Option<IpAddr>, usize>>,
    stopping: watch::Sender<bool>,
    /// How many are open; watched by whoever waits for the last one.
    count: watch::Sender<usize>,
}

impl Sockets {
    /// None open.
    #[must_use]
    pub fn new(limits: SocketLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            stopping: watch::Sender::new(false),
            count: watch::Sender::new(0),
        })
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &SocketLimits {
        &self.limits
    }

    /// How many are open, for metrics.
    #[must_use]
    pub fn open(&self) -> usize {
        *self.count.borrow()
    }

    /// Asks every session to close with 1001 and waits until all have, or until the limit passes.
    /// True when none is left.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.stopping.send_replace(true);
        let mut count = self.count.subscribe();
        tokio::time::timeout(limit, count.wait_for(|open| *open == 0)).await.is_ok_and(|gone| gone.is_ok())
    }

    /// A place for one more socket, or none when the process or the address has its fill or the process is stopping.
    #[must_use]
    pub fn take_place(self: &Arc<Self>, peer: Option<IpAddr>) -> Option<Place> {
        if *self.stopping.borrow() {
            return None;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let here = open.get(&peer).copied().unwrap_or(0);
        if *self.count.borrow() >= self.limits.sockets || here >= self.limits.sockets_per_address {
            return None;
        }
        open.insert(peer, here + 1);
        self.count.send_modify(|count| *count += 1);
        Some(Place { sockets: Arc::clone(self), peer })
    }

    fn give_back(&self, peer: Option<IpAddr>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&peer) {
            Some(here) if *here > 1 => *here -= 1,
            _ => {
                open.remove(&peer);
            }
        }
        self.count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// One open socket; gives its place back when dropped.
pub struct Place {
    sockets: Arc<Sockets>,
    peer: Option<IpAddr>,
}

impl Place {
    pub(super) fn limits(&self) -> SocketLimits {
        self.sockets.limits.clone()
    }

    /// Ends when the process asks its sockets to end.
    pub(super) fn stopping(&self) -> impl Future<Output = ()> + use<> {
        let mut stopping = self.sockets.stopping.subscribe();
        async move {
            // The place keeps the sender alive, so there is no error to see.
            let _ = stopping.wait_for(|stopping| *stopping).await.is_ok();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.sockets.give_back(self.peer);
    }
}
