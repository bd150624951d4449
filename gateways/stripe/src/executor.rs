//! Sends requests to Stripe: one pool, one API version (but for an app's own key), bounded waiting, the same key on every try.
//!
//! Keeps true: a POST without an idempotency key never reaches the network; every try of a call is byte for byte
//! the same request; connections use rustls with aws-lc-rs and Mozilla's roots and follow no redirect; the log
//! names path, status, time and Stripe's request id, and no body, query or key.
//! Not here: what a request or its answer means.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, redirect};
use stripe_client_core::{RequestBuilder, StripeMethod, VERSION};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::retry::{RetryPolicy, Seen};
use crate::{Settings, SettingsError, StripeError, Uncertain, UncertainCause};

/// More than any object we ask for; an endless body must not fill the memory.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

pub(crate) struct Executor {
    http: Client,
    base: String,
    bearer: HeaderValue,
    livemode: bool,
    request_timeout: Duration,
    patience: Duration,
    retry: RetryPolicy,
}

/// What belongs to one call besides its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub key: Option<String>,
    pub account: Option<String>,
    pub timeout: Option<Duration>,
    /// Another API version than ours: an app's own, for what only the app reads.
    pub version: Option<String>,
}

/// One try: an answer with what it says about retrying, or what stood in its way.
enum Try {
    Answered(Answer, Option<bool>),
    Nothing(UncertainCause),
}

impl Executor {
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let base = settings.checked_base()?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", settings.secret_key))
            .map_err(|_| SettingsError::SecretKey)?;
        bearer.set_sensitive(true);
        Ok(Self {
            http: http_client(settings.connect_timeout)?,
            base,
            bearer,
            livemode: settings.livemode(),
            request_timeout: settings.request_timeout,
            patience: settings.patience,
            retry: RetryPolicy {
                tries: settings.tries.max(1),
                first_wait: settings.first_wait,
                longest_wait: settings.longest_wait,
            },
        })
    }

    pub fn livemode(&self) -> bool {
        self.livemode
    }

    /// Sends the request until there is an answer worth keeping, or patience ends.
    pub async fn run(&self, request: &RequestBuilder, terms: &Terms) -> Result<Answer, StripeError> {
        if matches!(request.method, StripeMethod::Post) && terms.key.is_none() {
            return Err(StripeError::invalid("a POST to Stripe needs an idempotency key; give the call one"));
        }
        let seed = terms.key.as_deref().unwrap_or(&request.path);
        let deadline = Instant::now() + self.patience;
        let mut tries = 1;
        loop {
            let tried = self.try_once(request, terms, tries, deadline).await;
            let wait = self.retry.wait_after(tried.seen(), tries, seed);
            match wait.filter(|wait| Instant::now() + *wait < deadline) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return tried.settled(tries),
            }
            tries += 1;
        }
    }

    async fn try_once(&self, request: &RequestBuilder, terms: &Terms, tries: u32, deadline: Instant) -> Try {
        let began = Instant::now();
        let timeout = terms.timeout.unwrap_or(self.request_timeout).min(deadline - began);
        let result = self.exchange(request, terms, timeout, tries).await;
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let method = method_of(request.method).as_str().to_owned();
        let path = request.path.as_str();
        match result {
            Ok(Try::Answered(answer, told)) => {
                let (status, request_id) = (answer.status, answer.request_id.as_deref());
                tracing::debug!(method, path, status, request_id, tries, elapsed_ms, "stripe answered");
                Try::Answered(answer, told)
            }
            Ok(nothing) => nothing,
            Err(error) => {
                let cause = cause_of(&error);
                tracing::warn!(method, path, %cause, tries, elapsed_ms, "stripe gave no answer");
                Try::Nothing(cause)
            }
        }
    }

    async fn exchange(
        &self,
        request: &RequestBuilder,
        terms: &Terms,
        timeout: Duration,
        tries: u32,
    ) -> Result<Try, reqwest::Error> {
        let mut sent = self
            .http
            .request(method_of(request.method), self.url(request))
            .header("authorization", self.bearer.clone())
            .header("stripe-version", terms.version.as_deref().unwrap_or(VERSION.as_str()))
            .timeout(timeout);
        if let Some(key) = &terms.key {
            sent = sent.header("idempotency-key", key);
        }
        if let Some(account) = &terms.account {
            sent = sent.header("stripe-account", account);
        }
        if let Some(body) = &request.body {
            sent = sent.header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        }
        let response = sent.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let Some(body) = whole_body(response).await? else {
            return Ok(Try::Nothing(UncertainCause::Unreadable));
        };
        let answer = Answer {
            status,
            request_id: text(&headers, "request-id").map(str::to_owned),
            retry_after: text(&headers, "retry-after").and_then(|s| s.parse().ok()).map(Duration::from_secs),
            body,
            tries,
        };
        let told = text(&headers, "stripe-should-retry").and_then(|told| told.parse().ok());
        Ok(Try::Answered(answer, told))
    }

    fn url(&self, request: &RequestBuilder) -> String {
        let (base, path) = (&self.base, &request.path);
        match request.query.as_deref() {
            None | Some("") => format!("{base}/v1{path}"),
            Some(query) => format!("{base}/v1{path}?{query}"),
        }
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Try {
    fn seen(&self) -> Seen {
        match self {
            Self::Answered(answer, should_retry) => Seen {
                status: Some(answer.status),
                should_retry: *should_retry,
                retry_after: answer.retry_after,
            },
            Self::Nothing(_) => Seen::default(),
        }
    }

    fn settled(self, tries: u32) -> Result<Answer, StripeError> {
        match self {
            Self::Answered(answer, _) => answer.judged(),
            Self::Nothing(cause) => Err(StripeError::Uncertain(Box::new(Uncertain {
                cause,
                status: None,
                body_sha256: None,
                request_id: None,
                tries,
                retry_after: None,
            }))),
        }
    }
}

/// The provider is named here rather than installed for the process: two in one tree would panic at first use.
fn http_client(connect_timeout: Duration) -> Result<Client, SettingsError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect_timeout)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("atelier/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| SettingsError::Client(error.to_string()))
}

async fn whole_body(mut response: reqwest::Response) -> Result<Option<Bytes>, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

fn method_of(method: StripeMethod) -> Method {
    match method {
        StripeMethod::Get => Method::GET,
        StripeMethod::Post => Method::POST,
        StripeMethod::Delete => Method::DELETE,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn cause_of(error: &reqwest::Error) -> UncertainCause {
    if error.is_connect() {
        UncertainCause::Connect
    } else if error.is_timeout() {
        UncertainCause::Timeout
    } else {
        UncertainCause::Broken
    }
}
