//! Turns what the schema answered into what the client may see.
//!
//! Keeps true: every error has a `code` and a `requestId`; a fault's own words go to the log and never out; a
//! request that was refused before execution has no `data` key (GraphQL 16, section 7.1.2); the status follows the
//! media type the client accepts (GraphQL over HTTP, draft, section 6.4).
//! An error counts as ours only if it carries one of our codes and no foreign cause.

use std::collections::BTreeMap;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use poem::http::{HeaderMap, StatusCode, header};
use serde::Serialize;

use super::{
    codes::{Code, Refusal, Stage},
    limits::{Budget, Weight},
    payload::FaultSource,
    reads::{Reads, Rests},
};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status says how it went.
    GraphqlResponse,
    /// `application/json`: a well-formed request answers 200 whatever became of it.
    Json,
}

impl Media {
    /// The `Content-Type` of the answer.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }

    /// Chooses from `Accept`: the highest quality wins; named beats wildcard; no header or a wildcard alone means
    /// `application/json`, which every client understands.
    ///
    /// # Errors
    /// 406 when neither form is acceptable.
    pub fn negotiate(headers: &HeaderMap) -> Result<Media, Refusal> {
        let mut graphql = 0;
        let mut json = 0;
        let mut any = None;
        let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        for range in given.flat_map(|line| line.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1_000, per_mille);
            any = any.or(Some(()));
            match name.as_str() {
                "application/graphql-response+json" => graphql = graphql.max(quality),
                "application/json" | "application/*" | "*/*" => json = json.max(quality),
                _ => {}
            }
        }
        match (any, graphql, json) {
            (None, ..) => Ok(Media::Json),
            (_, 0, 0) => Err(Refusal::envelope(
                Code::BadRequest,
                "Answers are `application/graphql-response+json` or `application/json`: accept one of them.",
            )
            .with_status(StatusCode::NOT_ACCEPTABLE)),
            (_, graphql, json) if graphql >= json => Ok(Media::GraphqlResponse),
            _ => Ok(Media::Json),
        }
    }
}

/// A quality is 0 to 1 with at most three decimals (RFC 9110, 12.4.2).
fn per_mille(quality: &str) -> u32 {
    match quality.trim().split_once('.') {
        Some(("0", decimals)) => format!("{decimals:0<3}").parse().unwrap_or(1_000).min(1_000),
        None if quality.trim() == "0" => 0,
        _ => 1_000,
    }
}

/// What a client sees.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// What went wrong, already masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ServerError>,
    /// The result; absent when nothing ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// `cost` and what resolvers added.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, Value>,
    /// Headers resolvers asked for, such as cookies.
    #[serde(skip)]
    pub headers: HeaderMap,
    /// What it rests on, if it may be kept.
    #[serde(skip)]
    pub rests: Option<Rests>,
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    stage: Stage,
}

impl Answer {
    /// A request that never ran.
    #[must_use]
    pub fn refused(refusal: Refusal, request_id: &str) -> Self {
        let mut headers = HeaderMap::new();
        let retry = refusal.details.iter().find(|(name, _)| *name == "retryAfterSeconds");
        if let Some((_, Value::Number(seconds))) = retry
            && let Ok(value) = seconds.to_string().parse()
        {
            headers.insert(header::RETRY_AFTER, value);
        }
        Self {
            status: refusal.status(),
            stage: refusal.stage,
            errors: vec![refusal.into_error(request_id)],
            data: None,
            extensions: BTreeMap::new(),
            headers,
            rests: None,
        }
    }

    /// A request the schema answered, or refused by its own validation.
    #[must_use]
    pub fn executed(response: Response, request_id: &str) -> Self {
        // Errors without a path and without data come from before execution: nothing ran.
        let ran = response.is_ok()
            || response.data != Value::Null
            || response.errors.iter().any(|error| !error.path.is_empty());
        let stage = if ran { Ran::Yes } else { Ran::No };
        let mut errors: Vec<ServerError> = response.errors;
        errors.truncate(MOST_ERRORS);
        for error in &mut errors {
            mask(error, stage, request_id);
        }
        let status = if ran { StatusCode::OK } else { first_status(&errors) };
        Self {
            errors,
            data: ran.then_some(response.data),
            extensions: response.extensions,
            headers: response.http_headers,
            rests: None,
            status,
            stage: Stage::Document,
        }
    }

