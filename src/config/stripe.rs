//! How Stripe is reached: all of its settings, or none for the embedded one.

use super::Secret;
use super::reading::Reader;

/// A Stripe account.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// `sk_live_…` or `sk_test_…`.
    pub secret_key: Secret,
    /// `pk_live_…` or `pk_test_…`: given to apps, which open Stripe's sheet with it. No secret.
    pub publishable_key: String,
    /// Current and previous secrets of the platform endpoint.
    pub webhook_secrets: Vec<Secret>,
    /// Current and previous secrets of the connect endpoint.
    pub connect_webhook_secrets: Vec<Secret>,
    /// Stripe's address, or a stand-in's.
    pub api_base: String,
}

/// All of it, or none.
pub(super) fn read(read: &mut Reader<'_>) -> Option<StripeSettings> {
    let names = [
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_CONNECT_WEBHOOK_SECRET",
    ];
    if !read.all_or_none("the embedded Stripe", &names, &["STRIPE_API_BASE"]) {
        return None;
    }
    let secret_key = read.text("STRIPE_SECRET_KEY", "");
    if !["sk_", "rk_"].iter().any(|start| secret_key.starts_with(start)) {
        read.wrong("STRIPE_SECRET_KEY", "must begin with sk_ or rk_");
    }
    let publishable_key = read.text("STRIPE_PUBLISHABLE_KEY", "");
    let mode = |key: &str| key.get(2..8).map(str::to_owned);
    if !publishable_key.is_empty()
        && (!publishable_key.starts_with("pk_") || mode(&publishable_key) != mode(&secret_key))
    {
        read.wrong(
            "STRIPE_PUBLISHABLE_KEY",
            "must begin with pk_ and be of the secret key's mode (live or test)",
        );
    }
    Some(StripeSettings {
        secret_key: Secret::new(secret_key),
        publishable_key,
        webhook_secrets: read.webhook_secrets("STRIPE_WEBHOOK_SECRET"),
        connect_webhook_secrets: read.webhook_secrets("STRIPE_CONNECT_WEBHOOK_SECRET"),
        api_base: read.url("STRIPE_API_BASE", "https://api.stripe.com"),
    })
}
