//! Calendars to follow (RFC 5545): one session, for who may see its workshop, and one's own seats, at an address that is
//! the permission.

use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Response, handler};

use crate::app::App;
use crate::kernel::Result;
use crate::workshops::actions::{public_calendar, seats_calendar};

/// `/calendar/wss_….ics`, for what strangers may see.
#[handler]
pub(super) async fn session(Path(file): Path<String>, Data(app): Data<&App>) -> Response {
    let id = file.strip_suffix(".ics").and_then(|id| id.parse().ok());
    match id {
        Some(id) => answer(public_calendar(app, id).await, "public, max-age=300"),
        None => nothing(),
    }
}

/// `/calendar/mine/{token}.ics`.
#[handler]
pub(super) async fn seats(Path(file): Path<String>, Data(app): Data<&App>) -> Response {
    match file.strip_suffix(".ics") {
        Some(token) => answer(seats_calendar(app, token).await, "private, no-store"),
        None => nothing(),
    }
}

fn answer(made: Result<Option<String>>, kept: &'static str) -> Response {
    match made {
        Ok(Some(text)) => Response::builder()
            .header(header::CACHE_CONTROL, kept)
            .content_type("text/calendar; charset=utf-8")
            .body(text),
        Ok(None) => nothing(),
        Err(cause) => {
            tracing::error!(%cause, "a calendar could not be written");
            Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    }
}

fn nothing() -> Response {
    Response::builder().status(StatusCode::NOT_FOUND).body("There is no such calendar.")
}
