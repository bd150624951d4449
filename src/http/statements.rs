//! A creator's statements as a file, for whoever holds an address that we signed and that still works.

use poem::http::{StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Response, handler};
use serde::Deserialize;

use crate::app::App;
use crate::payouts::actions::statements_by_address;

/// The signed part of an address.
#[derive(Deserialize)]
struct Signed {
    until: i64,
    signature: String,
}

/// `GET /statements/{creator}.csv?until=..&signature=..`: 404 for anything that is not ours or is too old.
#[handler]
pub async fn file(Path(file): Path<String>, Query(signed): Query<Signed>, Data(app): Data<&App>) -> Response {
    let creator = file.strip_suffix(".csv").unwrap_or_default();
    match statements_by_address(app, creator, signed.until, &signed.signature).await {
        Ok(Some(csv)) => Response::builder()
            .content_type("text/csv; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, "attachment; filename=\"statements.csv\"")
            .header(header::CACHE_CONTROL, "no-store")
            .body(csv),
        Ok(None) => StatusCode::NOT_FOUND.into(),
        Err(cause) => {
            tracing::error!(%cause, "statements could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into()
        }
    }
}
