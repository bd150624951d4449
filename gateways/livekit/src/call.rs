//! One call: a POST of JSON to Twirp (<https://twitchtv.github.io/twirp/docs/spec_v7.html>), and what its answer means.
//!
//! Keeps true: rustls with aws-lc-rs and Mozilla's roots, no redirect, no proxy; the log names method, status and time,
//! and no body or permission. Nothing is tried twice here: whoever calls is a job, and jobs try again.

use std::time::Instant;

use reqwest::{Client, redirect};
use serde::Deserialize;
use serde_json::Value;

use crate::token::Grant;
use crate::{LiveKit, LiveKitError, Settings, SettingsError};

/// More than any answer we ask for.
const LARGEST_BODY: usize = 1024 * 1024;

/// Twirp's error.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    code: String,
    msg: String,
}

pub(crate) fn client(settings: &Settings) -> Result<Client, SettingsError> {
    let failed = |error: &dyn std::fmt::Display| SettingsError::Client(error.to_string());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.request_timeout)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("atelier/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| failed(&error))
}

impl LiveKit {
    /// Calls `method`, such as `RoomService/DeleteRoom`, with just the rights it needs.
    pub(crate) async fn call(
        &self,
        method: &str,
        grant: Grant<'_>,
        body: &Value,
    ) -> Result<Value, LiveKitError> {
        let permission = self.own(grant).map_err(|_| LiveKitError::NotSigned)?;
        let address = format!("{}/twirp/livekit.{method}", self.0.api);
        let began = Instant::now();
        let sent = self.0.http.post(address).bearer_auth(permission).json(body).send().await;
        // Without the address: reqwest would quote it, and with it whatever a setting has put there.
        let away = |error: reqwest::Error| LiveKitError::Away(error.without_url().to_string());
        let mut answer = sent.map_err(away)?;
        let status = answer.status();
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(method, status = status.as_u16(), elapsed_ms, "called LiveKit");
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(away)? {
            if bytes.len() + chunk.len() > LARGEST_BODY {
                return Err(LiveKitError::Away("the answer is too long".to_owned()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes)
                .map_err(|_| LiveKitError::Away("the answer is no JSON".to_owned()));
        }
        let said: Said = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(match (status.as_u16(), said.code.as_str()) {
            (401 | 403, _) => LiveKitError::Unauthorized(said.msg),
            // 404 without Twirp's word is another server at this address.
            (404, "not_found") => LiveKitError::NotFound(said.msg),
            (408 | 429 | 500.., _) => LiveKitError::Away(format!("{status} {}", said.msg)),
            _ => LiveKitError::Refused {
                code: if said.code.is_empty() { status.to_string() } else { said.code },
                message: said.msg,
            },
        })
    }
}
