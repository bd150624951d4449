//! The log of calls: what was asked, with which key, and what was answered.
//!
//! It is for tests and people, lives in memory only and forgets the oldest; secrets are not in it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

const LONGEST: usize = 20_000;

/// One call of the API.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestRecord {
    /// When, in seconds since 1970 by the sandbox's clock.
    pub at: i64,
    /// Stripe's name of the operation, empty when there is no such operation.
    pub operation: String,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The path from `/v1` on.
    pub path: String,
    /// The parameters as they were sent.
    pub parameters: Value,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// The `Stripe-Account` header.
    pub account: Option<String>,
    /// The `Request-Id` of the answer.
    pub request_id: String,
    /// The status answered.
    pub status: u16,
    /// Whether the answer is a replay of the key's first result.
    pub replayed: bool,
    /// The fault that bent the call, if any.
    pub fault: Option<String>,
}

/// The calls seen so far.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<VecDeque<RequestRecord>>);

impl RequestLog {
    /// Notes a call.
    pub fn note(&self, record: RequestRecord) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == LONGEST {
            log.pop_front();
        }
        log.push_back(record);
    }

    /// All calls kept, oldest first.
    pub fn all(&self) -> Vec<RequestRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
