//! What every action may reach: the database, the clock, randomness, the gateways, the settings.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use livekit_gateway::LiveKit;
use media_store::MediaStore;
use stripe_gateway::StripeGateway;

use crate::config::Settings;
use crate::db::{Db, Tx};
use crate::gateways::mailer::Mailer;
use crate::kernel::{Clock, Entropy, Instant, Result};
use crate::keys::Keys;

/// The parts of a running installation.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Keys, codes and secrets.
    pub entropy: Entropy,
    /// What this installation signs with.
    pub keys: Keys,
    /// Money.
    pub stripe: StripeGateway,
    /// Files.
    pub media: MediaStore,
    /// Live rooms, where there are any.
    pub livekit: Option<LiveKit>,
    /// Mail.
    pub mailer: Mailer,
    /// Everything configured.
    pub settings: Settings,
}

/// A running installation. Clones are the same one.
#[derive(Clone)]
pub struct App {
    running: Arc<Running>,
    is_for_visitors: bool,
}

struct Running {
    parts: Parts,
    /// The same with visitors' way to the database.
    for_visitors: Parts,
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let for_visitors = Parts { db: parts.db.for_visitors(), ..parts.clone() };
        let running = Running { parts, for_visitors, kept: Mutex::default() };
        Self { running: Arc::new(running), is_for_visitors: false }
    }

    /// The same installation for public questions of those whom nobody knows (`Db::for_visitors`).
    pub fn for_visitors(&self) -> Self {
        Self { is_for_visitors: true, ..self.clone() }
    }

    /// The database by the way that payments take, also for visitors: for what all wait for together, one at a time.
    pub fn shared_db(&self) -> &Db {
        &self.running.parts.db
    }

    /// What a room keeps in the memory of this installation's process: one of each type, made when it is first asked for.
    /// Never the only place where something is true.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.running.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let one = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(one).downcast().unwrap_or_default()
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Begins a change of one thing that many change at once, now and in turn.
    pub async fn begin_in_turn(&self, key: &str) -> Result<Tx> {
        self.db.begin_in_turn(key, self.now(), self.entropy.clone()).await
    }

    /// Begins a change, now.
    pub async fn begin(&self) -> Result<Tx> {
        self.db.begin(self.now(), self.entropy.clone()).await
    }

    /// Whether a text is an address that people may be sent to: absolute and https; plain http only on this machine,
    /// to try things out.
    pub fn is_web_address(&self, text: &str) -> bool {
        let Ok(url) = url::Url::parse(text) else { return false };
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = match url.scheme() {
            "https" => url.host_str().is_some(),
            "http" => local && !self.settings.is_production(),
            _ => false,
        };
        safe && text.len() <= 2000 && url.username().is_empty() && url.password().is_none()
    }

    /// The host of PUBLIC_URL: what makes ids of ours unique in the world.
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.settings.public_url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// An address below PUBLIC_URL: `app.link("/graphql")`.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        if self.is_for_visitors { &self.running.for_visitors } else { &self.running.parts }
    }
}
