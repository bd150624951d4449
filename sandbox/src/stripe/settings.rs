//! What one Stripe sandbox is told when it opens: keys, addresses, the clock and where its state lies.
//!
//! It keeps true that every secret and address comes from the host: nothing here reads the environment.

use std::path::PathBuf;

use crate::clock::SharedClock;

/// The one version of Stripe's API that the sandbox speaks, as the client, the data and the judge do.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// The settings of a [`StripeSandbox`](super::StripeSandbox).
#[derive(Clone)]
pub struct StripeSettings {
    /// The journal of the sandbox's state; `None` keeps everything in memory.
    pub state_file: Option<PathBuf>,
    /// The secret API key a caller must present, such as `sk_test_...`.
    pub secret_key: String,
    /// Signs the events of the platform's own endpoint.
    pub webhook_secret: String,
    /// Signs the events of connected accounts.
    pub connect_webhook_secret: String,
    /// Where the platform's events are posted; `None` keeps them undelivered and listable.
    pub platform_webhook_url: Option<String>,
    /// Where the events of connected accounts are posted.
    pub connect_webhook_url: Option<String>,
    /// The address of the hosted pages, without a closing slash: `http://localhost:8000/sandbox/stripe`.
    pub public_base: String,
    /// The time the sandbox lives in.
    pub clock: SharedClock,
    /// Makes every identifier and every chance of the fault plan repeatable; `None` draws from the system.
    pub seed: Option<u64>,
    /// Whether a background task delivers events by itself. Tests say `false` and call
    /// [`flush`](super::StripeSandbox::flush).
    pub auto_deliver: bool,
}
