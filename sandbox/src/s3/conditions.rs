//! Conditional reads and writes, in the order of RFC 9110, section 13.2.2.

use http::{HeaderMap, header};
use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, S3Result, s3_error};

use super::record::Record;
use super::store::Precondition;

/// The four conditions a read may carry.
pub(super) struct ReadConditions<'a> {
    pub if_match: Option<&'a ETagCondition>,
    pub if_none_match: Option<&'a ETagCondition>,
    pub if_modified_since: Option<&'a Timestamp>,
    pub if_unmodified_since: Option<&'a Timestamp>,
}

impl ReadConditions<'_> {
    /// Fails with 412, or 304 that repeats the version mark, if the object is not to be sent.
    pub(super) fn check(&self, record: &Record) -> S3Result<()> {
        let stored = whole_seconds(record);
        let goes_ahead = match (self.if_match, self.if_unmodified_since) {
            (Some(condition), _) => matches(condition, record),
            (None, Some(since)) => stored <= *since,
            (None, None) => true,
        };
        if !goes_ahead {
            return Err(s3_error!(PreconditionFailed, "the object is another version"));
        }
        let known = match (self.if_none_match, self.if_modified_since) {
            (Some(condition), _) => matches(condition, record),
            (None, Some(since)) => stored <= *since,
            (None, None) => false,
        };
        if known { Err(not_modified(record)) } else { Ok(()) }
    }
}

/// What a write demands of the object it replaces.
pub(super) fn write_condition(
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<Precondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Precondition::None),
        (None, Some(ETagCondition::Any)) => Ok(Precondition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Precondition::Present("*".to_owned())),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Precondition::Present(etag.value().to_owned())),
        _ => Err(s3_error!(NotImplemented, "a write takes If-Match, or If-None-Match: *, not both")),
    }
}

fn matches(condition: &ETagCondition, record: &Record) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == record.etag,
    }
}

fn not_modified(record: &Record) -> S3Error {
    let mut answer = s3_error!(NotModified);
    if let Ok(etag) = ETag::Strong(record.etag.clone()).to_http_header() {
        answer.set_headers(HeaderMap::from_iter([(header::ETAG, etag)]));
    }
    answer
}

/// HTTP dates have no fractions, so neither side of the comparison may.
fn whole_seconds(record: &Record) -> Timestamp {
    let at = record.stored_at;
    let whole = chrono::DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at);
    Timestamp::from(std::time::SystemTime::from(whole))
}