    /// Adds `extensions.cost`: what was asked, what may be asked at most, what is left of it.
    #[must_use]
    pub fn with_cost(mut self, weight: Option<&Weight>, budget: Budget) -> Self {
        let requested = weight.map_or(0, |weight| weight.cost);
        let mut cost = async_graphql::indexmap::IndexMap::new();
        cost.insert(async_graphql::Name::new("requested"), Value::from(requested));
        cost.insert(async_graphql::Name::new("limit"), Value::from(budget.0));
        cost.insert(async_graphql::Name::new("remaining"), Value::from(budget.0.saturating_sub(requested)));
        self.extensions.insert("cost".to_owned(), Value::Object(cost));
        self
    }

    /// May be kept if nothing went wrong and something was noted.
    #[must_use]
    pub fn resting_on(mut self, reads: Option<&Reads>) -> Self {
        self.rests =
            reads.filter(|_| self.errors.is_empty() && self.headers.is_empty()).and_then(Reads::noted);
        self
    }

    /// HTTP status under a media type.
    #[must_use]
    pub fn status(&self, media: Media) -> StatusCode {
        match (media, self.stage) {
            (Media::Json, Stage::Document) => StatusCode::OK,
            _ => self.status,
        }
    }

    /// Whether a stream ends with this because its caller may no longer have it.
    #[must_use]
    pub fn says_goodbye(&self) -> bool {
        let code = self.errors.first().and_then(code_of);
        matches!(code, Some(Code::Forbidden | Code::Unauthenticated))
    }

    /// True when nothing ran: on a socket such an answer is an `error` message, not a `next`.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.data.is_none()
    }
}

/// All a client learns of a fault.
pub const FAULT: &str = "Something went wrong on our side. Try again; if it lasts, tell us the requestId.";
/// All a client learns when a part we depend on is away.
const AWAY: &str = "A part we depend on does not answer right now. Try again in a moment.";
/// More errors than anybody reads; an answer's size must not grow with a client's mistakes.
const MOST_ERRORS: usize = 20;
/// Longest message of the library let through: it names fields and types, which come from the client.
const LONGEST_MESSAGE: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    Yes,
    No,
}

fn first_status(errors: &[ServerError]) -> StatusCode {
    errors.first().and_then(code_of).unwrap_or(Code::Internal).status()
}

fn code_of(error: &ServerError) -> Option<Code> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(word) => Code::parse(word),
        Value::Enum(word) => Code::parse(word),
        _ => None,
    }
}

fn mask(error: &mut ServerError, ran: Ran, request_id: &str) {
    let code = match (error.source.is_some(), code_of(error)) {
        (false, Some(code)) => code,
        (false, None) if ran == Ran::No => Code::ValidationFailed,
        (false, None) if is_bad_value(&error.message) => Code::ValidationFailed,
        _ => conceal(error, request_id),
    };
    if code == Code::ValidationFailed && error.message.chars().count() > LONGEST_MESSAGE {
        error.message = error.message.chars().take(LONGEST_MESSAGE).chain("…".chars()).collect();
    }
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code.as_str());
    extensions.set("requestId", request_id);
}

/// The library parses the values of custom scalars while executing, so a malformed UUID arrives as a field error of
/// its own making, without a code. It says only what the client sent.
fn is_bad_value(message: &str) -> bool {
    message.starts_with("Failed to parse \"") || message.starts_with("Expected input type \"")
}

/// Logs a fault's own words and puts ours in their place.
fn conceal(error: &mut ServerError, request_id: &str) -> Code {
    let is_passing = error.source::<FaultSource>().is_some_and(|FaultSource(fault)| fault.passing);
    let (code, words) = if is_passing { (Code::Unavailable, AWAY) } else { (Code::Internal, FAULT) };
    tracing::error!(
        request_id,
        path = ?error.path,
        cause = %error.message,
        code = code.as_str(),
        "a resolver failed; the client was told its code only"
    );
    error.message = words.to_owned();
    error.source = None;
    error.extensions = None;
    code
}
