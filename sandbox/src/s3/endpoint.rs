//! The S3 core as an endpoint of the API's own server.
//!
//! The bucket's name is the first part of the path, so that the path a client signed is the path the server
//! routes by: no second port, nothing stripped. Browsers of any origin may use signed links (the signature is
//! the permission), and what they open from here can run no script.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderValue, header};
use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;
use poem::endpoint::BoxEndpoint;
use poem::middleware::Cors;
use poem::{Addr, Body, Endpoint, EndpointExt as _, Request, Response};
use s3s::service::S3Service;
use tokio::sync::Semaphore;

use super::gate::{self, Admitted, Arrival, Refused};
use crate::clock::SharedClock;

/// Requests that are looked at or still sending their body at the same time; more are told to slow down.
const AT_ONCE: usize = 256;
/// What proxies add: such a request did not start on this machine.
const PROXY_HEADERS: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// The two faces of one backend, see `gate`.
pub(super) struct Bucket {
    pub name: String,
    pub clock: SharedClock,
    /// Checks the date of a request by the machine's clock.
    pub by_header: S3Service,
    /// Leaves the date of a link to the gate.
    pub by_link: S3Service,
    pub places: Semaphore,
}

impl Bucket {
    pub(super) fn places() -> Semaphore {
        Semaphore::new(AT_ONCE)
    }
}

/// Answers `/{bucket}` and everything below it.
struct BucketEndpoint(Arc<Bucket>);

pub(super) fn mounted(bucket: Arc<Bucket>) -> BoxEndpoint<'static, Response> {
    let cors = Cors::new()
        .allow_methods([http::Method::GET, http::Method::HEAD, http::Method::PUT])
        .expose_headers([header::ETAG, header::CONTENT_RANGE, header::ACCEPT_RANGES, header::CONTENT_LENGTH])
        .max_age(3600);
    BucketEndpoint(bucket).after(harmless).with(cors).boxed()
}

/// A file is data: never guessed to be something else, never a page with scripts or an origin of its own.
async fn harmless(outcome: poem::Result<Response>) -> poem::Result<Response> {
    let mut response = outcome?;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    Ok(response)
}

impl Endpoint for BucketEndpoint {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let bucket = &self.0;
        let Ok(_place) = bucket.places.try_acquire() else {
            return Ok(refusal(&Refused {
                status: http::StatusCode::SERVICE_UNAVAILABLE,
                code: "SlowDown",
                message: "too many requests at once; try again".to_owned(),
            }));
        };
        let arrival = Arrival {
            method: request.method(),
            uri: request.original_uri(),
            headers: request.headers(),
            is_local: is_local(&request),
            bucket: &bucket.name,
            now: bucket.clock.now(),
        };
        let service = match gate::check(&arrival) {
            Ok(Admitted::ByHeader) => &bucket.by_header,
            Ok(Admitted::ByLink) => &bucket.by_link,
            Err(refused) => return Ok(refusal(&refused)),
        };
        let body: BoxBody<Bytes, io::Error> = request.take_body().into();
        let mut forwarded = http::Request::new(s3s::Body::http_body(body));
        *forwarded.method_mut() = request.method().clone();
        *forwarded.uri_mut() = request.original_uri().clone();
        *forwarded.version_mut() = request.version();
        *forwarded.headers_mut() = std::mem::take(request.headers_mut());
        match service.call(forwarded).await {
            Ok(answer) => Ok(answered(answer)),
            Err(error) => Err(poem::Error::from_string(
                s3s::StdError::from(error).to_string(),
                http::StatusCode::INTERNAL_SERVER_ERROR,
            )),
        }
    }
}

fn answered(answer: s3s::HttpResponse) -> Response {
    let (parts, body) = answer.into_parts();
    let mut response = Response::default();
    response.set_status(parts.status);
    *response.headers_mut() = parts.headers;
    response.set_body(Body::from_bytes_stream(body.into_data_stream().map_err(io::Error::other)));
    response
}

fn is_local(request: &Request) -> bool {
    let peer =
        matches!(&request.remote_addr().0, Addr::SocketAddr(peer) if peer.ip().to_canonical().is_loopback());
    peer && !PROXY_HEADERS.iter().any(|name| request.headers().contains_key(*name))
}

/// S3's own form of an error.
fn refusal(refused: &Refused) -> Response {
    let message = refused.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{message}</Message></Error>",
        refused.code
    );
    Response::builder().status(refused.status).content_type("application/xml").body(body)
}
