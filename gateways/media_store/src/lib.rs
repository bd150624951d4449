//! Where lessons, covers and handouts are kept: one bucket of any S3-compatible store.
//!
//! The only place in the product that knows the S3 SDK. What it keeps true: a caller sees three kinds of
//! failure and no vendor type; every call ends within a stated time; links are signed for the address a
//! browser can reach, and fix the length and type of what may be uploaded.
//! Deliberately not here: who may see a file, what a file must look like, and which key it gets. Those are
//! decisions of the media room. Nothing here keeps files longer or shorter than asked.

mod browser;
mod cdn;
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

pub use browser::{BrowserAnswer, get_as_browser, preflight_put, put_as_browser};
pub use cdn::{Cdn, CdnToken};
pub use disposition::Disposition;
pub use error::MediaStoreError;
pub use objects::{LONGEST_READ, ObjectHead, StoredObject};
pub use parts::{StoredPart, UNFINISHED_AT_ONCE, Unfinished};
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
    /// What stands before the bucket for those who watch and look; links lead to the bucket itself if nothing.
    pub cdn: Option<Cdn>,
}

/// The bucket. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct MediaStore {
    internal: Client,
    signer: Client,
    bucket: String,
    cdn: Option<Cdn>,
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
            cdn: settings.cdn,
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The address of a link, without its signature.
    async fn link(endpoint: &str, public: Option<&str>, path_style: bool) -> String {
        let store = MediaStore::connect(Settings {
            endpoint: endpoint.to_owned(),
            public_endpoint: public.map(str::to_owned),
            region: "auto".to_owned(),
            bucket: "media".to_owned(),
            access_key_id: "id".to_owned(),
            secret_access_key: "secret".to_owned(),
            path_style,
            checksums_when_required: true,
            cdn: None,
        });
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let film =
            store.presign_get("m/film", &Disposition::Inline, "video/mp4", Duration::from_secs(60), now);
        film.await.unwrap().url.split('?').next().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn a_link_names_the_bucket_where_the_store_looks_for_it() {
        let aws = "https://s3.eu-central-1.amazonaws.com";
        assert_eq!(link(aws, None, false).await, "https://media.s3.eu-central-1.amazonaws.com/m/film");
        assert_eq!(link(aws, None, true).await, "https://s3.eu-central-1.amazonaws.com/media/m/film");
        let tigris = "https://fly.storage.tigris.dev";
        assert_eq!(link(tigris, None, true).await, "https://fly.storage.tigris.dev/media/m/film");
        assert_eq!(link(tigris, None, false).await, "https://media.fly.storage.tigris.dev/m/film");
    }

    #[tokio::test]
    async fn a_link_is_for_the_address_that_browsers_reach() {
        let (inside, outside) = ("http://10.0.0.7:3900", Some("https://files.example"));
        assert_eq!(link(inside, outside, true).await, "https://files.example/media/m/film");
        assert_eq!(link(inside, outside, false).await, "https://media.files.example/m/film");
        assert_eq!(link("http://[::1]:3900", None, true).await, "http://[::1]:3900/media/m/film");
    }

    #[tokio::test]
    async fn an_upload_link_names_its_headers_and_no_checksum_of_its_own() {
        let store = MediaStore::connect(Settings {
            endpoint: "https://garage.example".to_owned(),
            public_endpoint: None,
            region: "garage".to_owned(),
            bucket: "media".to_owned(),
            access_key_id: "id".to_owned(),
            secret_access_key: "secret".to_owned(),
            path_style: true,
            checksums_when_required: true,
            cdn: None,
        });
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let upload = Upload { key: "q/film", content_type: "video/mp4", byte_size: 9, sha256: None };
        let signed = store.presign_put(upload, Duration::from_secs(60), now).await.unwrap();
        let mut names: Vec<&str> = signed.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-length", "content-type"]);
        assert!(
            signed.url.contains("%2Fgarage%2Fs3%2F") && !signed.url.contains("checksum"),
            "{}",
            signed.url
        );
    }
}
