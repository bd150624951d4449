//! `/graphiql`: an explorer of the API whose every byte comes from this binary.
//!
//! The library's own page loads a dozen scripts from a public network: blank when offline, and code of strangers in
//! a page where people paste tokens. Here the files are embedded and the page's policy allows no other host.
//! It is useless without introspection, so the router mounts it only where introspection is on.

use poem::{
    Body, IntoResponse, Response, Route, get, handler,
    http::{HeaderMap, StatusCode, header},
    web::Path,
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "src/http/assets/graphiql"]
struct Files;

/// Only this server, no frames; inline styles because the editor positions its lines with them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page and its files, to be nested at `/graphiql`.
#[must_use]
pub fn routes() -> Route {
    Route::new().at("/", get(page)).at("/assets/:name", get(asset))
}

#[handler]
fn page(headers: &HeaderMap) -> Response {
    file("index.html", headers)
}

#[handler]
fn asset(Path(name): Path<String>, headers: &HeaderMap) -> Response {
    file(&name, headers)
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some(found) = Files::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", hex::encode(found.metadata.sha256_hash()));
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let response = Response::builder()
        .header(header::ETAG, &tag)
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_known {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(content_type(name)).body(bytes(found))
}

fn bytes(file: EmbeddedFile) -> Body {
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
