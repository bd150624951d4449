//! The built-in pages: a storefront, a course with its lessons, signing in, and the links in our letters.
//!
//! A small client of the public API that works without any front end of a creator's own; it knows nothing that the API
//! does not tell everybody. Creators with a front end of their own put it in front of these paths.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Response, Route, get, handler};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/http/assets/pages"]
struct Files;

/// Scripts and styles from this server only; pictures, films and downloads from wherever the media store is. A player
/// of playlists fetches segments itself (connect) and hands them to the browser (blob).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src * data:; media-src * blob:; \
     connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the pages to the router.
pub fn add(routes: Route) -> Route {
    let routes = ["/", "/sign-in", "/verify", "/reset", "/library", "/gift", "/@:handle", "/@:handle/:slug"]
        .into_iter()
        .fold(routes, |routes, path| routes.at(path, get(page)));
    routes.at("/pages/:name", get(asset))
}

/// Every page is the same document; its script looks at the address.
#[handler]
fn page() -> Response {
    file("index.html")
}

#[handler]
fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    let Some(found) = Files::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };
    Response::builder()
        .content_type(kind)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::REFERRER_POLICY, "no-referrer")
        .body(Body::from(found.data.into_owned()))
}
