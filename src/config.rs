//! Every setting, from the environment; all that is wrong is said at once, by name, before anything listens.
//!
//! No setting at all means embedded defaults: a SQLite file, an S3 folder, a Stripe sandbox, a mailbox. Each part can
//! be live or embedded on its own. `ATELIER_ENV=production` refuses every embedded part but SQLite. Secrets never print.

mod fairness;
mod livekit;
mod reading;
mod s3;
mod stripe;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::fairness::Allowances;
use crate::gateways::ffmpeg::Programs;
use crate::gateways::mailer;
use crate::keys::Keys;
pub use fairness::VisitorSettings;
pub use livekit::{LiveKitSettings, RecorderSettings};
use reading::Reader;
pub use reading::{ConfigError, Environment};
pub use s3::S3Settings;
pub use stripe::StripeSettings;

/// A text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Trying things out: embedded parts allowed.
    Sandbox,
    /// Real people and real money.
    Production,
}

/// Whether films and recordings are prepared for streaming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Processing {
    /// With these programs.
    On(Programs),
    /// Nobody wants it: originals are played as they are.
    Off,
    /// It would be, but the programs are not there: originals are played as they are.
    Missing,
}

/// What becomes of rows that were read for a public page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptRowsUse {
    /// The next question for them is answered without reading, while nothing has changed.
    Yes,
    /// They are read each time.
    No,
    /// They are kept and read nevertheless, and a difference is a fault: finds changes that no event tells of.
    Proved,
}

