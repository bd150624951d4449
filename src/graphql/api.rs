//! What the transport needs from the product, and nothing more.
//!
//! HTTP and WebSocket are the same API seen through two doors: both weigh a document, have its sender admitted,
//! compare cost with budget and run it. This trait is the seam: the real schema stands behind it in production, a
//! toy one in the transport's own tests. Not here: any knowledge of tokens, sessions, actors or loaders.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use futures_util::{future::BoxFuture, stream::BoxStream};
use poem::http::{HeaderMap, header};

use crate::fairness::{Admission, Payer};

use super::{
    codes::{Code, Refusal},
    limits::{Budget, Rules, Weight},
    reads::Reads,
};

/// One schema, ready to serve.
pub trait Api: Send + Sync + 'static {
    /// How documents of this schema are weighed; built once.
    fn rules(&self) -> &Rules;

    /// A fresh id that ties an answer to the log. Short, printable, no header syntax.
    fn request_id(&self) -> String;

    /// From where a caller calls: the other end of the connection, or what a trusted proxy says.
    fn address(&self, caller: &Caller) -> Option<IpAddr> {
        caller.peer
    }

    /// Decides who is calling and puts what resolvers need on the request: actor, loaders, language.
    ///
    /// Called for each HTTP request, for `connection_init` and then again at intervals on a socket (both with an
    /// empty request, whose result is thrown away), and for each subscription. A missing token is anonymous.
    ///
    /// # Errors
    /// A bad, expired or revoked token is `Refusal::envelope(Code::Unauthenticated, ..)`, before anything runs.
    fn admit<'a>(
        &'a self,
        caller: &'a Caller,
        request: Request,
        asking: Asking,
    ) -> BoxFuture<'a, Result<Admitted, Refusal>>;

    /// The text of a registered document; none if nobody registered it.
    ///
    /// # Errors
    /// `Code::Unavailable` when that cannot be told.
    fn document<'a>(
        &'a self,
        _caller: &'a Caller,
        _id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<str>>, Refusal>> {
        Box::pin(async { Ok(None) })
    }

    /// Whether a document is answered that nobody registered.
    fn takes_any_document(&self) -> bool {
        true
    }

    /// Called once a document is weighed and its sender admitted, before it runs: limits over time that depend on
    /// what is asked, and on how much runs at once.
    ///
    /// # Errors
    /// `Code::RateLimited` or `Code::Unavailable`, with `retryAfterSeconds`.
    fn charge<'a>(
        &'a self,
        caller: &'a Caller,
        payer: Payer,
        weight: Weight,
    ) -> BoxFuture<'a, Result<Admission, Refusal>>;

    /// Runs a query or a mutation.
    fn execute(&self, request: Request) -> BoxFuture<'_, Response>;

    /// Runs a subscription until its stream ends or is dropped.
    fn execute_stream(&self, request: Request) -> BoxStream<'static, Response>;
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It reads, once, and nothing but public fields.
    Publicly,
    /// It reads, once.
    Once,
    /// It changes something, or goes on.
    Otherwise,
}

/// A request that may run.
pub struct Admitted {
    /// The request with its data.
    pub request: Request,
    /// What it may cost.
    pub budget: Budget,
    /// How long the token is still good for; none for a caller without one.
    pub valid_for: Option<Duration>,
    /// Who is charged for it.
    pub payer: Payer,
    /// Where is noted what the answer rests on, for a caller without a token.
    pub reads: Option<Arc<Reads>>,
}

/// Through which door a caller came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `POST` or `GET`.
    Http,
    /// The WebSocket.
    Socket,
}

/// Everything known about a sender before anybody is recognised.
#[derive(Debug, Clone)]
pub struct Caller {
    /// HTTP headers, of the upgrade request for a socket.
    pub headers: HeaderMap,
    /// The other end of the TCP connection, which may be a proxy.
    pub peer: Option<IpAddr>,
    /// The payload of `connection_init`, for a socket.
    pub init: Option<Value>,
    /// HTTP or WebSocket.
    pub door: Door,
}

impl Caller {
    /// The bearer token, from `Authorization` or, on a socket, from `connection_init`'s payload under
    /// `authorization` (any case, with or without `Bearer`) or `token`.
    ///
    /// # Errors
    /// `Unauthenticated` when there is something in that place that is not a bearer token.
    pub fn bearer(&self) -> Result<Option<&str>, Refusal> {
        let mut given = self.headers.get_all(header::AUTHORIZATION).iter();
        if let Some(value) = given.next() {
            let text = value.to_str().map_err(|_| not_a_bearer())?;
            if given.next().is_some() {
                return Err(not_a_bearer());
            }
            return strip_bearer(text).map(Some).ok_or_else(not_a_bearer);
        }
        match &self.init {
            Some(Value::Object(payload)) => payload
                .iter()
                .find(|(name, _)| {
                    name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("token")
                })
                .and_then(|(_, value)| if *value == Value::Null { None } else { Some(value) })
                .map_or(Ok(None), |value| match value {
                    Value::String(text) => Ok(Some(strip_bearer(text).unwrap_or(text))),
                    _ => Err(not_a_bearer()),
                }),
            _ => Ok(None),
        }
    }
}

fn strip_bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn not_a_bearer() -> Refusal {
    Refusal::envelope(
        Code::Unauthenticated,
        "The Authorization header is not `Bearer <token>`. Leave it out to call anonymously.",
    )
}
