//! The S3 operations this server answers; every other one is answered 501 by the core.
//!
//! Put, get, head, copy, delete, list (version 2) and head of the one bucket, and uploads in parts. Deliberately not
//! here: creating or deleting buckets, listing buckets, access lists, versions, tags.

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};

use super::conditions::{ReadConditions, write_condition};
use super::incoming::{Claimed, receive};
use super::outgoing::Reads;
use super::parts::Uploads;
use super::record::{Record, StoredHeaders, stored_headers};
use super::store::{Precondition, Source, Store, StoreFault};
use super::{listing, multipart};
use crate::clock::SharedClock;

/// One bucket over one folder.
#[derive(Clone)]
pub(super) struct Backend {
    pub store: Arc<Store>,
    pub uploads: Arc<Uploads>,
    pub bucket: String,
    pub clock: SharedClock,
    pub reads: Reads,
}

impl Backend {
    fn only_bucket(&self, asked: &str) -> S3Result<()> {
        if asked == self.bucket {
            Ok(())
        } else {
            Err(s3_error!(NoSuchBucket, "the one bucket is {}", self.bucket))
        }
    }

    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreFault> + Send + 'static,
    ) -> S3Result<T> {
        let store = Arc::clone(&self.store);
        let outcome = tokio::task::spawn_blocking(move || work(&store)).await;
        outcome.map_err(S3Error::internal_error)?.map_err(refused)
    }

    pub(super) fn record(&self, key: String, byte_size: u64, etag: String, headers: StoredHeaders) -> Record {
        Record { key, blob: String::new(), byte_size, etag, stored_at: self.clock.now(), headers }
    }
}

