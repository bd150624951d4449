//! `/graphql`: one GraphQL request per HTTP request.
//!
//! Reads, prepares, runs with a deadline, answers. A query is dropped when its deadline passes or its client goes
//! away; a mutation is not, since stopping it half-way helps nobody: it runs on to its own end, and the client,
//! told TIMEOUT, asks again with the same idempotency key. Keeps true: every path out of here is a GraphQL answer
//! with a request id, panics included. Not here: subscriptions (`graphql::socket`, `multipart`), CORS, compression.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::parser::types::OperationType;
use futures_util::FutureExt;
use poem::{
    Body, Endpoint, Request, Response,
    error::ReadBodyError,
    http::{HeaderValue, Method, StatusCode, header},
};

use super::answers::Keepable;
pub use super::limits::HttpLimits;
use super::multipart;
use crate::graphql::{
    api::{Api, Caller, Door},
    codes::{Code, Refusal},
    prepare::{Prepared, Unprepared, prepare},
    request,
    respond::{self, Answer, Media},
    socket::{self, Sockets},
};

/// Serves one schema over HTTP.
pub struct GraphqlEndpoint {
    api: Arc<dyn Api>,
    limits: HttpLimits,
    sockets: Option<Arc<Sockets>>,
}

impl GraphqlEndpoint {
    /// An endpoint for this schema.
    #[must_use]
    pub fn new(api: Arc<dyn Api>, limits: HttpLimits) -> Self {
        Self { api, limits, sockets: None }
    }

    /// The same, which also takes WebSocket upgrades. Whoever holds the `Sockets` can stop them.
    #[must_use]
    pub fn with_sockets(self, sockets: Arc<Sockets>) -> Self {
        Self { sockets: Some(sockets), ..self }
    }

    async fn upgrade(&self, request: &Request, request_id: &str) -> Response {
        let outcome = match &self.sockets {
            Some(sockets) => socket::upgrade(request, Arc::clone(&self.api), caller(request), sockets).await,
            None => Err(Refusal::envelope(Code::BadRequest, "No subscriptions are served at this address.")),
        };
        outcome.unwrap_or_else(|refusal| write(Answer::refused(refusal, request_id), Media::Json, request_id))
    }

    /// What becomes of a request: an answer, or for a subscription a stream of them where the client takes one (`mixed`).
    async fn reply(&self, request: Request, mixed: bool, request_id: &str) -> Result<Response, Box<Answer>> {
        let method = request.method().clone();
        let caller = caller(&request);
        let prepared = match self.read(request).await {
            Ok(request) => {
                prepare(&*self.api, &caller, request, |kind| request::check_method(&method, kind)).await
            }
            Err(refusal) => Err(Unprepared::from(refusal)),
        };
        match prepared {
            Ok(prepared) if mixed && prepared.weight.operation == OperationType::Subscription => {
                let streamed = self.stream(caller, prepared, request_id);
                streamed.map_err(|refusal| Box::new(Answer::refused(refusal, request_id)))
            }
            Ok(prepared) => Err(Box::new(self.run(prepared, request_id).await)),
            Err(unprepared) => Err(Box::new(unprepared.into_answer(request_id))),
        }
    }

    fn stream(&self, caller: Caller, prepared: Prepared, request_id: &str) -> Result<Response, Refusal> {
        let nowhere = || Refusal::envelope(Code::BadRequest, "No subscriptions are served at this address.");
        let place = self.sockets.as_ref().ok_or_else(nowhere)?.take_place(self.api.address(&caller))?;
        Ok(multipart::answer(Arc::clone(&self.api), caller, prepared, place, request_id))
    }

