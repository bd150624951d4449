//! What a browser does with a signed link, done from here, so that an operator learns of a wrong bucket before a
//! creator does.
//!
//! Kept true: only what a browser sends is sent (no key, no `Authorization`); an answer that says no is an answer, not
//! a failure; every call ends. Deliberately not here: what the answer has to be. Nothing of a running upload or
//! playback goes this way.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, ORIGIN};
use reqwest::{Client, Method, RequestBuilder};

use crate::limits::{self, within};
use crate::{MediaStoreError, SignedRequest};

/// As much of an answer's text as helps to understand a refusal.
const LONGEST_TEXT: usize = 300;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserAnswer {
    /// HTTP status.
    pub status: u16,
    /// The beginning of the body.
    pub text: String,
    headers: HeaderMap,
}

impl BrowserAnswer {
    /// An answer as a test wants it.
    pub fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        Self { status, text, headers }
    }

    /// Whether it went well.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a header, a list parted by commas, names this (or everything), in any case of letters.
    pub fn allows(&self, header: &str, wanted: &str) -> bool {
        let values = self.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
        let mut words = values.flat_map(|value| value.split(',')).map(str::trim);
        words.any(|word| word == "*" || word.eq_ignore_ascii_case(wanted))
    }
}

/// Sends a signed upload as a page at `origin` does.
pub async fn put_as_browser(
    link: &SignedRequest,
    bytes: Bytes,
    origin: &str,
) -> Result<BrowserAnswer, MediaStoreError> {
    let request = client()?.put(&link.url).header(ORIGIN, origin).body(bytes);
    // A browser counts the bytes itself.
    let named = link.headers.iter().filter(|(name, _)| name.as_str() != CONTENT_LENGTH.as_str());
    sent(named.fold(request, |request, (name, value)| request.header(name, value))).await
}

/// Asks what a browser asks before it sends a file from a page at `origin` to `url`.
pub async fn preflight_put(url: &str, origin: &str) -> Result<BrowserAnswer, MediaStoreError> {
    let request = client()?.request(Method::OPTIONS, url).header(ORIGIN, origin);
    let request = request.header("access-control-request-method", "PUT");
    sent(request.header("access-control-request-headers", "content-type")).await
}

/// Reads what lies at `url` as a page at `origin` does; no more than its beginning is kept.
pub async fn get_as_browser(url: &str, origin: &str) -> Result<BrowserAnswer, MediaStoreError> {
    sent(client()?.get(url).header(ORIGIN, origin)).await
}

async fn sent(request: RequestBuilder) -> Result<BrowserAnswer, MediaStoreError> {
    within(limits::SMALL_CALL, "browser", async {
        let answer = request.send().await.map_err(unreached)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.map_err(unreached)?.chars().take(LONGEST_TEXT).collect();
        Ok(BrowserAnswer { status, headers, text })
    })
    .await
}

/// Without the address: it holds a signature.
fn unreached(error: reqwest::Error) -> MediaStoreError {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    MediaStoreError::Unavailable(format!("browser: {error}{cause}"))
}

/// The provider is named here rather than installed for the process: two in one tree would panic at first use.
fn client() -> Result<Client, MediaStoreError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| MediaStoreError::unsendable("browser", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls).redirect(reqwest::redirect::Policy::none());
    let client = client.connect_timeout(limits::CONNECT).no_proxy().build();
    client.map_err(|error| MediaStoreError::unsendable("browser", error))
}
