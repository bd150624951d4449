//! What the gateway needs to know to reach LiveKit, and how patient it is.
//!
//! Keeps true: the secret is never printed, and nothing signed with it travels in clear text to another machine.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

/// How to reach a LiveKit server. Start from [`Settings::new`] and change what differs.
#[derive(Clone)]
pub struct Settings {
    /// `wss://…` as LiveKit writes it, or `https://…`.
    pub url: String,
    /// The key's name; it is in every permission.
    pub api_key: String,
    /// The key.
    pub api_secret: String,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for an answer.
    pub request_timeout: Duration,
}

impl Settings {
    /// The settings used in production for this server and key.
    #[must_use]
    pub fn new(url: impl Into<String>, api_key: impl Into<String>, api_secret: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: api_key.into(),
            api_secret: api_secret.into(),
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(10),
        }
    }

    /// The server's address for our calls, and for clients.
    pub(crate) fn addresses(&self) -> Result<(String, String), SettingsError> {
        if self.api_key.is_empty() || self.api_secret.is_empty() {
            return Err(SettingsError::Key);
        }
        let url = Url::parse(&self.url).map_err(|_| SettingsError::Url)?;
        let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_safe = match url.scheme() {
            "wss" | "https" => true,
            "ws" | "http" if is_local => false,
            "ws" | "http" => return Err(SettingsError::Plain),
            _ => return Err(SettingsError::Url),
        };
        let has_more = url.query().is_some() || url.fragment().is_some() || !url.username().is_empty();
        let rest = self.url.split_once("://").map(|(_, rest)| rest.trim_end_matches('/'));
        let rest = rest.filter(|_| !has_more).ok_or(SettingsError::Url)?;
        let (call, connect) = if is_safe { ("https", "wss") } else { ("http", "ws") };
        Ok((format!("{call}://{rest}"), format!("{connect}://{rest}")))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A setting that cannot be used. Texts never repeat the secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// Not an address of a server.
    #[error("LiveKit's address must be such as wss://live.example.com, without a query")]
    Url,
    /// Permissions would travel in clear text.
    #[error("LiveKit's address must begin with wss:// or https://; ws:// is only for this machine")]
    Plain,
    /// One half of the key is missing.
    #[error("LiveKit's API key and secret must not be empty")]
    Key,
    /// The HTTP client could not be built.
    #[error("the HTTPS client could not be built: {0}")]
    Client(String),
}
