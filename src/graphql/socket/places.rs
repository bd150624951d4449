//! How many sockets are open, in all and per address, and how they are all asked to end.
//!
//! An open socket costs memory for as long as its client likes, so places are counted before the upgrade and given
//! back when the session is dropped, however it ends. Stopping closes every session with 1001 and waits for them.

use std::{net::IpAddr, sync::Arc, time::Duration};

use poem::http::StatusCode;
use tokio::sync::watch;

use crate::{
    graphql::codes::{Code, Refusal},
    http::limits::{Crowd, Seat},
};

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
    crowd: Arc<Crowd>,
    stopping: watch::Sender<bool>,
}

impl Sockets {
    /// None open.
    #[must_use]
    pub fn new(limits: SocketLimits) -> Arc<Self> {
        let crowd = Crowd::new(limits.sockets, limits.sockets_per_address);
        Arc::new(Self { limits, crowd, stopping: watch::Sender::new(false) })
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &SocketLimits {
        &self.limits
    }

    /// How many are open, for metrics.
    #[must_use]
    pub fn open(&self) -> usize {
        self.crowd.inside()
    }

    /// Asks every session to close with 1001 and waits until all have, or until the limit passes.
    /// True when none is left.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.stopping.send_replace(true);
        self.crowd.empty(limit).await
    }

    /// A place for one more socket, or stream that stands for one.
    ///
    /// # Errors
    /// 503 when the process or the address has its fill or the process is stopping.
    pub fn take_place(self: &Arc<Self>, peer: Option<IpAddr>) -> Result<Place, Refusal> {
        let seat = if *self.stopping.borrow() { None } else { self.crowd.enter(peer) };
        let seat = seat.ok_or_else(|| {
            Refusal::envelope(Code::RateLimited, "Too many sockets are open. Close one or try again later.")
                .with("retryAfterSeconds", 5)
                .with_status(StatusCode::SERVICE_UNAVAILABLE)
        })?;
        Ok(Place { sockets: Arc::clone(self), _seat: seat })
    }
}

/// One open socket; gives its place back when dropped.
pub struct Place {
    sockets: Arc<Sockets>,
    _seat: Seat,
}

impl Place {
    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> SocketLimits {
        self.sockets.limits.clone()
    }

    /// Ends when the process asks its sockets to end.
    pub fn stopping(&self) -> impl Future<Output = ()> + use<> {
        let mut stopping = self.sockets.stopping.subscribe();
        async move {
            // The place keeps the sender alive, so there is no error to see.
            let _ = stopping.wait_for(|stopping| *stopping).await.is_ok();
        }
    }
}
