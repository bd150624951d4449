//! Multipart uploads, as S3 has them: begin, send parts, list, put together, give up.
//!
//! Deliberately not here: copying a range of an object as a part, and checksums of whole multipart objects.

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Result, s3_error};

use super::backend::Backend;
use super::incoming::{Claimed, receive};
use super::parts::{Begun, MOST_PARTS, Part, PartsFault, Uploads};
use super::record::stored_headers;
use super::store::{Precondition, Source};

/// S3's own limit for one page of parts.
const LONGEST_PAGE: usize = 1000;

pub(super) async fn begin(
    backend: &Backend,
    input: CreateMultipartUploadInput,
) -> S3Result<CreateMultipartUploadOutput> {
    let headers = stored_headers!(input);
    let begun = Begun { key: input.key.clone(), headers, begun_at: backend.clock.now() };
    let id = blocking(backend, move |uploads| Ok(uploads.begin(&begun)?)).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        ..Default::default()
    })
}

pub(super) async fn keep(backend: &Backend, req: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
    let trailer_names = req.headers.get("x-amz-trailer").and_then(|names| names.to_str().ok());
    let claimed = Claimed::of_part(&req.input, trailer_names, req.trailing_headers);
    let input = req.input;
    if !(1..=MOST_PARTS).contains(&input.part_number) {
        return Err(s3_error!(InvalidArgument, "part numbers go from 1 to {MOST_PARTS}"));
    }
    let (id, key) = (input.upload_id.clone(), input.key.clone());
    blocking(backend, move |uploads| uploads.find(&id, &key)).await?;
    let body = input.body.ok_or_else(|| s3_error!(IncompleteBody, "the request has no body"))?;
    let arrived = receive(backend.store.incoming_path(), body, claimed).await?;
    let part = Part {
        number: input.part_number,
        byte_size: arrived.byte_size,
        etag: arrived.etag.clone(),
        stored_at: backend.clock.now(),
    };
    let etag = part.etag.clone();
    blocking(backend, move |uploads| uploads.keep(&input.upload_id, &input.key, &part, arrived.path()))
        .await?;
    Ok(UploadPartOutput { e_tag: Some(ETag::Strong(etag)), ..Default::default() })
}

pub(super) async fn list(backend: &Backend, input: ListPartsInput) -> S3Result<ListPartsOutput> {
    let (id, key) = (input.upload_id.clone(), input.key.clone());
    let parts = blocking(backend, move |uploads| uploads.parts(&id, &key)).await?;
    let after = input.part_number_marker.unwrap_or(0);
    let most = input.max_parts.and_then(|most| usize::try_from(most).ok()).unwrap_or(LONGEST_PAGE);
    let mut rest = parts.into_iter().filter(|part| part.number > after);
    let page: Vec<Part> = rest.by_ref().take(most.min(LONGEST_PAGE)).collect();
    let next = rest.next().and(page.last()).map(|part| part.number);
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        is_truncated: Some(next.is_some()),
        next_part_number_marker: next,
        parts: Some(page.into_iter().map(line).collect()),
        ..Default::default()
    })
}

fn line(part: Part) -> s3s::dto::Part {
    s3s::dto::Part {
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(Timestamp::from(std::time::SystemTime::from(part.stored_at))),
        part_number: Some(part.number),
        size: Some(part.byte_size.cast_signed()),
        ..Default::default()
    }
}

pub(super) async fn complete(
    backend: &Backend,
    input: CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let named: Option<Vec<(i32, Option<String>)>> =
        named.into_iter().map(|part| Some((part.part_number?, part.e_tag.map(ETag::into_value)))).collect();
    let named = named.ok_or_else(|| s3_error!(MalformedXML, "every part needs its number"))?;
    let (id, key) = (input.upload_id.clone(), input.key.clone());
    let into = backend.store.incoming_path();
    let target = into.clone();
    let whole = blocking(backend, move |uploads| uploads.assemble(&id, &key, &named, &target)).await?;
    let record = backend.record(input.key.clone(), whole.byte_size, whole.etag, whole.begun.headers);
    let committed =
        backend.blocking(move |store| store.commit(record, Source::Arrived(into), &Precondition::None)).await;
    let id = input.upload_id;
    let stored = match committed {
        Ok(stored) => stored,
        Err(fault) => {
            backend.uploads.release(&id);
            return Err(fault);
        }
    };
    blocking(backend, move |uploads| uploads.end(&id)).await?;
    Ok(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(stored.etag.clone())),
        ..Default::default()
    })
}

pub(super) async fn abort(
    backend: &Backend,
    input: AbortMultipartUploadInput,
) -> S3Result<AbortMultipartUploadOutput> {
    blocking(backend, move |uploads| uploads.abort(&input.upload_id, &input.key)).await?;
    Ok(AbortMultipartUploadOutput::default())
}

/// In order of key and name; the markers are the last of the page before.
pub(super) async fn under_way(
    backend: &Backend,
    input: ListMultipartUploadsInput,
) -> S3Result<ListMultipartUploadsOutput> {
    let prefix = input.prefix.clone().unwrap_or_default();
    let mut found = blocking(backend, move |uploads| Ok(uploads.under_way(&prefix)?)).await?;
    let after = (input.key_marker.unwrap_or_default(), input.upload_id_marker);
    found.retain(|(id, begun)| is_after((begun.key.as_str(), id.as_str()), &after));
    let most = usize::try_from(input.max_uploads.unwrap_or(i32::MAX)).unwrap_or(0).min(LONGEST_PAGE);
    let is_truncated = found.len() > most;
    found.truncate(most);
    let last = found.last().filter(|_| is_truncated);
    let next_key_marker = last.map(|(_, begun)| begun.key.clone());
    let next_upload_id_marker = last.map(|(id, _)| id.clone());
    let uploads = found.into_iter().map(|(id, begun)| MultipartUpload {
        initiated: Some(Timestamp::from(std::time::SystemTime::from(begun.begun_at))),
        key: Some(begun.key),
        upload_id: Some(id),
        ..Default::default()
    });
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        is_truncated: Some(is_truncated),
        next_key_marker,
        next_upload_id_marker,
        uploads: Some(uploads.collect()),
        ..Default::default()
    })
}

/// Without a name of an upload, the marker's key is over too.
fn is_after((key, id): (&str, &str), (last_key, last_id): &(String, Option<String>)) -> bool {
    match last_id {
        Some(last_id) => (key, id) > (last_key.as_str(), last_id.as_str()),
        None => key > last_key.as_str(),
    }
}

async fn blocking<T: Send + 'static>(
    backend: &Backend,
    work: impl FnOnce(&Uploads) -> Result<T, PartsFault> + Send + 'static,
) -> S3Result<T> {
    let uploads = Arc::clone(&backend.uploads);
    let outcome = tokio::task::spawn_blocking(move || work(&uploads)).await;
    outcome.map_err(S3Error::internal_error)?.map_err(refused)
}

fn refused(fault: PartsFault) -> S3Error {
    let message = fault.to_string();
    match fault {
        PartsFault::NoSuchUpload => s3_error!(NoSuchUpload, "{message}"),
        PartsFault::InvalidPart(_) => s3_error!(InvalidPart, "{message}"),
        PartsFault::InvalidOrder => s3_error!(InvalidPartOrder, "{message}"),
        PartsFault::TooSmall(_) => s3_error!(EntityTooSmall, "{message}"),
        PartsFault::Io(error) => S3Error::internal_error(error),
    }
}