    async fn read(&self, mut request: Request) -> Result<async_graphql::Request, Refusal> {
        match *request.method() {
            Method::POST => {
                request::check_content_type(request.headers())?;
                let declared =
                    request.header(header::CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
                if declared.is_some_and(|bytes| bytes > self.limits.body_bytes) {
                    return Err(self.body_too_large());
                }
                let body = request.take_body().into_bytes_limit(self.limits.body_bytes).await;
                request::from_body(&body.map_err(|error| self.unread(&error))?)
            }
            Method::GET => {
                if request.uri().query().unwrap_or_default().len() > self.limits.body_bytes {
                    return Err(self.body_too_large());
                }
                let pairs = request.params().map_err(|_| {
                    Refusal::envelope(Code::BadRequest, "The query part of the address is malformed.")
                })?;
                request::from_address(pairs)
            }
            _ => Err(Refusal::envelope(Code::BadRequest, "Use POST, or GET for queries.")
                .with_status(StatusCode::METHOD_NOT_ALLOWED)),
        }
    }

    fn unread(&self, error: &ReadBodyError) -> Refusal {
        match error {
            ReadBodyError::PayloadTooLarge => self.body_too_large(),
            _ => Refusal::envelope(Code::BadRequest, "The body ended before it was complete."),
        }
    }

    fn body_too_large(&self) -> Refusal {
        Refusal::envelope(
            Code::LimitExceeded,
            format!(
                "A request has at most {} bytes. Files are uploaded to the address a mutation returns.",
                self.limits.body_bytes
            ),
        )
        .with_status(StatusCode::PAYLOAD_TOO_LARGE)
    }

    async fn run(&self, prepared: Prepared, request_id: &str) -> Answer {
        let Prepared { request, weight, budget, reads, place, .. } = prepared;
        let api = Arc::clone(&self.api);
        // Who runs on after the deadline keeps the place until the end.
        let work = async move {
            let _place = place;
            AssertUnwindSafe(api.execute(request)).catch_unwind().await
        };
        let deadline = self.limits.deadline;
        let outcome = match weight.operation {
            OperationType::Query => tokio::time::timeout(deadline, work).await.map_err(|_| Code::Timeout),
            OperationType::Mutation => tokio::time::timeout(deadline, tokio::spawn(work))
                .await
                .map_err(|_| Code::Timeout)
                .and_then(|joined| joined.map_err(|_| Code::Internal)),
            OperationType::Subscription => Err(Code::BadRequest),
        };
        let answer = match outcome {
            Ok(Ok(response)) => Answer::executed(response, request_id),
            Ok(Err(_panic)) => {
                tracing::error!(request_id, "a resolver panicked; the client was told INTERNAL");
                Answer::refused(self.not_run(Code::Internal), request_id)
            }
            Err(code) => Answer::refused(self.not_run(code), request_id),
        };
        answer.with_cost(Some(&weight), budget).resting_on(reads.as_deref())
    }

    fn not_run(&self, code: Code) -> Refusal {
        match code {
            Code::Timeout => Refusal::document(
                code,
                format!(
                    "The answer took more than {} s. Ask for less; repeat a mutation with the same idempotency key.",
                    self.limits.deadline.as_secs()
                ),
            ),
            Code::BadRequest => Refusal::document(
                code,
                "Subscriptions run over the WebSocket at this address, or by POST with \
                     `Accept: multipart/mixed;subscriptionSpec=1.0`.",
            ),
            _ => Refusal::envelope(code, respond::FAULT),
        }
    }
}

fn caller(request: &Request) -> Caller {
    Caller {
        headers: request.headers().clone(),
        peer: request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip),
        init: None,
        door: Door::Http,
    }
}

impl Endpoint for GraphqlEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let request_id = self.api.request_id();
        if socket::wants_socket(&request) {
            return Ok(self.upgrade(&request, &request_id).await);
        }
        let mixed = multipart::is_accepted(request.headers());
        let media = Media::negotiate(request.headers());
        // Who takes nothing but a stream is told in JSON why there is none.
        let media = if mixed { media.or(Ok(Media::Json)) } else { media };
        let answer = match &media {
            Ok(_) => match self.reply(request, mixed, &request_id).await {
                Ok(stream) => return Ok(stream),
                Err(answer) => *answer,
            },
            Err(refusal) => Unprepared::from(refusal.clone()).into_answer(&request_id),
        };
        Ok(write(answer, media.unwrap_or(Media::Json), &request_id))
    }
}

fn write(answer: Answer, media: Media, request_id: &str) -> Response {
    let status = answer.status(media);
    let body = serde_json::to_vec(&answer).unwrap_or_else(|error| {
        tracing::error!(request_id, %error, "an answer could not be written as JSON");
        br#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}"#
            .to_vec()
    });
    let mut response = Response::builder().status(status).body(Body::from(body));
    if let Some(rests) = answer.rests {
        response.set_data(Keepable(rests));
    }
    let headers = response.headers_mut();
    headers.extend(answer.headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", value);
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST, GET"));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
