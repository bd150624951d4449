//! A listening installation: opened, announced, run until told to stop, stopped with grace.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Settings;
use crate::graphql::socket::{SocketLimits, Sockets};
use crate::http::limits::ConnectionLimits;
use crate::http::slow_clients::Patient;
use crate::wiring::{self, Embedded, Installation, StartError};
use crate::{http, worker};

/// What running requests get to finish after a stop.
const GRACE: Duration = Duration::from_secs(8);

/// An installation that owns its port but does not answer yet.
pub struct Server {
    /// What actions reach.
    pub app: App,
    /// The embedded parts.
    pub embedded: Embedded,
    /// Where it listens.
    pub address: SocketAddr,
    acceptor: Patient<TcpAcceptor>,
}

impl Server {
    /// Takes the port, then wires everything.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let wanted = SocketAddr::new(settings.host, settings.port);
        let taken = |cause: std::io::Error| {
            StartError(format!(
                "PORT: cannot listen on {wanted} ({cause}). Is another Atelier running? Set PORT to a free one."
            ))
        };
        let acceptor = TcpListener::bind(wanted).into_acceptor().await.map_err(taken)?;
        let address =
            acceptor.local_addr().first().and_then(|addr| addr.as_socket_addr().copied()).unwrap_or(wanted);
        let Installation { app, embedded } = wiring::open(settings, address).await?;
        let proxies = app.settings.trusted_proxies.clone();
        let acceptor = Patient::new(acceptor, ConnectionLimits { proxies, ..ConnectionLimits::default() });
        Ok(Self { app, embedded, address, acceptor })
    }

    /// Answers, and works through jobs if `with_worker`, until `stop`. Requests under way finish first.
    pub async fn run(self, with_worker: bool, stop: CancellationToken) -> Result<(), StartError> {
        let sockets = Sockets::new(SocketLimits::default());
        let routes = http::routes(&self.app, &self.embedded, &sockets)
            .map_err(|cause| StartError(cause.to_string()))?;
        let worker = with_worker.then(|| tokio::spawn(worker::run(self.app.clone(), stop.clone())));
        let db = self.app.db.clone();
        let listening = tokio::spawn(async move { db.listen().await });
        let (stopping, closing) = (stop.clone(), Arc::clone(&sockets));
        let served = poem::Server::new_with_acceptor(self.acceptor)
            .run_with_graceful_shutdown(
                routes,
                async move {
                    stopping.cancelled().await;
                    closing.stop(GRACE).await;
                },
                Some(GRACE),
            )
            .await;
        stop.cancel();
        listening.abort();
        if let Some(worker) = worker {
            let _ = tokio::time::timeout(GRACE, worker).await;
        }
        self.app.db.close().await;
        served.map_err(|cause| StartError(format!("serving failed: {cause}")))
    }
}
