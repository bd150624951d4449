//! What the gateway needs to know to reach Stripe, and how patient it is.
//!
//! Keeps true: the secret key is never printed, and never sent in clear text to another machine.
//! Not here: where the settings come from; the application reads its environment in one place.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

/// Where Stripe itself listens.
pub const LIVE_API_BASE: &str = "https://api.stripe.com";

/// How to reach Stripe. Start from [`Settings::new`] and change what differs.
#[derive(Clone)]
pub struct Settings {
    /// `sk_..` or `rk_..`, test or live.
    pub secret_key: String,
    /// Address before `/v1`, for example [`LIVE_API_BASE`] or the sandbox on loopback.
    pub api_base: String,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the answer to one try.
    pub request_timeout: Duration,
    /// Tries of one call in all, at least one.
    pub tries: u32,
    /// Upper end of the wait before the second try; doubles with each further one.
    pub first_wait: Duration,
    /// Upper end of any wait between tries. A longer `Retry-After` ends the call instead.
    pub longest_wait: Duration,
    /// No further try is begun after this long.
    pub patience: Duration,
}

impl Settings {
    /// The settings used in production for this key and address.
    #[must_use]
    pub fn new(secret_key: impl Into<String>, api_base: impl Into<String>) -> Self {
        Self {
            secret_key: secret_key.into(),
            api_base: api_base.into(),
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(30),
            tries: 4,
            first_wait: Duration::from_millis(300),
            longest_wait: Duration::from_secs(3),
            patience: Duration::from_secs(45),
        }
    }

    pub(crate) fn livemode(&self) -> bool {
        self.secret_key.starts_with("sk_live_") || self.secret_key.starts_with("rk_live_")
    }

    /// The address without a trailing slash, refused if the key would travel unprotected.
    pub(crate) fn checked_base(&self) -> Result<String, SettingsError> {
        let key = &self.secret_key;
        let shaped = key.starts_with("sk_") || key.starts_with("rk_");
        if !shaped || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SettingsError::SecretKey);
        }
        let url = Url::parse(&self.api_base).map_err(|_| SettingsError::ApiBase)?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            "https" => {}
            "http" if loopback && !self.livemode() => {}
            "http" => return Err(SettingsError::PlainHttp),
            _ => return Err(SettingsError::ApiBase),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsError::ApiBase);
        }
        Ok(self.api_base.trim_end_matches('/').to_owned())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("api_base", &self.api_base).finish_non_exhaustive()
    }
}

/// A setting that cannot be used. Texts never repeat the key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The key is not shaped like one of Stripe's secret keys.
    #[error("the Stripe secret key must start with sk_ or rk_ and hold no space; copy it again from Stripe")]
    SecretKey,
    /// The address is not an http(s) URL without a query.
    #[error("the Stripe API base must be a URL such as https://api.stripe.com")]
    ApiBase,
    /// A key would be sent in clear text, or a live key to a stand-in.
    #[error("the Stripe API base must be https; http is only for a test key and this machine")]
    PlainHttp,
    /// The HTTP client could not be built.
    #[error("the HTTPS client could not be built: {0}")]
    Client(String),
}