/// Everything configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sandbox or production.
    pub stage: Stage,
    /// Where the API listens.
    pub host: IpAddr,
    /// Where the API listens; 0 takes a free port.
    pub port: u16,
    /// Used in links; no slash at the end.
    pub public_url: String,
    /// SQLite file, embedded S3 folder, sandbox state, generated keys.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: Secret,
    /// Connections in the pool.
    pub database_connections: u32,
    /// How visitors' public questions reach the database.
    pub visitors: VisitorSettings,
    /// What one caller may ask for over time.
    pub allowances: Allowances,
    /// Room for public answers that are kept, in MiB; 0 = none is kept.
    pub answer_cache_mib: u32,
    /// Whether rows of public pages are kept between questions.
    pub kept_rows: KeptRowsUse,
    /// None = embedded.
    pub s3: Option<S3Settings>,
    /// None = embedded.
    pub stripe: Option<StripeSettings>,
    /// None = no rooms of our own: workshops take place behind links.
    pub livekit: Option<LiveKitSettings>,
    /// None = embedded mailbox.
    pub smtp_url: Option<Secret>,
    /// Whom mail is from.
    pub mail_from: String,
    /// PKCS#8 PEM; None = generated into the data folder.
    pub jwt_private_key: Option<Secret>,
    /// Threads that run requests; None = one a core.
    pub worker_threads: Option<usize>,
    /// What to log, as `tracing`'s filters.
    pub log: String,
    /// Log as JSON lines instead of text.
    pub log_json: bool,
    /// The country of the business that sells, as the payment sheet needs it.
    pub merchant_country: String,
    /// The platform's part of a sale, in basis points (10,000 = all).
    pub platform_fee_basis_points: u32,
    /// Days in which a buyer may ask for the money back; shares stay held that long.
    pub refund_window_days: u32,
    /// Whether a buyer whose bank disputes a payment loses what it bought until the bank decides.
    pub dispute_revokes_access: bool,
    /// Whether the creator pays the bank's fee for a lost dispute; otherwise the platform does.
    pub dispute_fee_from_creator: bool,
    /// Whether Stripe Tax works out what of a price is tax; quotes need the buyer's country then.
    pub stripe_tax: bool,
    /// Whether films and recordings are prepared for streaming.
    pub media_processing: Processing,
    /// The longest time one run of ffmpeg may take; none = as long as its film deserves.
    pub media_step: Option<Duration>,
    /// On how many devices one person may play at once.
    pub playback_devices: u32,
    /// Whether any document is answered, or registered ones alone.
    pub any_document: bool,
    /// Whether introspection and GraphiQL are on.
    pub introspection: bool,
    /// Whether the embedded Stripe delivers its events by itself; tests deliver them at the moment they choose.
    pub sandbox_delivers: bool,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Settings {
    /// Reads and checks everything.
    pub fn from(environment: &Environment) -> Result<Self, ConfigError> {
        let mut read = Reader::new(environment);
        let settings = Self::read(&mut read);
        read.finish(settings)
    }

    fn read(read: &mut Reader<'_>) -> Self {
        let stage =
            read.choice("ATELIER_ENV", &[("sandbox", Stage::Sandbox), ("production", Stage::Production)]);
        let port = read.number("PORT", 8000, 0..=65535) as u16;
        let data_dir = PathBuf::from(read.text("ATELIER_DATA_DIR", ".atelier"));
        let sqlite = format!("sqlite://{}", data_dir.join("atelier.db").display());
        let settings = Self {
            stage,
            host: read.parsed("HOST", "127.0.0.1", "an address to listen on, such as 127.0.0.1 or 0.0.0.0"),
            port,
            public_url: read.url("PUBLIC_URL", &format!("http://localhost:{port}")),
            database_url: Secret::new(read.text("DATABASE_URL", &sqlite)),
            database_connections: read.number("DATABASE_CONNECTIONS", 10, 1..=200) as u32,
            visitors: fairness::visitors(read),
            allowances: fairness::allowances(read),
            answer_cache_mib: read.number("ANSWER_CACHE_MIB", 16, 0..=4096) as u32,
            kept_rows: read.choice(
                "KEPT_ROWS",
                &[("yes", KeptRowsUse::Yes), ("no", KeptRowsUse::No), ("proved", KeptRowsUse::Proved)],
            ),
            data_dir,
            s3: s3::read(read),
            stripe: stripe::read(read),
            livekit: livekit::read(read, stage),
            smtp_url: read.secret("SMTP_URL"),
            mail_from: read.text("MAIL_FROM", "Atelier <hello@localhost>"),
            jwt_private_key: read.secret("JWT_PRIVATE_KEY"),
            worker_threads: read.optional_number("WORKER_THREADS", 1..=256),
            log: read.log_filter(),
            log_json: read.choice("LOG_FORMAT", &[("text", false), ("json", true)]),
            merchant_country: read_country(read, "MERCHANT_COUNTRY", "AT"),
            platform_fee_basis_points: read.number("PLATFORM_FEE_BASIS_POINTS", 1000, 0..=10_000) as u32,
            refund_window_days: read.number("REFUND_WINDOW_DAYS", 14, 0..=365) as u32,
            dispute_revokes_access: read.choice("DISPUTE_ACCESS", &[("revoke", true), ("keep", false)]),
            dispute_fee_from_creator: read
                .choice("DISPUTE_FEE_PAID_BY", &[("platform", false), ("creator", true)]),
            stripe_tax: read.choice("STRIPE_TAX", &[("off", false), ("on", true)]),
            media_processing: read_processing(read),
            media_step: read
                .optional_number("MEDIA_STEP_SECONDS", 1..=86_400)
                .map(|seconds| Duration::from_secs(seconds as u64)),
            playback_devices: read.number("PLAYBACK_DEVICES", 3, 1..=100) as u32,
            introspection: read.choice(
                "GRAPHQL_INTROSPECTION",
                if stage == Stage::Production {
                    &[("off", false), ("on", true)]
                } else {
                    &[("on", true), ("off", false)]
                },
            ),
            any_document: read.choice("DOCUMENTS", &[("any", true), ("registered", false)]),
            sandbox_delivers: true,
            trusted_proxies: read.addresses("TRUSTED_PROXIES"),
        };
        if !settings.database_url.reveal().starts_with("sqlite://")
            && !settings.database_url.reveal().starts_with("postgres://")
            && !settings.database_url.reveal().starts_with("postgresql://")
        {
            read.wrong("DATABASE_URL", "must begin with sqlite:// or postgres://");
        }
        if stage == Stage::Production {
            settings.check_production(read);
        }
        settings.check_usable(read);
        settings
    }

    /// What would be unsafe with real people and real money.
    fn check_production(&self, read: &mut Reader<'_>) {
        read.must_be_https("PUBLIC_URL", &self.public_url);
        match &self.stripe {
            None => read.wrong(
                "STRIPE_SECRET_KEY",
                "is required in production: the embedded Stripe takes no real money",
            ),
            Some(stripe) => {
                read.must_be_https("STRIPE_API_BASE", &stripe.api_base);
                if !["sk_live_", "rk_live_"].iter().any(|live| stripe.secret_key.reveal().starts_with(live)) {
                    read.wrong(
                        "STRIPE_SECRET_KEY",
                        "must be a live key (sk_live_… or rk_live_…) in production",
                    );
                }
            }
        }
        match &self.s3 {
            None => read.wrong(
                "S3_BUCKET",
                "is required in production, with S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY",
            ),
            Some(s3) => {
                for (name, url) in
                    [("S3_ENDPOINT", &s3.endpoint), ("S3_PUBLIC_ENDPOINT", &s3.public_endpoint)]
                {
                    if let Some(url) = url {
                        read.must_be_https(name, url);
                    }
                }
            }
        }
        match &self.smtp_url {
            None => read.wrong("SMTP_URL", "is required in production: the embedded mailbox reaches nobody"),
            Some(url) if url.reveal().starts_with("smtp://") && !url.reveal().contains("tls=required") => {
                read.wrong("SMTP_URL", "must be smtps:// (or smtp://…?tls=required) in production");
            }
            Some(_) => {}
        }
        if self.mail_from.ends_with("@localhost>") {
            read.wrong("MAIL_FROM", "is required in production: an address your mail server may send from");
        }
        if self.jwt_private_key.is_none() {
            read.wrong(
                "JWT_PRIVATE_KEY",
                "is required in production: `openssl genpkey -algorithm ed25519` makes one",
            );
        }
    }

    /// What only the part that uses it can judge. It is asked now, so that a start never stops half way for it.
    fn check_usable(&self, read: &mut Reader<'_>) {
        if let Some(Err(cause)) = self.jwt_private_key.as_ref().map(|pem| Keys::from_setting(pem.reveal())) {
            read.wrong("JWT_PRIVATE_KEY", &format!("cannot be used: {cause}"));
        }
        // Without the cause: it may quote the address, and the address holds the password.
        if self.smtp_url.as_ref().is_some_and(|url| mailer::server(url.reveal()).is_err()) {
            read.wrong("SMTP_URL", "must be an address such as smtps://user:password@smtp.example.com");
        }
        if self.s3.is_none() && self.livekit.as_ref().is_some_and(|livekit| livekit.recorder.is_some()) {
            read.wrong(
                "LIVEKIT_RECORD",
                "needs a bucket of your own (S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY): LiveKit cannot reach \
                 the embedded one",
            );
        }
        if mailer::sender(&self.mail_from).is_err() {
            read.wrong("MAIL_FROM", "must be a sender such as Atelier <hello@example.com>");
        }
    }

    /// Whether this is production.
    pub fn is_production(&self) -> bool {
        self.stage == Stage::Production
    }
}

