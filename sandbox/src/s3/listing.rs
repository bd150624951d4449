//! One page of `ListObjectsV2`.
//!
//! The continuation token is the last key of the page in base64: S3 calls it opaque, and a listing that goes
//! on while objects come and go neither repeats nor skips what stays.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use s3s::dto::{CommonPrefix, ETag, ListObjectsV2Input, ListObjectsV2Output, Object};
use s3s::{S3Result, s3_error};

use super::backend::stored_at;
use super::record::Record;
use super::store::Store;

/// S3's own limit for one page.
const LONGEST_PAGE: usize = 1000;

pub(super) fn page(store: &Store, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let most =
        input.max_keys.and_then(|most| usize::try_from(most).ok()).unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
    let prefix = input.prefix.clone().unwrap_or_default();
    let mut after = match &input.continuation_token {
        Some(token) => Some(last_key_of(token)?),
        None => input.start_after.clone(),
    };
    let (mut contents, mut common_prefixes) = (Vec::new(), Vec::<CommonPrefix>::new());
    let mut more = false;
    while let Some(record) = store.list(&prefix, after.as_deref(), 1).pop() {
        if contents.len() + common_prefixes.len() == most {
            more = true;
            break;
        }
        match group_of(&record.key, &prefix, input.delimiter.as_deref()) {
            Some(group) => {
                after = Some(past(&group));
                common_prefixes.push(CommonPrefix { prefix: Some(group) });
            }
            None => {
                after = Some(record.key.clone());
                contents.push(line(&record));
            }
        }
    }
    let next = after.filter(|_| more && most > 0).map(|key| BASE64.encode(key));
    Ok(ListObjectsV2Output {
        key_count: i32::try_from(contents.len() + common_prefixes.len()).ok(),
        is_truncated: Some(next.is_some()),
        next_continuation_token: next,
        max_keys: i32::try_from(most).ok(),
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        start_after: input.start_after,
        continuation_token: input.continuation_token,
        ..Default::default()
    })
}

fn last_key_of(token: &str) -> S3Result<String> {
    let key = BASE64.decode(token).ok().and_then(|key| String::from_utf8(key).ok());
    key.ok_or_else(|| s3_error!(InvalidArgument, "this continuation token was not given by this server"))
}

fn group_of(key: &str, prefix: &str, delimiter: Option<&str>) -> Option<String> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty())?;
    let rest = key.strip_prefix(prefix)?;
    let end = rest.find(delimiter)? + delimiter.len();
    Some(format!("{prefix}{}", &rest[..end]))
}

/// A key after every key of the group: no key has a higher character.
fn past(group: &str) -> String {
    format!("{group}{}", char::MAX)
}

fn line(record: &Record) -> Object {
    Object {
        key: Some(record.key.clone()),
        e_tag: Some(ETag::Strong(record.etag.clone())),
        last_modified: Some(stored_at(record)),
        size: Some(record.byte_size.cast_signed()),
        ..Default::default()
    }
}
