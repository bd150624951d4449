//! Reading and moving the time of the process.
//!
//! Moves are one after the other: the second waits until the work that the first made due is done.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use http::{StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::answers::{json, see, wrong};
use super::{Desk, OnAdvance};
use crate::clock::SharedClock;

const YEAR_SECONDS: i64 = 31_557_600;
/// The most that one call moves.
const LONGEST_MOVE: i64 = 10 * YEAR_SECONDS;
/// The most that all calls together move: dates far beyond are outside what other parts can write.
const FURTHEST: i64 = 50 * YEAR_SECONDS;
/// How long the work that became due may take.
const PATIENCE: StdDuration = StdDuration::from_secs(60);
const LONGEST_BODY: usize = 4096;

/// The clock, and how far these calls have moved it.
pub(super) struct Time {
    clock: SharedClock,
    on_advance: OnAdvance,
    advanced_seconds: Mutex<i64>,
}

impl Time {
    pub(super) fn new(clock: SharedClock, on_advance: OnAdvance) -> Time {
        Time { clock, on_advance, advanced_seconds: Mutex::new(0) }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn answer(&self, advanced_seconds: i64) -> Response {
        let now = self.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        json(StatusCode::OK, &json!({ "now": now, "advancedSeconds": advanced_seconds }))
    }

    async fn advance(&self, seconds: i64) -> Response {
        let mut advanced = self.advanced_seconds.lock().await;
        if *advanced + seconds > FURTHEST {
            return wrong(
                400,
                "the clock would be more than 50 years ahead; restart to begin at the real time",
            );
        }
        *advanced += seconds;
        self.clock.advance(Duration::seconds(seconds));
        match tokio::time::timeout(PATIENCE, (self.on_advance)()).await {
            Ok(()) => self.answer(*advanced),
            Err(_) => wrong(
                500,
                "time has moved, but what became due was not done within 60 seconds and goes on; see the log",
            ),
        }
    }
}

#[handler]
pub(super) async fn read(desk: Data<&Arc<Desk>>) -> Response {
    let advanced = *desk.time.advanced_seconds.lock().await;
    desk.time.answer(advanced)
}

#[handler]
pub(super) async fn advance(desk: Data<&Arc<Desk>>, request: &Request, body: poem::Body) -> Response {
    if is_from_another_site(request) {
        return wrong(403, "another website may not move the clock; open /sandbox on this server");
    }
    let Ok(body) = body.into_bytes_limit(LONGEST_BODY).await else {
        return wrong(400, "the body is cut or longer than 4096 bytes; send {\"advanceSeconds\": 86400}");
    };
    let is_form =
        request.content_type().is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let asked = if is_form { seconds_of_form(&body) } else { seconds_of_json(&body) };
    match asked {
        Err(message) => wrong(400, &message),
        Ok(seconds) => {
            let answer = desk.time.advance(seconds).await;
            if is_form && answer.status().is_success() { see("/sandbox") } else { answer }
        }
    }
}

/// A browser names the origin of every POST.
fn is_from_another_site(request: &Request) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin_host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin_host != Some(host)
}

fn seconds_of_json(body: &[u8]) -> Result<i64, String> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not JSON ({error}); send {{\"advanceSeconds\": 86400}}"))?;
    let Some(fields) = body.as_object() else {
        return Err("the body is not an object; send {\"advanceSeconds\": 86400}".to_owned());
    };
    if let Some(other) = fields.keys().find(|name| *name != "advanceSeconds") {
        return Err(format!("there is no field {other:?}; send {{\"advanceSeconds\": 86400}}"));
    }
    let seconds =
        fields.get("advanceSeconds").ok_or("advanceSeconds is missing; send {\"advanceSeconds\": 86400}")?;
    in_range(seconds.as_i64())
}

fn seconds_of_form(body: &[u8]) -> Result<i64, String> {
    let seconds = std::str::from_utf8(body).ok().and_then(|body| body.strip_prefix("advanceSeconds="));
    in_range(seconds.and_then(|seconds| seconds.parse().ok()))
}

fn in_range(seconds: Option<i64>) -> Result<i64, String> {
    seconds.filter(|seconds| (0..=LONGEST_MOVE).contains(seconds)).ok_or_else(|| {
        format!(
            "advanceSeconds must be a whole number from 0 to {LONGEST_MOVE} (ten years); time never goes back"
        )
    })
}