fn read_processing(read: &mut Reader<'_>) -> Processing {
    let wanted = read.choice("MEDIA_PROCESSING", &[("auto", None), ("on", Some(true)), ("off", Some(false))]);
    let programs = Programs::find(&read.text("PATH", "/usr/local/bin:/usr/bin:/bin"));
    match (wanted, programs) {
        (Some(false), _) => Processing::Off,
        (_, Some(programs)) => Processing::On(programs),
        (None, None) => Processing::Missing,
        (Some(true), None) => {
            read.wrong("MEDIA_PROCESSING", "is on, but ffmpeg and ffprobe are not both on the PATH");
            Processing::Missing
        }
    }
}

fn read_country(read: &mut Reader<'_>, name: &str, default: &str) -> String {
    let code = read.text(name, default);
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        read.wrong(name, "must be a country's two letters, such as AT");
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn production() -> Environment {
        let Ok(key) = crate::keys::Keys::generate_pem() else { unreachable!("keys can be made") };
        Environment::default()
            .with("ATELIER_ENV", "production")
            .with("PUBLIC_URL", "https://atelier.example")
            .with("DATABASE_URL", "postgres://atelier@db/atelier")
            .with("S3_BUCKET", "media")
            .with("S3_ACCESS_KEY_ID", "id")
            .with("S3_SECRET_ACCESS_KEY", "s3-secret-value")
            .with("STRIPE_SECRET_KEY", "sk_live_0123456789")
            .with("STRIPE_PUBLISHABLE_KEY", "pk_live_0123456789")
            .with("STRIPE_WEBHOOK_SECRET", "whsec_0123456789abcdef")
            .with("STRIPE_CONNECT_WEBHOOK_SECRET", "whsec_fedcba9876543210")
            .with("SMTP_URL", "smtps://user:mail-secret-value@mail.example")
            .with("MAIL_FROM", "Atelier <hello@atelier.example>")
            .with("JWT_PRIVATE_KEY", key)
    }

    fn wrong(environment: &Environment) -> Vec<String> {
        Settings::from(environment).map_or_else(|error| error.0, |_| Vec::new())
    }

    #[test]
    fn no_setting_at_all_is_a_sandbox() {
        let Ok(settings) = Settings::from(&Environment::default()) else {
            panic!("the defaults are refused")
        };
        assert_eq!(settings.public_url, "http://localhost:8000");
        assert_eq!(settings.database_url.reveal(), "sqlite://.atelier/atelier.db");
        assert!(settings.introspection && settings.s3.is_none() && settings.stripe.is_none());
    }

    #[test]
    fn a_whole_production_is_taken() {
        assert_eq!(wrong(&production()), Vec::<String>::new());
    }

    #[test]
    fn each_bad_setting_is_refused_by_name() {
        let bad = [
            ("PUBLIC_URL", "http://atelier.example"),
            ("PUBLIC_URL", "atelier"),
            ("STRIPE_SECRET_KEY", "sk_test_0123456789"),
            ("STRIPE_SECRET_KEY", "hello"),
            ("STRIPE_PUBLISHABLE_KEY", "pk_test_0123456789"),
            ("STRIPE_PUBLISHABLE_KEY", "sk_live_0123456789"),
            ("STRIPE_PUBLISHABLE_KEY", ""),
            ("MERCHANT_COUNTRY", "Austria"),
            ("STRIPE_WEBHOOK_SECRET", "short"),
            ("STRIPE_WEBHOOK_SECRET", ""),
            ("STRIPE_API_BASE", "http://stripe.example"),
            ("S3_ENDPOINT", "http://s3.example"),
            ("S3_CHECKSUMS", "never"),
            ("S3_SECRET_ACCESS_KEY", ""),
            ("SMTP_URL", "smtp://mail.example"),
            ("SMTP_URL", ""),
            ("JWT_PRIVATE_KEY", ""),
            ("DATABASE_URL", "mysql://db"),
            ("DATABASE_VISITOR_URL", "sqlite://copy.db"),
            ("VISITOR_UNITS_PER_SECOND", "many"),
            ("PORT", "abc"),
            ("HOST", "nowhere"),
            ("LOG_FORMAT", "xml"),
            ("ATELIER_ENV", "prod"),
            ("TRUSTED_PROXIES", "10.0.0"),
            ("MAIL_FROM", ""),
        ];
        for (name, value) in bad {
            let found = wrong(&production().with(name, value));
            assert!(found.iter().any(|line| line.starts_with(name)), "{name}={value:?}: {found:?}");
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_no_secret_is() {
        let several = production()
            .with("PUBLIC_URL", "http://x")
            .with("PORT", "-1")
            .with("STRIPE_SECRET_KEY", "sk_test_x")
            .with("STRIPE_PUBLISHABLE_KEY", "pk_test_x");
        let Err(error) = Settings::from(&several) else { panic!("taken") };
        assert_eq!(error.0.len(), 3, "{error}");
        let shown = format!("{error} {:?}", Settings::from(&production()));
        for secret in [
            "s3-secret-value",
            "mail-secret-value",
            "sk_live_0123456789",
            "whsec_0123456789abcdef",
            "PRIVATE KEY",
        ] {
            assert!(!shown.contains(secret), "{secret} is shown");
        }
    }
}
