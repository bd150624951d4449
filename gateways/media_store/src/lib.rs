//! Where lessons, covers and handouts are kept: one bucket of any S3-compatible store.
//!
//! The only place in the product that knows the S3 SDK. What it keeps true: a caller sees three kinds of
//! failure and no vendor type; every call ends within a stated time; links are signed for the address a
//! browser can reach, and fix the length and type of what may be uploaded.
//! Deliberately not here: who may see a file, what a file must look like, and which key it gets. Those are
//! decisions of the media room. Nothing here keeps files longer or shorter than asked.

mod disposition;
mod error;
mod files;
mod limits;
mod objects;
mod parts;
mod presign;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    retry::RetryConfig, timeout::TimeoutConfig,
};

pub use disposition::Disposition;
pub use error::MediaStoreError;
pub use objects::{LONGEST_READ, ObjectHead, StoredObject};
pub use parts::{StoredPart, Unfinished};
pub use presign::{SignedRequest, Upload};

/// How to reach the bucket.
#[derive(Clone)]
pub struct Settings {
    /// Where this process reaches the store, for example `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// Where browsers and players reach it; links are signed for this address. The same as `endpoint` if none.
    pub public_endpoint: Option<String>,
    /// The region that signatures name; `auto` for R2 and Tigris.
    pub region: String,
    /// The one bucket that is used.
    pub bucket: String,
    /// The key pair, as the store's console shows it.
    pub access_key_id: String,
    /// Never printed.
    pub secret_access_key: String,
    /// `endpoint/bucket/key` rather than `bucket.endpoint/key`. True for every store but AWS itself.
    pub path_style: bool,
    /// Send and check checksums only where S3 demands one. True for every store but AWS: several refuse the
    /// trailing checksums the SDK adds otherwise.
    pub checksums_when_required: bool,
}

/// The bucket. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct MediaStore {
    internal: Client,
    signer: Client,
    bucket: String,
}

impl MediaStore {
    /// Prepares the clients. Nothing is sent: a wrong address or key shows at the first call, see
    /// [`MediaStore::ping`].
    pub fn connect(settings: Settings) -> MediaStore {
        let public = settings.public_endpoint.as_deref().unwrap_or(&settings.endpoint);
        MediaStore {
            internal: client(&settings, &settings.endpoint),
            signer: client(&settings, public),
            bucket: settings.bucket.clone(),
        }
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }
}

/// The default HTTPS client of the SDK uses rustls with aws-lc-rs, like the rest of the process.
fn client(settings: &Settings, endpoint: &str) -> Client {
    let (calculate, validate) = match settings.checksums_when_required {
        true => (RequestChecksumCalculation::WhenRequired, ResponseChecksumValidation::WhenRequired),
        false => (RequestChecksumCalculation::WhenSupported, ResponseChecksumValidation::WhenSupported),
    };
    let timeouts =
        TimeoutConfig::builder().connect_timeout(limits::CONNECT).read_timeout(limits::READ).build();
    let credentials = Credentials::new(
        settings.access_key_id.clone(),
        settings.secret_access_key.clone(),
        None,
        None,
        "settings",
    );
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .endpoint_url(endpoint)
        .force_path_style(settings.path_style)
        .credentials_provider(credentials)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(limits::ATTEMPTS))
        .request_checksum_calculation(calculate)
        .response_checksum_validation(validate)
        .build();
    Client::from_conf(config)
}
