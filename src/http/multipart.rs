//! Subscriptions over plain HTTP, for networks that let no WebSocket through: one answer that goes on, part by part.
//!
//! The protocol is Apollo's (<https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol>):
//! `multipart/mixed`, a part `{"payload": …}` a result, `{}` as a sign of life, `{"payload": null, "errors": […]}` before
//! an end that was not the stream's own. Each part's closing boundary is sent with it, so that clients need not wait for
//! the next one. Keeps true: such a stream has a place among the sockets and their limits, never outlives its token or the
//! process, and has its token looked at again at intervals, like a socket.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use async_graphql::{Request, Response as Executed, ServerError, Value};
use bytes::Bytes;
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use poem::{
    Body, Response,
    http::{HeaderMap, HeaderValue, header},
};
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, interval_at, sleep_until};

use crate::graphql::{
    api::{Api, Asking, Caller},
    codes::{Code, Refusal},
    prepare::Prepared,
    respond::{Answer, FAULT},
    socket::{Place, SocketLimits},
};

const CONTENT_TYPE: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0";

/// Whether a client takes such an answer: `multipart/mixed` with `subscriptionSpec=1.0`, quoted or not.
pub fn is_accepted(headers: &HeaderMap) -> bool {
    let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|line| line.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_mixed = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("multipart/mixed"));
        let is_spec = |part: &str| {
            let named = part.split_once('=');
            named.is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("subscriptionSpec")
                    && value.trim().trim_matches('"') == "1.0"
            })
        };
        is_mixed && parts.any(is_spec)
    })
}

/// The answer to a subscription that may run.
pub fn answer(
    api: Arc<dyn Api>,
    caller: Caller,
    prepared: Prepared,
    place: Place,
    request_id: &str,
) -> Response {
    let limits = place.limits();
    let mut sign = interval(limits.ping);
    let mut recheck = interval_at(Instant::now() + limits.recheck, limits.recheck);
    sign.set_missed_tick_behavior(MissedTickBehavior::Delay);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let live = Live {
        results: api.execute_stream(prepared.request),
        api,
        caller,
        stopping: Box::pin(place.stopping()),
        _place: place,
        limits,
        sign,
        recheck,
        expires: prepared.valid_for.map(|left| Instant::now() + left),
        request_id: request_id.to_owned(),
        is_first: true,
        is_over: false,
    };
    let opening = stream::iter([Bytes::from_static(b"\r\n--graphql")]);
    let parts = stream::unfold(live, |mut live| async move { Some((live.next().await?, live)) });
    let body = Body::from_bytes_stream(opening.chain(parts).map(Ok::<_, std::io::Error>));
    let mut response = Response::builder().content_type(CONTENT_TYPE).body(body);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", value);
    }
    response
}

/// A stream under way.
struct Live {
    api: Arc<dyn Api>,
    caller: Caller,
    results: BoxStream<'static, Executed>,
    stopping: Pin<Box<dyn Future<Output = ()> + Send>>,
    _place: Place,
    limits: SocketLimits,
    sign: Interval,
    recheck: Interval,
    expires: Option<Instant>,
    request_id: String,
    is_first: bool,
    is_over: bool,
}

#[derive(Serialize)]
struct Part<'a> {
    payload: Option<&'a Answer>,
    #[serde(skip_serializing_if = "<[ServerError]>::is_empty")]
    errors: &'a [ServerError],
}

impl Live {
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        let expires = self.expires;
        let result = AssertUnwindSafe(self.results.next()).catch_unwind();
        tokio::select! {
            () = &mut self.stopping => Some(self.end(&[])),
            () = sleep_until(expires.unwrap_or_else(Instant::now)), if expires.is_some() => {
                Some(self.refuse(Refusal::envelope(Code::Unauthenticated, "The token has expired.")))
            }
            _ = self.recheck.tick() => Some(self.recognise().await),
            result = result => Some(match result {
                Ok(Some(result)) => self.show(result),
                Ok(None) => self.end(&[]),
                Err(_panic) => {
                    tracing::error!(self.request_id, "a subscription panicked; the client was told INTERNAL");
                    self.refuse(Refusal::envelope(Code::Internal, FAULT))
                }
            }),
            _ = self.sign.tick() => Some(written("{}")),
        }
    }

    fn show(&mut self, result: Executed) -> Bytes {
        let answer = Answer::executed(result, &self.request_id);
        let is_empty = answer.data.as_ref().is_none_or(|data| *data == Value::Null);
        if is_empty && !answer.errors.is_empty() && (self.is_first || answer.says_goodbye()) {
            return self.end(&answer.errors);
        }
        self.is_first = false;
        part(&Part { payload: Some(&answer), errors: &[] })
    }

    /// Looks at the token again; a sign of life if it holds.
    async fn recognise(&mut self) -> Bytes {
        let admitting = self.api.admit(&self.caller, Request::new(""), Asking::Otherwise);
        let outcome = tokio::time::timeout(self.limits.patience, admitting).await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(Refusal::envelope(Code::Unavailable, "No answer in time.")));
        match outcome {
            Ok(admitted) => {
                self.expires = admitted.valid_for.map(|left| Instant::now() + left);
                written("{}")
            }
            Err(refusal) => self.refuse(refusal),
        }
    }

    fn refuse(&mut self, refusal: Refusal) -> Bytes {
        let error = refusal.into_error(&self.request_id);
        self.end(&[error])
    }

    /// The end, with a reason if there is one.
    fn end(&mut self, errors: &[ServerError]) -> Bytes {
        self.is_over = true;
        let last = if errors.is_empty() { Bytes::new() } else { part(&Part { payload: None, errors }) };
        [last.as_ref(), b"--\r\n"].concat().into()
    }
}

fn part(part: &Part<'_>) -> Bytes {
    // Only a map with keys that are not strings could fail, and answers have none.
    written(&serde_json::to_string(part).unwrap_or_default())
}

/// A part, and the boundary that closes it.
fn written(json: &str) -> Bytes {
    format!("\r\nContent-Type: application/json\r\n\r\n{json}\r\n--graphql").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap_or(HeaderValue::from_static("")));
        is_accepted(&headers)
    }

    #[test]
    fn clients_ask_for_it_by_name() {
        assert!(accepts("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json"));
        assert!(accepts("application/json, multipart/mixed; boundary=\"graphql\"; subscriptionSpec=\"1.0\""));
        assert!(!accepts("multipart/mixed;deferSpec=20220824, application/json"));
        assert!(!accepts("multipart/mixed") && !accepts("*/*") && !accepts("application/json"));
    }
}
