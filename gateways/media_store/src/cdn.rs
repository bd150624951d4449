//! Links to a content delivery network that stands before the bucket, where one is set.
//!
//! Kept true: a link opens one object until its end and nothing else; who has no token gets nothing, because the
//! network checks it before it looks into its cache; the same link goes to everybody within five minutes. The network
//! reads the bucket with a key of its own. Deliberately not here: uploads and files to be saved under a name, which go
//! to the bucket itself.
//!
//! Sources: <https://docs.bunny.net/docs/cdn-token-authentication>,
//! <https://developers.cloudflare.com/waf/custom-rules/use-cases/require-valid-hmac-token/>. `CloudFront` is left out:
//! its links want RSA over SHA-1 (docs/decisions/0030-links-through-a-cdn.md).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use crate::SignedRequest;

/// What an address spells as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Cloudflare's rule counts from when a token was issued; its own example, three hours.
const CLOUDFLARE_LASTS: Duration = Duration::seconds(10_800);

/// How a network wants to be told that a link is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CdnToken {
    /// bunny.net, Token Authentication with HMAC-SHA256.
    Bunny,
    /// Cloudflare, a rule with `is_timed_hmac_valid_v0` that lasts 10,800 seconds.
    Cloudflare,
}

/// A network before the bucket.
#[derive(Clone)]
pub struct Cdn {
    /// Where it answers, without a path: `https://media.example.com`. Its root is the root of the bucket.
    pub address: String,
    /// How links are made good.
    pub token: CdnToken,
    /// The secret shared with it. Never printed.
    pub key: String,
}

impl Cdn {
    /// A link to read an object until then.
    pub(crate) fn link(&self, object: &str, until: DateTime<Utc>) -> SignedRequest {
        let path = format!("/{}", utf8_percent_encode(object, KEPT));
        let address = self.address.trim_end_matches('/');
        let token = match self.token {
            CdnToken::Bunny => {
                let ends = until.timestamp();
                let mac = URL_SAFE_NO_PAD.encode(self.mac(&format!("{path}{ends}")));
                format!("token=HS256-{mac}&expires={ends}")
            }
            CdnToken::Cloudflare => {
                let issued = (until - CLOUDFLARE_LASTS).timestamp();
                let mac = STANDARD.encode(self.mac(&format!("{path}{issued}")));
                format!("verify={issued}-{}", utf8_percent_encode(&mac, NON_ALPHANUMERIC))
            }
        };
        SignedRequest { url: format!("{address}{path}?{token}"), headers: Vec::new(), expires_at: until }
    }

    fn mac(&self, message: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).expect("any length of key will do");
        mac.update(message.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(token: CdnToken, object: &str) -> String {
        let cdn = Cdn { address: "https://media.example.com/".into(), token, key: "secretKey".into() };
        cdn.link(object, DateTime::from_timestamp(1_484_074_587, 0).expect("a moment")).url
    }

    #[test]
    fn cloudflares_token_is_over_path_and_issue() {
        let made = link(CdnToken::Cloudflare, "download/cat.jpg");
        let (front, mac) = made.rsplit_once('-').expect("a code");
        assert_eq!(front, "https://media.example.com/download/cat.jpg?verify=1484063787");
        assert_eq!(mac, "jiJxoEBGMl1p8spB5%2F05n9pK0%2BcgTB%2BqX%2BzTF3uNEZE%3D");
    }

    #[test]
    fn bunnys_token_is_over_path_and_end() {
        assert_eq!(
            link(CdnToken::Bunny, "m/a/film-720.mp4"),
            "https://media.example.com/m/a/film-720.mp4?token=HS256-F2qZZeitJFnwccwXxkSy3k6Bo2-IIEa9gifngdK9heE&expires=1484074587"
        );
    }

    #[test]
    fn another_object_has_another_token() {
        let [one, other] = ["m/a", "m/b"].map(|object| link(CdnToken::Bunny, object));
        assert_ne!(one.split_once('?').map(|it| it.1), other.split_once('?').map(|it| it.1));
    }
}
