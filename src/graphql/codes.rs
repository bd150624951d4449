//! The closed list of reasons for which the transport or the executor says no.
//!
//! A `Refusal` is one such no before the schema runs: what was wrong, where, and what to do. It is never
//! used for a form error (those are `userErrors` in a payload) and never carries a cause from inside.
//! Not here: how a refusal is written on the wire (`respond`), nor the rules that produce it (`limits`).

use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};
use poem::http::StatusCode;

/// `errors[].extensions.code`: for the developer or the transport, never for a person filling a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request itself is malformed: wrong method, media type, JSON, parameter or variable.
    BadRequest,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document is GraphQL, but not for this schema.
    ValidationFailed,
    /// A cursor that this connection did not give out.
    BadCursor,
    /// The document asks for more than one request may: cost, depth, fields, aliases, root fields.
    QueryTooComplex,
    /// Something is larger or more numerous than a fixed limit: body, document, tokens, list items, operations.
    LimitExceeded,
    /// A document id nobody registered.
    DocumentNotFound,
    /// Free text where only registered documents are taken.
    DocumentRequired,
    /// No usable token where one is needed.
    Unauthenticated,
    /// Known, but not allowed.
    Forbidden,
    /// Too often; `retryAfterSeconds` says when again.
    RateLimited,
    /// The app is older than the oldest one served.
    ClientTooOld,
    /// The deadline passed.
    Timeout,
    /// A part we depend on does not answer.
    Unavailable,
    /// A fault of ours; the cause is in the log under the request id.
    Internal,
}

impl Code {
    const ALL: [Code; 15] = [
        Code::BadRequest,
        Code::ParseFailed,
        Code::ValidationFailed,
        Code::BadCursor,
        Code::QueryTooComplex,
        Code::LimitExceeded,
        Code::DocumentNotFound,
        Code::DocumentRequired,
        Code::Unauthenticated,
        Code::Forbidden,
        Code::RateLimited,
        Code::ClientTooOld,
        Code::Timeout,
        Code::Unavailable,
        Code::Internal,
    ];

    /// The word clients compare with.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BadRequest => "BAD_REQUEST",
            Code::ParseFailed => "PARSE_FAILED",
            Code::ValidationFailed => "VALIDATION_FAILED",
            Code::BadCursor => "BAD_CURSOR",
            Code::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Code::LimitExceeded => "LIMIT_EXCEEDED",
            Code::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Code::DocumentRequired => "DOCUMENT_REQUIRED",
            Code::Unauthenticated => "UNAUTHENTICATED",
            Code::Forbidden => "FORBIDDEN",
            Code::RateLimited => "RATE_LIMITED",
            Code::ClientTooOld => "CLIENT_TOO_OLD",
            Code::Timeout => "TIMEOUT",
            Code::Unavailable => "UNAVAILABLE",
            Code::Internal => "INTERNAL",
        }
    }

    /// The code a resolver put on its error, when it is one of the list.
    #[must_use]
    pub fn parse(word: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// HTTP status of a response that is nothing but this refusal.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Code::BadRequest | Code::ParseFailed | Code::BadCursor => StatusCode::BAD_REQUEST,
            Code::ValidationFailed | Code::QueryTooComplex | Code::LimitExceeded => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Code::DocumentNotFound => StatusCode::NOT_FOUND,
            Code::DocumentRequired => StatusCode::FORBIDDEN,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::ClientTooOld => StatusCode::UPGRADE_REQUIRED,
            Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Who refused, which decides whether the legacy media type still answers 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The HTTP request, its sender or its envelope: the status says so under every media type.
    Envelope,
    /// The well-formed request's document or variables: `application/json` answers 200 (GraphQL over HTTP 6.4.1).
    Document,
}

/// One no, before the schema runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Why, as a word.
    pub code: Code,
    /// Who refused.
    pub stage: Stage,
    /// What is wrong, where, what to do. Never holds the client's text.
    pub message: String,
    /// Places in the document, where known.
    pub locations: Vec<Pos>,
    /// Further `extensions`, such as `retryAfterSeconds` or `missingPermission`.
    pub details: Vec<(&'static str, Value)>,
    status: StatusCode,
}

impl Refusal {
    /// A refusal of the request around the document, or of its sender.
    #[must_use]
    pub fn envelope(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Stage::Envelope, message.into())
    }

    /// A refusal of the document or of its variables.
    #[must_use]
    pub fn document(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Stage::Document, message.into())
    }

    fn new(code: Code, stage: Stage, message: String) -> Self {
        Self { code, stage, message, locations: Vec::new(), details: Vec::new(), status: code.status() }
    }

    /// Names the place in the document.
    #[must_use]
    pub fn at(mut self, position: Pos) -> Self {
        self.locations.push(position);
        self
    }

    /// Adds one of `extensions`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Sets an HTTP status more exact than the code's own (405, 406, 413, 415).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// HTTP status under `application/graphql-response+json`.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The same as an entry of `errors`.
    #[must_use]
    pub fn into_error(self, request_id: &str) -> ServerError {
        let mut error = ServerError::new(self.message, None);
        error.locations = self.locations;
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code.as_str());
        extensions.set("requestId", request_id);
        for (name, value) in self.details {
            extensions.set(name, value);
        }
        error.extensions = Some(extensions);
        error
    }
}
