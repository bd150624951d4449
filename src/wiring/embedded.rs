//! The embedded parts: S3 over a folder, Stripe's sandbox, a mailbox. Each is opened only where its real counterpart
//! is not configured.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use sandbox::Sandbox;
use sandbox::clock::SharedClock;
use sandbox::mail::{MailSettings, Mailbox};
use sandbox::s3::{EmbeddedS3, S3Settings};
use sandbox::stripe::{StripeSandbox, StripeSettings as SandboxSettings};

use crate::config::{Settings, StripeSettings};
use crate::kernel::Clock;
use crate::keys::Keys;

use super::{EMBEDDED_ACCESS_KEY, EMBEDDED_BUCKET, StartError, embedded_secret};

impl sandbox::clock::Clock for Clock {
    fn now(&self) -> DateTime<Utc> {
        Clock::now(self)
    }

    fn advance(&self, by: Duration) {
        Clock::advance(self, by);
    }
}

/// What is embedded in this process.
pub struct Embedded {
    /// The parts that stand in for a real service.
    pub sandbox: Sandbox,
}

impl Embedded {
    /// Opens what is not configured. Stripe's keys of the sandbox become settings, so that nothing else differs.
    pub(super) fn open(
        settings: &mut Settings,
        own: &str,
        keys: &Keys,
        clock: &Clock,
    ) -> Result<Self, StartError> {
        let clock: SharedClock = Arc::new(clock.clone());
        let s3 = match settings.s3 {
            Some(_) => None,
            None => Some(open_s3(settings, keys, &clock)?),
        };
        let mail = match settings.smtp_url {
            Some(_) => None,
            None => Some(open_mailbox(settings, &clock)?),
        };
        let stripe = match settings.stripe {
            Some(_) => None,
            None => Some(open_stripe(settings, own, keys, &clock)?),
        };
        Ok(Self { sandbox: Sandbox { stripe, s3, mail, clock } })
    }

    /// Whether anything is embedded: then `/sandbox` answers.
    pub fn any(&self) -> bool {
        self.sandbox.s3.is_some() || self.sandbox.stripe.is_some() || self.sandbox.mail.is_some()
    }
}

fn open_s3(settings: &Settings, keys: &Keys, clock: &SharedClock) -> Result<EmbeddedS3, StartError> {
    EmbeddedS3::open(S3Settings {
        root: settings.data_dir.join("s3"),
        bucket: EMBEDDED_BUCKET.to_owned(),
        access_key_id: EMBEDDED_ACCESS_KEY.to_owned(),
        secret_access_key: embedded_secret(keys, "s3").reveal().to_owned(),
        clock: Arc::clone(clock),
    })
    .map_err(|cause| StartError(format!("{}: {cause}", settings.data_dir.join("s3").display())))
}

fn open_mailbox(settings: &Settings, clock: &SharedClock) -> Result<Mailbox, StartError> {
    let folder = settings.data_dir.join("mail");
    let opened = Mailbox::open(MailSettings { folder: Some(folder.clone()), clock: Arc::clone(clock) });
    opened.map_err(|cause| StartError(format!("{}: {cause}", folder.display())))
}

fn open_stripe(
    settings: &mut Settings,
    own: &str,
    keys: &Keys,
    clock: &SharedClock,
) -> Result<StripeSandbox, StartError> {
    let secret = |of: &str| embedded_secret(keys, of).reveal().to_owned();
    let secret_key = format!("sk_test_{}", secret("stripe").replace(['-', '_'], "0"));
    let (platform, connect) =
        (format!("whsec_{}", secret("platform")), format!("whsec_{}", secret("connect")));
    let state = settings.data_dir.join("stripe.jsonl");
    let sandbox = StripeSandbox::open(SandboxSettings {
        state_file: Some(state.clone()),
        secret_key: secret_key.clone(),
        webhook_secret: platform.clone(),
        connect_webhook_secret: connect.clone(),
        platform_webhook_url: Some(format!("{own}/webhooks/stripe")),
        connect_webhook_url: Some(format!("{own}/webhooks/stripe-connect")),
        public_base: format!("{}/sandbox/stripe", settings.public_url),
        clock: Arc::clone(clock),
        seed: None,
        auto_deliver: settings.sandbox_delivers,
    })
    .map_err(|cause| StartError(format!("{}: {cause}", state.display())))?;
    settings.stripe = Some(StripeSettings {
        publishable_key: format!("pk_test_{}", secret("publishable").replace(['-', '_'], "0")),
        secret_key: crate::config::Secret::new(secret_key),
        webhook_secrets: vec![crate::config::Secret::new(platform)],
        connect_webhook_secrets: vec![crate::config::Secret::new(connect)],
        api_base: format!("{own}/sandbox/stripe/api"),
    });
    Ok(sandbox)
}
