//! One operation under way: it reads and writes the state, draws identifiers and tells what happened.
//!
//! It keeps true that an operation is whole or did not happen: its objects, its events, their deliveries and the
//! result kept for its idempotency key are one commit.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::contract::{Violations, check_object};
use super::error::StripeError;
use super::faults::FaultPlan;
use super::settings::StripeSettings;
use super::state::Store;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Who asked for the operation, as events repeat it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// The request's id; none when a buyer or Stripe itself acts.
    pub request: Option<String>,
    /// The request's idempotency key.
    pub key: Option<String>,
    /// The connected account the request speaks for.
    pub account: Option<String>,
}

/// The state in the hands of one operation.
pub(crate) struct Tx<'a> {
    pub store: &'a mut Store,
    pub rng: &'a mut StdRng,
    pub settings: &'a StripeSettings,
    pub violations: &'a Violations,
    pub faults: &'a mut FaultPlan,
    pub caller: Caller,
    /// The present, in seconds since 1970.
    pub now: i64,
    /// When time itself changes something next: a session expires, a refund fails.
    pub next_due: &'a mut i64,
    /// Whether the changes stay although the answer is a refusal (a declined card leaves its traces).
    pub keep: bool,
}

impl Tx<'_> {
    /// A new identifier: the prefix and so many random letters and digits.
    pub fn id(&mut self, prefix: &str, length: usize) -> String {
        let mut id = String::with_capacity(prefix.len() + length);
        id.push_str(prefix);
        for _ in 0..length {
            id.push(char::from(ALPHABET[self.rng.random_range(0..ALPHABET.len())]));
        }
        id
    }

    /// Saves one of Stripe's objects after checking it against its description.
    pub fn save(&mut self, value: &Value) {
        if let Some(breach) = check_object(value) {
            self.violations.record(breach);
        }
        let (object, id) =
            (value["object"].as_str().unwrap_or_default(), value["id"].as_str().unwrap_or_default());
        self.store.put(object, id, value.clone());
    }

    /// One of Stripe's objects, or Stripe's refusal that it does not exist.
    pub fn load(&self, object: &str, id: &str, param: &str) -> Result<Value, StripeError> {
        let found = self.store.get(object, id).cloned();
        found.ok_or_else(|| StripeError::missing(&object.replace('.', " "), id, param))
    }

    /// One of our notes; `null` where there is none.
    pub fn note(&self, table: &str, id: &str) -> Value {
        self.store.get(table, id).cloned().unwrap_or(Value::Null)
    }

    /// The `request` member of an event.
    pub fn request_member(&self) -> Value {
        json!({ "id": self.caller.request, "idempotency_key": self.caller.key })
    }
}
