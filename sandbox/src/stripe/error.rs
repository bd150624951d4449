//! The errors Stripe answers, in Stripe's own shape.
//!
//! Source: <https://docs.stripe.com/api/errors>. An error here is an answer to the caller, never a fault of the
//! sandbox: those are contract violations (`contract`).

use serde_json::{Map, Value, json};

/// A refusal as Stripe words it: a status and an `error` object.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{status} {kind}: {message}")]
pub struct StripeError {
    /// The HTTP status.
    pub status: u16,
    /// `error.type`, such as `invalid_request_error` or `card_error`.
    pub kind: &'static str,
    /// `error.message`.
    pub message: String,
    /// Every other member of the `error` object: `code`, `param`, `decline_code`, `payment_intent`...
    pub details: Map<String, Value>,
}

impl StripeError {
    fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into(), details: Map::new() }
    }

    /// A request that cannot be carried out: 400.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// An object that does not exist: 404 `resource_missing`.
    pub fn missing(kind: &str, id: &str, param: &str) -> Self {
        Self::new(404, "invalid_request_error", format!("No such {kind}: '{id}'"))
            .code("resource_missing")
            .param(param)
    }

    /// An address or method that Stripe does not have: 404.
    pub fn unknown_url(method: &str, path: &str) -> Self {
        Self::new(404, "invalid_request_error", format!("Unrecognized request URL ({method}: {path})."))
    }

    /// A missing or wrong API key: 401.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "invalid_request_error", message)
    }

    /// A card that cannot be charged: 402 `card_error`.
    pub fn card(code: &str, message: impl Into<String>) -> Self {
        Self::new(402, "card_error", message).code(code)
    }

    /// A key used again in another way: 400 `idempotency_error`.
    pub fn idempotency(message: impl Into<String>) -> Self {
        Self::new(400, "idempotency_error", message)
    }

    /// A request whose key belongs to one that is still running: 409.
    pub fn key_in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key ({key}). Please try again later."
        );
        Self::new(409, "idempotency_error", message).code("idempotency_key_in_use")
    }

    /// Too many requests: 429.
    pub fn rate_limited() -> Self {
        Self::new(429, "invalid_request_error", "Request rate limit exceeded.").code("rate_limit")
    }

    /// A failure at Stripe's end: 500.
    pub fn internal() -> Self {
        Self::new(500, "api_error", "An unknown error occurred. Please try again later.")
    }

    /// Adds `error.code`.
    #[must_use]
    pub fn code(self, code: &str) -> Self {
        self.with("code", code)
    }

    /// Adds `error.param`, the parameter at fault.
    #[must_use]
    pub fn param(self, param: &str) -> Self {
        self.with("param", param)
    }

    /// Adds any other member of the `error` object.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// `error.code`, where there is one.
    pub fn code_text(&self) -> Option<&str> {
        self.details.get("code").and_then(Value::as_str)
    }

    /// The answer's body.
    pub fn body(&self) -> Value {
        json!({ "error": self.as_error_object() })
    }

    /// The inner object, as `last_payment_error` holds it too.
    pub fn as_error_object(&self) -> Value {
        let mut error = self.details.clone();
        error.insert("type".into(), self.kind.into());
        error.insert("message".into(), self.message.clone().into());
        Value::Object(error)
    }
}
