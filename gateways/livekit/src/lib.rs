//! The one way Atelier talks to LiveKit: permissions to come into a room, calls that act on rooms, and what LiveKit tells.
//!
//! Keeps true: every permission says what its holder may, since LiveKit allows what is left unsaid; our secret and the
//! permissions are in no log and no error; every call ends in bounded time; what is not there any more is no error where
//! it was to be taken away; a webhook is believed only with our signature over its very bytes.
//! Not here: who may come in, and what it means that somebody did. The rooms decide.
//! Sources: <https://docs.livekit.io/home/get-started/authentication/>, <https://docs.livekit.io/reference/other/roomservice-api>,
//! <https://docs.livekit.io/home/server/webhooks/>.

mod call;
mod egress;
mod error;
mod rooms;
mod settings;
mod token;
pub mod webhook;

pub use egress::{Bucket, Recording};
pub use error::LiveKitError;
pub use settings::{Settings, SettingsError};
pub use token::{Entry, NotSigned};

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::EncodingKey;

/// A LiveKit server and our key for it. Cheap to clone.
#[derive(Clone)]
pub struct LiveKit(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// Before `/twirp`.
    api: String,
    /// What clients connect to.
    address: String,
    api_key: String,
    signing: EncodingKey,
}

impl LiveKit {
    /// Checks the settings and prepares the pool. Nothing is sent yet.
    ///
    /// # Errors
    /// A [`SettingsError`] that says how to correct it.
    pub fn connect(settings: &Settings) -> Result<Self, SettingsError> {
        let (api, address) = settings.addresses()?;
        Ok(Self(Arc::new(Inner {
            http: call::client(settings)?,
            api,
            address,
            api_key: settings.api_key.clone(),
            signing: EncodingKey::from_secret(settings.api_secret.as_bytes()),
        })))
    }

    /// Where clients connect: `wss://…`, without a slash at its end.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }
}

impl fmt::Debug for LiveKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveKit").field("address", &self.0.address).finish_non_exhaustive()
    }
}
