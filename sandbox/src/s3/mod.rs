//! An S3 server over a folder: where media lie when no bucket is configured.
//!
//! The one part of the sandbox that a single creator may also run for real, so S3's security rules hold:
//! every request is signed, a signed link allows exactly what was signed, and only this process itself may
//! use the key pair (see `gate`). It keeps one bucket, survives a crash at any moment, and serves one process.
//! Last-modified dates and the life of links follow the sandbox's clock.
//! Deliberately not here: replication, versions, quotas. Who needs more uses a real bucket; only settings change.

mod backend;
mod conditions;
mod endpoint;
mod gate;
mod incoming;
mod listing;
mod multipart;
mod outgoing;
mod parts;
mod record;
mod startup;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use poem::Response;
use poem::endpoint::BoxEndpoint;
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};

use self::backend::Backend;
use self::endpoint::Bucket;
use self::outgoing::Reads;
use self::parts::Uploads;
use self::store::Store;
use crate::clock::SharedClock;

/// How the embedded server is set up.
pub struct S3Settings {
    /// The folder; created if need be. One process at a time.
    pub root: PathBuf,
    /// The one bucket, and the first part of every path: 3 to 63 of `a-z 0-9 - .`.
    pub bucket: String,
    /// The only key pair that is accepted.
    pub access_key_id: String,
    /// Never printed.
    pub secret_access_key: String,
    /// Decides when links end and dates objects. May run ahead of the machine's clock, never behind it.
    pub clock: SharedClock,
}

/// Why the folder could not be taken into use.
#[derive(Debug, thiserror::Error)]
#[error("the media folder cannot be used: {0}")]
pub struct S3OpenError(#[from] std::io::Error);

/// A running bucket; mount [`EmbeddedS3::endpoint`] to make it reachable. Cheap to clone.
#[derive(Clone)]
pub struct EmbeddedS3 {
    bucket: Arc<Bucket>,
}

impl EmbeddedS3 {
    /// Takes the folder into use. Reads every record, so it takes a second per some 50,000 objects.
    ///
    /// Fails when the folder cannot be written or another process has it.
    pub fn open(settings: S3Settings) -> Result<EmbeddedS3, S3OpenError> {
        let backend = Backend {
            store: Arc::new(Store::open(&settings.root)?),
            uploads: Arc::new(Uploads::open(&settings.root)?),
            bucket: settings.bucket.clone(),
            clock: Arc::clone(&settings.clock),
            reads: Reads::default(),
        };
        let mut any_date = S3Config::default();
        any_date.presigned_url_max_skew_time_secs = u32::MAX;
        let bucket = Bucket {
            by_header: service(&backend, &settings, S3Config::default()),
            by_link: service(&backend, &settings, any_date),
            name: settings.bucket,
            clock: settings.clock,
            places: Bucket::places(),
        };
        Ok(EmbeddedS3 { bucket: Arc::new(bucket) })
    }

    /// The bucket's name: mount the endpoint with `nest_no_strip` at a slash and this.
    pub fn bucket(&self) -> &str {
        &self.bucket.name
    }

    /// Answers S3 requests under `/{bucket}`. Mount it outside of compression and body limits: ranges and
    /// lengths must stay as they are. The request's `Host` must be what the client signed.
    pub fn endpoint(&self) -> BoxEndpoint<'static, Response> {
        endpoint::mounted(Arc::clone(&self.bucket))
    }
}

fn service(backend: &Backend, settings: &S3Settings, config: S3Config) -> S3Service {
    let mut builder = S3ServiceBuilder::new(backend.clone());
    builder.set_auth(SimpleAuth::from_single(
        settings.access_key_id.clone(),
        settings.secret_access_key.as_str(),
    ));
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}