fn refused(fault: StoreFault) -> S3Error {
    match fault {
        StoreFault::NotFound => s3_error!(NoSuchKey, "no object has this key"),
        StoreFault::PreconditionFailed => s3_error!(PreconditionFailed, "the object is another version"),
        StoreFault::Io(error) => S3Error::internal_error(error),
    }
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let trailer_names = req.headers.get("x-amz-trailer").and_then(|names| names.to_str().ok());
        let claimed = Claimed::of(&req.input, trailer_names, req.trailing_headers);
        let input = req.input;
        self.only_bucket(&input.bucket)?;
        let precondition = write_condition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let body = input.body.ok_or_else(|| s3_error!(IncompleteBody, "the request has no body"))?;
        let arrived = receive(self.store.incoming_path(), body, claimed).await?;
        let headers = stored_headers!(input);
        let record = self.record(input.key, arrived.byte_size, arrived.etag.clone(), headers);
        let stored = self
            .blocking(move |store| {
                let source = Source::Arrived(arrived.path().to_owned());
                store.commit(record, source, &precondition)
            })
            .await?;
        let e_tag = Some(ETag::Strong(stored.etag.clone()));
        Ok(S3Response::new(PutObjectOutput { e_tag, ..Default::default() }))
    }

    async fn copy_object(&self, req: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = req.input;
        self.only_bucket(&input.bucket)?;
        let CopySource::Bucket { bucket, key, version_id: None } = &input.copy_source else {
            return Err(s3_error!(NotImplemented, "a copy takes a bucket and key, without a version"));
        };
        self.only_bucket(bucket)?;
        let source = self.store.find(key).ok_or_else(|| refused(StoreFault::NotFound))?;
        let conditions = ReadConditions {
            if_match: input.copy_source_if_match.as_ref(),
            if_none_match: input.copy_source_if_none_match.as_ref(),
            if_modified_since: input.copy_source_if_modified_since.as_ref(),
            if_unmodified_since: input.copy_source_if_unmodified_since.as_ref(),
        };
        conditions.check(&source)?;
        let replaces =
            input.metadata_directive.as_ref().is_some_and(|directive| directive.as_str() == "REPLACE");
        if !replaces && **key == *input.key {
            return Err(s3_error!(InvalidRequest, "a copy onto itself must replace the metadata"));
        }
        let replaced = stored_headers!(input);
        let headers = if replaces { replaced } else { source.headers.clone() };
        let record = self.record(input.key, source.byte_size, source.etag.clone(), headers);
        let bytes = Source::SameAs(source.blob.clone());
        let stored = self.blocking(move |store| store.commit(record, bytes, &Precondition::None)).await?;
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(stored.etag.clone())),
            last_modified: Some(stored_at(&stored)),
            ..Default::default()
        };
        let output = CopyObjectOutput { copy_object_result: Some(result), ..Default::default() };
        Ok(S3Response::new(output))
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = req.input;
        self.only_bucket(&input.bucket)?;
        let key = input.key.clone();
        let (record, file) = self.blocking(move |store| store.open_object(&key)).await?;
        ReadConditions {
            if_match: input.if_match.as_ref(),
            if_none_match: input.if_none_match.as_ref(),
            if_modified_since: input.if_modified_since.as_ref(),
            if_unmodified_since: input.if_unmodified_since.as_ref(),
        }
        .check(&record)?;
        let range = match input.range {
            None => 0..record.byte_size,
            Some(range) => range.check(record.byte_size).map_err(|_| beyond_the_end(&record))?,
        };
        let content_range =
            input.range.map(|_| format!("bytes {}-{}/{}", range.start, range.end - 1, record.byte_size));
        let reads = self.reads.clone();
        let wanted = range.clone();
        let body = self.blocking(move |_| Ok(reads.stream(file, wanted)?)).await?;
        let headers = record.headers.clone();
        Ok(S3Response::new(GetObjectOutput {
            body: Some(body),
            accept_ranges: Some("bytes".to_owned()),
            cache_control: headers.cache_control,
            content_disposition: headers.content_disposition,
            content_encoding: headers.content_encoding,
            content_language: headers.content_language,
            content_length: Some((range.end - range.start).cast_signed()),
            content_range,
            content_type: headers.content_type,
            e_tag: Some(ETag::Strong(record.etag.clone())),
            last_modified: Some(stored_at(&record)),
            metadata: Some(headers.metadata.into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = req.input;
        self.only_bucket(&input.bucket)?;
        let record = self.store.find(&input.key).ok_or_else(|| refused(StoreFault::NotFound))?;
        ReadConditions {
            if_match: input.if_match.as_ref(),
            if_none_match: input.if_none_match.as_ref(),
            if_modified_since: input.if_modified_since.as_ref(),
            if_unmodified_since: input.if_unmodified_since.as_ref(),
        }
        .check(&record)?;
        let headers = record.headers.clone();
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: headers.cache_control,
            content_disposition: headers.content_disposition,
            content_encoding: headers.content_encoding,
            content_language: headers.content_language,
            content_length: Some(record.byte_size.cast_signed()),
            content_type: headers.content_type,
            e_tag: Some(ETag::Strong(record.etag.clone())),
            last_modified: Some(stored_at(&record)),
            metadata: Some(headers.metadata.into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        req: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = req.input;
        self.only_bucket(&input.bucket)?;
        self.blocking(move |store| Ok(store.delete(&input.key)?)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(listing::page(&self.store, req.input)?))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::begin(self, req.input).await?))
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::keep(self, req).await?))
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::list(self, req.input).await?))
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::complete(self, req.input).await?))
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::abort(self, req.input).await?))
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        self.only_bucket(&req.input.bucket)?;
        Ok(S3Response::new(multipart::under_way(self, req.input).await?))
    }
}

fn beyond_the_end(record: &Record) -> S3Error {
    let mut answer = s3_error!(InvalidRange, "the object has {} bytes", record.byte_size);
    if let Ok(length) = format!("bytes */{}", record.byte_size).parse() {
        answer.set_headers(http::HeaderMap::from_iter([(http::header::CONTENT_RANGE, length)]));
    }
    answer
}

/// When the object was stored, in the core's type.
pub(super) fn stored_at(record: &Record) -> Timestamp {
    Timestamp::from(std::time::SystemTime::from(record.stored_at))
}
