//! The composition root: the only place that chooses live or embedded, part by part.
//!
//! A part that is configured is live; one that is not is embedded, on this process's own port, speaking the real
//! protocol. Built without the `sandbox` feature, every part must be configured.

#[cfg(feature = "sandbox")]
mod embedded;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use livekit_gateway::LiveKit;
use media_store::{Cdn, MediaStore};
use stripe_gateway::StripeGateway;

use crate::app::{App, Parts};
use crate::config::{Secret, Settings, StripeSettings};
use crate::db::Db;
use crate::gateways::mailer::Mailer;
use crate::kernel::{Clock, Entropy};
use crate::keys::Keys;

#[cfg(feature = "sandbox")]
pub use embedded::Embedded;

const EMBEDDED_BUCKET: &str = "media";
const EMBEDDED_REGION: &str = "us-east-1";
const EMBEDDED_ACCESS_KEY: &str = "atelier";

/// Nothing is embedded in this build.
#[cfg(not(feature = "sandbox"))]
pub struct Embedded;

/// Why the process cannot start; a sentence with the way out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

/// A wired installation.
pub struct Installation {
    /// What actions reach.
    pub app: App,
    /// The embedded parts, to be mounted beside the API.
    pub embedded: Embedded,
}

/// Wires everything for a process that listens on `address` (known first, since embedded parts share the port).
pub async fn open(mut settings: Settings, address: SocketAddr) -> Result<Installation, StartError> {
    if settings.port == 0 {
        settings.public_url =
            settings.public_url.replace("localhost:0", &format!("localhost:{}", address.port()));
    }
    make_private(&settings.data_dir)?;
    let keys = keys(&settings)?;
    let clock = Clock::default();
    let db = open_database(&settings).await?;
    let own = format!("http://{}", loopback(address));
    let (embedded, outside) = outside(&mut settings, &own, &keys, &clock)?;
    let parts = Parts {
        db,
        clock,
        entropy: Entropy::default(),
        keys,
        stripe: outside.stripe,
        media: outside.media,
        livekit: livekit(&settings)?,
        mailer: outside.mailer,
        settings,
    };
    Ok(Installation { app: App::new(parts), embedded })
}

/// Wires a command that works beside a running server (`doctor`): nothing embedded is opened, since one process at a
/// time owns it; the gateways point at the running one, if any.
pub async fn beside(mut settings: Settings) -> Result<App, StartError> {
    make_private(&settings.data_dir)?;
    let keys = keys(&settings)?;
    let db = open_database(&settings).await?;
    let own = format!("http://{}", loopback(SocketAddr::new(settings.host, settings.port)));
    let media = match &settings.s3 {
        Some(s3) => live_media(s3),
        None => embedded_media(&keys, &settings, &own),
    };
    let stripe = settings.stripe.get_or_insert_with(|| StripeSettings {
        secret_key: Secret::new("sk_test_embedded"),
        publishable_key: "pk_test_embedded".to_owned(),
        webhook_secrets: Vec::new(),
        connect_webhook_secrets: Vec::new(),
        api_base: format!("{own}/sandbox/stripe/api"),
    });
    let stripe = live_stripe(stripe)?;
    let smtp = settings.smtp_url.as_ref().map_or("smtp://127.0.0.1:25", |url| url.reveal());
    let mailer = mailer(smtp, &settings)?;
    let (clock, entropy, livekit) = (Clock::default(), Entropy::default(), livekit(&settings)?);
    Ok(App::new(Parts { db, clock, entropy, keys, stripe, media, livekit, mailer, settings }))
}

async fn open_database(settings: &Settings) -> Result<Db, StartError> {
    let copy = settings.visitors.url.as_ref().map(|url| url.reveal());
    let opened = Db::open_with_visitors(
        settings.database_url.reveal(),
        settings.database_connections,
        copy,
        settings.visitors.connections,
    );
    let db = opened.await.map_err(|cause| {
        StartError(format!(
            "DATABASE_URL: the database cannot be opened ({cause}). Is it running, and is the address right?"
        ))
    })?;
    if copy.is_some() {
        db.ping().await.map_err(|cause| {
            StartError(format!(
                "DATABASE_VISITOR_URL: the replica cannot be opened ({cause}). Is it running, and is the address right?"
            ))
        })?;
    }
    Ok(db)
}

/// The gateways, each to its live or embedded counterpart.
struct Outside {
    stripe: StripeGateway,
    media: MediaStore,
    mailer: Mailer,
}

#[cfg(feature = "sandbox")]
fn outside(
    settings: &mut Settings,
    own: &str,
    keys: &Keys,
    clock: &Clock,
) -> Result<(Embedded, Outside), StartError> {
    let embedded = Embedded::open(settings, own, keys, clock)?;
    let media = match &settings.s3 {
        Some(s3) => live_media(s3),
        None => embedded_media(keys, settings, own),
    };
    let smtp = match (&settings.smtp_url, &embedded.sandbox.mail) {
        (Some(url), _) => url.reveal().to_owned(),
        (None, Some(mailbox)) => mailbox.smtp_url(),
        (None, None) => return Err(StartError("SMTP_URL is not set".to_owned())),
    };
    let stripe = match &settings.stripe {
        Some(stripe) => live_stripe(stripe)?,
        None => return Err(StartError("STRIPE_SECRET_KEY is not set".to_owned())),
    };
    let mailer = mailer(&smtp, settings)?;
    Ok((embedded, Outside { stripe, media, mailer }))
}

