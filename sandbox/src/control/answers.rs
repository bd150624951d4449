//! The shapes of an answer: JSON, a page, or what was wrong.

use http::{HeaderValue, StatusCode, header};
use poem::{Body, Response};
use serde::Serialize;
use serde_json::json;

use super::page;

/// No script at all, pictures of letters from anywhere, forms to this server only.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http:; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match Body::from_json(value) {
        Ok(body) => Response::builder().status(status).content_type("application/json").body(body),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
    }
}

/// `{"error": ".."}`: what is wrong and what to do.
pub(super) fn wrong(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    json(status, &json!({ "error": message }))
}

/// A page; `body` is HTML, escaped by who made it.
pub(super) fn html(title: &str, body: &str) -> Response {
    let mut response =
        Response::builder().content_type("text/html; charset=utf-8").body(page::frame(title, body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// After a form: back to a page.
pub(super) fn see(path: &'static str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, path).finish()
}
