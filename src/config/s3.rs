//! A bucket's settings, and what stores differ in.
//!
//! Kept true: who sets nothing but address, bucket and keys gets what that store wants (region, addressing,
//! checksums); each of these can be set instead. Stores are told apart by the host of their address alone.
//! Not here: whether the bucket works. `atelier doctor` tries that.

use media_store::CdnToken;

use super::Secret;
use super::reading::Reader;

/// A content delivery network before the bucket.
#[derive(Clone, Debug)]
pub struct CdnSettings {
    /// `https://…`, without a path.
    pub address: String,
    /// How it is told that a link is ours.
    pub token: CdnToken,
    /// The secret shared with it.
    pub key: Secret,
}

/// A bucket somewhere.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// `https://…`; None = AWS.
    pub endpoint: Option<String>,
    /// Where browsers reach it, if elsewhere.
    pub public_endpoint: Option<String>,
    /// Bucket name.
    pub bucket: String,
    /// `auto` for R2 and Tigris.
    pub region: String,
    /// Key id.
    pub access_key_id: String,
    /// Key.
    pub secret_access_key: Secret,
    /// Bucket in the path instead of the host name.
    pub path_style: bool,
    /// Checksums only where S3 demands one: several stores refuse the others.
    pub checksums_when_required: bool,
    /// None = viewers read from the bucket itself.
    pub cdn: Option<CdnSettings>,
}

/// What is known of a store by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    Aws,
    /// One store for the whole world: R2, Tigris.
    Worldwide,
    Other,
}

/// Hosts of worldwide stores; they end so.
const WORLDWIDE: [&str; 3] = [".r2.cloudflarestorage.com", ".storage.tigris.dev", ".storage.dev"];

impl Store {
    fn at(endpoint: Option<&str>) -> Self {
        let Some(endpoint) = endpoint else { return Self::Aws };
        let url = url::Url::parse(endpoint).ok();
        let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
        let is_below = |domain: &&str| host.ends_with(*domain);
        if [".amazonaws.com", ".amazonaws.com.cn"].iter().any(is_below) {
            Self::Aws
        } else if WORLDWIDE.iter().any(is_below) {
            Self::Worldwide
        } else {
            Self::Other
        }
    }