#[cfg(not(feature = "sandbox"))]
fn outside(settings: &mut Settings, _: &str, _: &Keys, _: &Clock) -> Result<(Embedded, Outside), StartError> {
    let missing = |name: &str| StartError(format!("{name} must be set: this build has no embedded parts"));
    let media = live_media(settings.s3.as_ref().ok_or_else(|| missing("S3_BUCKET"))?);
    let smtp = settings.smtp_url.clone().ok_or_else(|| missing("SMTP_URL"))?;
    let stripe = live_stripe(settings.stripe.as_ref().ok_or_else(|| missing("STRIPE_SECRET_KEY"))?)?;
    let mailer = mailer(smtp.reveal(), settings)?;
    Ok((Embedded, Outside { stripe, media, mailer }))
}

fn live_media(s3: &crate::config::S3Settings) -> MediaStore {
    MediaStore::connect(media_store::Settings {
        endpoint: s3.endpoint.clone().unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", s3.region)),
        public_endpoint: s3.public_endpoint.clone(),
        region: s3.region.clone(),
        bucket: s3.bucket.clone(),
        access_key_id: s3.access_key_id.clone(),
        secret_access_key: s3.secret_access_key.reveal().to_owned(),
        path_style: s3.path_style,
        checksums_when_required: s3.checksums_when_required,
        cdn: s3.cdn.as_ref().map(|cdn| Cdn {
            address: cdn.address.clone(),
            token: cdn.token,
            key: cdn.key.reveal().to_owned(),
        }),
    })
}

fn live_stripe(stripe: &StripeSettings) -> Result<StripeGateway, StartError> {
    let settings = stripe_gateway::Settings::new(stripe.secret_key.reveal(), &stripe.api_base);
    StripeGateway::connect(settings).map_err(|cause| StartError(cause.to_string()))
}

/// Nothing is embedded for it: without one, workshops take place behind links.
fn livekit(settings: &Settings) -> Result<Option<LiveKit>, StartError> {
    let made = settings.livekit.as_ref().map(|livekit| LiveKit::connect(&livekit.gateway()));
    made.transpose().map_err(|cause| StartError(format!("LIVEKIT_URL: {cause}")))
}

fn mailer(smtp: &str, settings: &Settings) -> Result<Mailer, StartError> {
    Mailer::connect(smtp, &settings.mail_from).map_err(|cause| StartError(cause.to_string()))
}

/// The configured key, or one made at the first start and kept in the data folder.
fn keys(settings: &Settings) -> Result<Keys, StartError> {
    if let Some(pem) = &settings.jwt_private_key {
        return Keys::from_setting(pem.reveal())
            .map_err(|cause| StartError(format!("JWT_PRIVATE_KEY: {cause}")));
    }
    let file = settings.data_dir.join("access-token-key.pem");
    let unusable = |cause: &dyn std::fmt::Display| StartError(format!("{}: {cause}", file.display()));
    if !file.exists() {
        let pem = Keys::generate_pem().map_err(|cause| unusable(&cause))?;
        write_private(&file, &pem).map_err(|cause| unusable(&cause))?;
    }
    let pem = fs::read_to_string(&file).map_err(|cause| unusable(&cause))?;
    Keys::from_pem(&pem).map_err(|cause| unusable(&cause))
}

fn make_private(folder: &Path) -> Result<(), StartError> {
    fs::create_dir_all(folder).map_err(|cause| {
        StartError(format!("ATELIER_DATA_DIR: the folder {} cannot be made ({cause})", folder.display()))
    })
}

/// Written whole and readable by the owner alone; never half a key after a crash.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let draft = file.with_extension("new");
    let mut open = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    open.write_all(text.as_bytes())?;
    open.sync_all()?;
    fs::rename(draft, file)
}

/// Where this process reaches itself.
fn loopback(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
    } else {
        address
    }
}

/// The adapter to the embedded S3: this machine inside, the public address in links.
fn embedded_media(keys: &Keys, settings: &Settings, own: &str) -> MediaStore {
    MediaStore::connect(media_store::Settings {
        endpoint: own.to_owned(),
        public_endpoint: Some(settings.public_url.clone()),
        region: EMBEDDED_REGION.to_owned(),
        bucket: EMBEDDED_BUCKET.to_owned(),
        access_key_id: EMBEDDED_ACCESS_KEY.to_owned(),
        secret_access_key: embedded_secret(keys, "s3").reveal().to_owned(),
        path_style: true,
        checksums_when_required: true,
        cdn: None,
    })
}

/// A secret for one of the embedded parts, the same at each start.
fn embedded_secret(keys: &Keys, of: &str) -> Secret {
    Secret::new(keys.sign(crate::keys::Purpose::Embedded, of.as_bytes()))
}
