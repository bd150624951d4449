//! Alive, ready, and the public keys.

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse, Response, handler};
use serde_json::json;

use crate::app::App;

/// Alive: the process answers.
#[handler]
pub fn healthz() -> &'static str {
    "ok"
}

/// Ready: database and media store answer.
#[handler]
pub async fn readyz(Data(app): Data<&App>) -> Response {
    let (database, media) = tokio::join!(app.db.ping(), app.media.ping());
    let word = |fine: bool| if fine { "ok" } else { "away" };
    let body = json!({ "database": word(database.is_ok()), "mediaStore": word(media.is_ok()) });
    let status =
        if database.is_ok() && media.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if let Err(cause) = &database {
        tracing::warn!(%cause, "not ready: the database does not answer");
    }
    if let Err(cause) = &media {
        tracing::warn!(%cause, "not ready: the media store does not answer");
    }
    Json(body).with_status(status).into_response()
}

/// The public keys of access tokens (RFC 7517).
#[handler]
pub fn jwks(Data(app): Data<&App>) -> Response {
    Json(app.keys.jwks()).with_header("cache-control", "public, max-age=300").into_response()
}