    fn region(self) -> &'static str {
        if self == Self::Worldwide { "auto" } else { "us-east-1" }
    }

    /// The first is the default.
    fn path_styles(self) -> [(&'static str, bool); 2] {
        let (yes, no) = (("true", true), ("false", false));
        if self == Self::Aws { [no, yes] } else { [yes, no] }
    }

    /// The first is the default.
    fn checksums(self) -> [(&'static str, bool); 2] {
        let (required, supported) = (("when-required", true), ("when-supported", false));
        if self == Self::Aws { [supported, required] } else { [required, supported] }
    }
}

/// What the settings of a network are called; all or none.
const CDN: [&str; 3] = ["CDN_URL", "CDN_TOKEN", "CDN_KEY"];

fn cdn(read: &mut Reader<'_>) -> Option<CdnSettings> {
    if !read.all_or_none("the bucket itself", &CDN, &[]) {
        return None;
    }
    let address = read.optional_url("CDN_URL")?;
    if url::Url::parse(&address).is_ok_and(|url| url.path() != "/" || url.query().is_some()) {
        read.wrong("CDN_URL", "must have no path: its root is the root of the bucket");
    }
    let known = [("bunny", CdnToken::Bunny), ("cloudflare", CdnToken::Cloudflare)];
    let token = read.choice("CDN_TOKEN", &known);
    Some(CdnSettings { address, token, key: Secret::new(read.text("CDN_KEY", "")) })
}

/// None = embedded.
pub(super) fn read(read: &mut Reader<'_>) -> Option<S3Settings> {
    let needed = ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
    let others = ["S3_ENDPOINT", "S3_REGION", "S3_PUBLIC_ENDPOINT", "S3_PATH_STYLE", "S3_CHECKSUMS"];
    let others = [&others[..], &CDN].concat();
    if !read.all_or_none("the embedded S3", &needed, &others) {
        return None;
    }
    let endpoint = read.optional_url("S3_ENDPOINT");
    let store = Store::at(endpoint.as_deref());
    Some(S3Settings {
        endpoint,
        public_endpoint: read.optional_url("S3_PUBLIC_ENDPOINT"),
        bucket: read.text("S3_BUCKET", ""),
        region: read.text("S3_REGION", store.region()),
        access_key_id: read.text("S3_ACCESS_KEY_ID", ""),
        secret_access_key: Secret::new(read.text("S3_SECRET_ACCESS_KEY", "")),
        path_style: read.choice("S3_PATH_STYLE", &store.path_styles()),
        checksums_when_required: read.choice("S3_CHECKSUMS", &store.checksums()),
        cdn: cdn(read),
    })
}

#[cfg(test)]
mod tests {
    use super::CdnToken;
    use crate::config::{Environment, Settings};

    /// Region, path style, checksums when required.
    fn of(own: &[(&str, &str)]) -> (String, bool, bool) {
        let bucket = Environment::default()
            .with("S3_BUCKET", "media")
            .with("S3_ACCESS_KEY_ID", "id")
            .with("S3_SECRET_ACCESS_KEY", "secret");
        let all = own.iter().fold(bucket, |all, (name, value)| all.with(name, *value));
        let s3 = Settings::from(&all).unwrap().s3.unwrap();
        (s3.region, s3.path_style, s3.checksums_when_required)
    }

    fn at(endpoint: &str) -> (String, bool, bool) {
        of(&[("S3_ENDPOINT", endpoint)])
    }

    #[test]
    fn aws_gets_what_aws_takes_named_or_not() {
        let usual = ("us-east-1".to_owned(), false, false);
        assert_eq!(of(&[]), usual);
        assert_eq!(at("https://s3.eu-central-1.amazonaws.com"), usual);
        assert_eq!(of(&[("S3_REGION", "eu-central-1")]).0, "eu-central-1");
    }

    #[test]
    fn worldwide_stores_have_one_region() {
        let usual = ("auto".to_owned(), true, true);
        for endpoint in [
            "https://0123456789abcdef.r2.cloudflarestorage.com",
            "https://0123456789abcdef.eu.r2.cloudflarestorage.com",
            "https://fly.storage.tigris.dev",
            "https://t3.storage.dev",
        ] {
            assert_eq!(at(endpoint), usual, "{endpoint}");
        }
    }

    #[test]
    fn any_other_store_gets_what_most_take() {
        let usual = ("us-east-1".to_owned(), true, true);
        for endpoint in ["https://garage.example", "http://127.0.0.1:3900", "https://amazonaws.com.example"] {
            assert_eq!(at(endpoint), usual, "{endpoint}");
        }
    }

    #[test]
    fn what_is_set_is_taken() {
        let own = [
            ("S3_ENDPOINT", "https://fly.storage.tigris.dev"),
            ("S3_REGION", "garage"),
            ("S3_PATH_STYLE", "false"),
            ("S3_CHECKSUMS", "when-supported"),
        ];
        assert_eq!(of(&own), ("garage".to_owned(), false, false));
        let on_aws = of(&[("S3_PATH_STYLE", "true"), ("S3_CHECKSUMS", "when-required")]);
        assert_eq!((on_aws.1, on_aws.2), (true, true));
    }

    #[test]
    fn a_network_before_the_bucket_is_set_whole_or_not_at_all() {
        let bucket = |own: &[(&str, &str)]| {
            let names = ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
            let all = names.iter().fold(Environment::default(), |all, name| all.with(name, "any"));
            let all = own.iter().fold(all, |all, (name, value)| all.with(name, *value));
            Settings::from(&all).map(|settings| settings.s3.unwrap().cdn).map_err(|error| error.to_string())
        };
        assert!(bucket(&[]).unwrap().is_none());
        let whole =
            [("CDN_URL", "https://cdn.example.com"), ("CDN_TOKEN", "cloudflare"), ("CDN_KEY", "secret")];
        assert_eq!(bucket(&whole).unwrap().unwrap().token, CdnToken::Cloudflare);
        let refused = |own: &[(&str, &str)]| bucket(own).unwrap_err();
        assert!(refused(&whole[..2]).contains("CDN_KEY"), "{}", refused(&whole[..2]));
        let other = [("CDN_TOKEN", "akamai"), whole[0], whole[2]];
        assert!(refused(&other).contains("bunny"), "{}", refused(&other));
        let below = [("CDN_URL", "https://cdn.example.com/bucket"), whole[1], whole[2]];
        assert!(refused(&below).contains("must have no path"), "{}", refused(&below));
    }
}
