//! What must be true of a request before the S3 core sees it.
//!
//! The core (s3s 0.14) verifies signatures, but accepts three things AWS refuses, each of which would let an
//! uploader read other people's files: unsigned `x-amz-*` headers on a signed link (`x-amz-copy-source` turns
//! an upload link into a copy of any object), the old signature version 2, and POST forms. It also reads the
//! machine's clock. So this gate refuses those, and checks when a link starts and ends by the sandbox's clock;
//! the core is told to accept links that start in its future. The core still refuses a link that is over by
//! the machine's clock, which changes nothing as the sandbox's clock never runs behind it. Requests signed in
//! the header come from this machine only and are dated by it, so the core's own check of 15 minutes stands.
//! Deliberately not here: signatures themselves.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;

/// Clients' clocks may be ahead by this much.
const SKEW: Duration = Duration::minutes(15);
/// S3's longest life of a link: seven days.
const LONGEST_LIFE_SECONDS: i64 = 7 * 24 * 60 * 60;

/// A request that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admitted {
    /// Signed in the `Authorization` header, from this machine.
    ByHeader,
    /// A signed link.
    ByLink,
}

/// A request that may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub status: StatusCode,
    /// S3's error code.
    pub code: &'static str,
    pub message: String,
}

/// What the gate looks at.
pub(super) struct Arrival<'a> {
    pub method: &'a Method,
    pub uri: &'a Uri,
    pub headers: &'a HeaderMap,
    /// The other end is this machine, and no proxy says otherwise.
    pub is_local: bool,
    pub bucket: &'a str,
    pub now: DateTime<Utc>,
}

pub(super) fn check(arrival: &Arrival<'_>) -> Result<Admitted, Refused> {
    let query = parameters(arrival.uri);
    if query.iter().any(|(name, _)| name == "AWSAccessKeyId" || name == "Signature") {
        return Err(denied("signature version 2 is not accepted; sign with version 4"));
    }
    let is_link = query.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-sig"));
    let mut authorizations = arrival.headers.get_all(header::AUTHORIZATION).iter();
    match (authorizations.next(), authorizations.next()) {
        (None, _) if is_link => link(arrival, &query).map(|()| Admitted::ByLink),
        (None, _) => Err(denied("the request is not signed")),
        (Some(_), None) if is_link => Err(denied("sign in the link or in the header, not both")),
        (Some(given), None) if given.as_bytes().starts_with(b"AWS4-HMAC-SHA256 ") => {
            by_header(arrival, given.to_str().unwrap_or_default()).map(|()| Admitted::ByHeader)
        }
        (Some(_), None) => Err(denied("only AWS4-HMAC-SHA256 is accepted")),
        (Some(_), Some(_)) => Err(denied("the request has two Authorization headers")),
    }
}

fn by_header(arrival: &Arrival<'_>, authorization: &str) -> Result<(), Refused> {
    if !arrival.is_local {
        return Err(denied(
            "requests signed in the header are accepted from this machine only; use a signed link",
        ));
    }
    let on_bucket = is_bucket_itself(arrival);
    let known = match *arrival.method {
        Method::GET | Method::HEAD => true,
        Method::PUT | Method::DELETE => !on_bucket,
        Method::POST => !on_bucket && is_about_parts(arrival.uri),
        _ => false,
    };
    if !known {
        return Err(denied("this server has one bucket, made at its start, and takes no POST forms"));
    }
    let signed = authorization.split(',').find_map(|part| part.trim().strip_prefix("SignedHeaders="));
    every_amz_header_signed(arrival.headers, signed.unwrap_or_default())
}

fn link(arrival: &Arrival<'_>, query: &[(String, String)]) -> Result<(), Refused> {
    if !matches!(*arrival.method, Method::GET | Method::HEAD | Method::PUT) || is_bucket_itself(arrival) {
        return Err(denied("a signed link gets or puts one object"));
    }
    let date = once(query, "X-Amz-Date")?;
    let start = NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ")
        .map_err(|_| malformed("X-Amz-Date is not like 20260131T235959Z"))?
        .and_utc();
    let life = once(query, "X-Amz-Expires")?
        .parse::<i64>()
        .ok()
        .filter(|seconds| (1..=LONGEST_LIFE_SECONDS).contains(seconds))
        .ok_or_else(|| malformed("X-Amz-Expires is not a number of seconds from 1 to 604800"))?;
    if arrival.now + SKEW < start {
        return Err(denied("Request is not valid yet"));
    }
    if arrival.now > start + Duration::seconds(life) {
        return Err(denied("Request has expired"));
    }
    every_amz_header_signed(arrival.headers, once(query, "X-Amz-SignedHeaders")?)
}

/// `signed` is the list of names as signed: lower case, parted by semicolons.
fn every_amz_header_signed(headers: &HeaderMap, signed: &str) -> Result<(), Refused> {
    let is_signed = |name: &str| signed.split(';').any(|one| one == name);
    for name in headers.keys() {
        if name.as_str().starts_with("x-amz-") && !is_signed(name.as_str()) {
            return Err(denied(&format!(
                "There were headers present in the request which were not signed: {name}"
            )));
        }
        if is_signed(name.as_str()) && headers.get_all(name).iter().nth(1).is_some() {
            return Err(denied(&format!("the signed header {name} is there twice")));
        }
    }
    Ok(())
}

/// Beginning an upload in parts (`?uploads`) or putting it together (`?uploadId=…`).
fn is_about_parts(uri: &Uri) -> bool {
    parameters(uri).iter().any(|(name, _)| name == "uploads" || name == "uploadId")
}

fn is_bucket_itself(arrival: &Arrival<'_>) -> bool {
    let path = arrival.uri.path().strip_prefix('/').unwrap_or_default();
    path.strip_prefix(arrival.bucket).is_some_and(|rest| rest.is_empty() || rest == "/")
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(n, v)| (decode(n), decode(v)))
        .collect()
}

fn once<'a>(query: &'a [(String, String)], name: &str) -> Result<&'a str, Refused> {
    let mut found = query.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some((exact, value)), None) if exact == name => Ok(value),
        _ => Err(malformed(&format!("the link must have {name} exactly once"))),
    }
}

fn denied(message: &str) -> Refused {
    Refused { status: StatusCode::FORBIDDEN, code: "AccessDenied", message: message.to_owned() }
}

fn malformed(message: &str) -> Refused {
    Refused {
        status: StatusCode::BAD_REQUEST,
        code: "AuthorizationQueryParametersError",
        message: message.to_owned(),
    }
}
