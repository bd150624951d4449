//! Playlists for players that send no headers: the address itself is the permission.
//!
//! Any web page may play, so any origin may read; nothing is kept by caches. The segments lie in the bucket.

use poem::endpoint::BoxEndpoint;
use poem::http::{Method, StatusCode, header};
use poem::middleware::{Compression, Cors};
use poem::web::{Data, Path};
use poem::{EndpointExt, Response, get, handler};

use crate::app::App;
use crate::learning::actions::{Watched, watch};
use crate::media::actions::StreamFile;

/// `/hls/{token}/{file}`, readable by pages of any origin, compressed: playlists repeat one address.
pub(super) fn endpoint() -> BoxEndpoint<'static, Response> {
    let cors = Cors::new()
        .allow_methods([Method::GET, Method::HEAD, Method::OPTIONS])
        .allow_headers(["range", "content-type", "accept"])
        .allow_credentials(false)
        .max_age(86_400);
    get(file).with(cors).with(Compression::new()).map_to_response().boxed()
}

/// 404 for what we never gave out, 410 for what has ended.
#[handler]
async fn file(Path((token, file)): Path<(String, String)>, Data(app): Data<&App>) -> Response {
    let answer = Response::builder().header(header::CACHE_CONTROL, "private, no-store");
    match watch(app, &token, &file).await {
        Ok(Watched::File(StreamFile::Playlist(text))) => {
            answer.content_type("application/vnd.apple.mpegurl").body(text)
        }
        Ok(Watched::File(StreamFile::Cues(text))) => {
            answer.content_type("text/vtt; charset=utf-8").body(text)
        }
        Ok(Watched::Unknown) => answer.status(StatusCode::NOT_FOUND).body("There is nothing to play here."),
        Ok(Watched::Over) => {
            answer.status(StatusCode::GONE).body("This permission to play has ended. Ask for a new one.")
        }
        Err(cause) => {
            tracing::error!(%cause, "a playlist could not be written");
            answer.status(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    }
}
