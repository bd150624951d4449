//! Uploading as clients see it: promise, send, complete.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Int53, Url, answer, required};
use crate::kernel::{AssetId, CreatorId, Result, UploadId};
use crate::media::actions::{self, NewUpload, SentPart};
use crate::media::{model, store};
use crate::payload;

use super::{Asset, AssetUploadInput, UploadMethod, UploadedPartInput};

impl From<UploadedPartInput> for SentPart {
    fn from(input: UploadedPartInput) -> Self {
        Self { number: input.part_number, etag: input.etag }
    }
}

/// The way a file's bytes come in. For its uploader alone.
#[derive(Clone)]
pub struct AssetUpload {
    upload: model::Upload,
    asset: model::Asset,
}

/// The way a file's bytes come in.
#[Object]
impl AssetUpload {
    /// `upl_…`.
    pub async fn id(&self) -> ID {
        self.upload.id.to_string().into()
    }

    /// The file that comes in.
    async fn asset(&self) -> Asset {
        Asset(self.asset.clone())
    }

    /// How the bytes travel.
    async fn method(&self) -> UploadMethod {
        if self.upload.parts.is_some() { UploadMethod::Multipart } else { UploadMethod::SinglePut }
    }

    /// The bytes of every part but the last; null where all go at once.
    async fn part_size(&self) -> Option<Int53> {
        self.upload.parts.map(|parts| Int53(parts.size))
    }

    /// How many parts there are; null where all go at once.
    async fn part_count(&self) -> Option<i32> {
        self.upload.parts.map(|parts| parts.count(self.asset.byte_size))
    }

    /// Where to send the bytes: one address, or those of the first 100 parts (`assetUploadPartsSign` gives the others).
    /// Empty once the upload is over.
    async fn targets(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<UploadTarget>> {
        let targets = required(actions::targets(ctx.app(), &self.upload, &self.asset).await)?;
        Ok(targets.into_iter().map(UploadTarget::from).collect())
    }

    /// When it is too late.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.upload.expires_at
    }
}

/// One request that brings bytes in.
#[derive(Clone, Debug, SimpleObject)]
pub struct UploadTarget {
    /// Which part; 1 for all at once.
    pub part_number: i32,
    /// PUT the bytes here. A secret until the upload expires.
    pub url: Url,
    /// Send these unchanged; the address is signed for them.
    pub headers: Vec<HttpHeader>,
}

impl From<actions::Target> for UploadTarget {
    fn from(target: actions::Target) -> Self {
        let headers = target.request.headers.into_iter();
        Self {
            part_number: target.part_number,
            url: target.request.url.into(),
            headers: headers.map(|(name, value)| HttpHeader { name, value }).collect(),
        }
    }
}

/// A header of an HTTP request.
#[derive(Clone, Debug, SimpleObject)]
pub struct HttpHeader {
    /// Lower case.
    pub name: String,
    /// To be sent as it is.
    pub value: String,
}

/// The caller's own upload with this key; null for anybody else's.
pub async fn own_upload(ctx: &Context<'_>, id: UploadId) -> Result<Option<AssetUpload>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    let found = store::upload(ctx.app().db.read(), user, id).await?;
    Ok(found.map(|(upload, asset)| AssetUpload { upload, asset }))
}

payload! {
    /// What came of `assetUploadCreate`.
    AssetUploadCreatePayload {
        /// Where to send the bytes.
        upload: AssetUpload,
    }
}

payload! {
    /// What came of `assetUploadPartsSign`.
    AssetUploadPartsSignPayload {
        /// Where to send the parts, in the order asked for.
        targets: Vec<UploadTarget>,
    }
}

payload! {
    /// What came of `assetUploadComplete`.
    AssetUploadCompletePayload {
        /// The file: READY, or on its way there (UPLOADED, PROCESSING).
        asset: Asset,
    }
}

payload! {
    /// What came of `assetUploadAbort`.
    AssetUploadAbortPayload {
        /// The upload that was given up.
        aborted_id: ID,
    }
}

payload! {
    /// What came of `assetDelete`.
    AssetDeletePayload {
        /// The file that is gone.
        deleted_id: ID,
    }
}

/// Media's mutations.
#[derive(Default)]
pub struct MediaMutation;

#[Object]
impl MediaMutation {
    /// Promises a file and says where to send its bytes. A studio's file needs the permission MEDIA; a portrait may be
    /// promised by anybody with a proven address.
    async fn asset_upload_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is promised.")] input: AssetUploadInput,
    ) -> Fallible<AssetUploadCreatePayload> {
        let path = ["input", "creatorId"];
        let done = async {
            let viewer = ctx.viewer()?;
            let creator =
                input.creator_id.as_ref().map(|creator| id::<CreatorId>(&path, creator)).transpose()?;
            let new = NewUpload {
                creator,
                purpose: input.purpose.into(),
                filename: input.filename,
                content_type: input.content_type,
                byte_size: input.byte_size.0,
                sha256: input.sha256,
                idempotency_key: input.idempotency_key,
            };
            actions::begin_upload(ctx.app(), viewer, new).await.missing_at(&path)
        };
        answer(done.await.map(|(upload, asset)| AssetUploadCreatePayload {
            upload: Some(AssetUpload { upload, asset }),
            user_errors: Vec::new(),
        }))
    }

    /// Where to send parts of a large file: the first time, or again after a lost connection or a new start of the app.
    async fn asset_upload_parts_sign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`upl_…`.")] upload_id: ID,
        #[graphql(desc = "Which parts, from 1; at most 100.")] part_numbers: Vec<i32>,
    ) -> Fallible<AssetUploadPartsSignPayload> {
        let path = ["uploadId"];
        let done = async {
            let viewer = ctx.viewer()?;
            let upload = id(&path, &upload_id)?;
            actions::sign_parts(ctx.app(), viewer, upload, &part_numbers).await.missing_at(&path)
        };
        answer(done.await.map(|targets| AssetUploadPartsSignPayload {
            targets: Some(targets.into_iter().map(UploadTarget::from).collect()),
            user_errors: Vec::new(),
        }))
    }

    /// Says that all bytes were sent: they are verified (length, SHA-256, type) and the file becomes READY, or is
    /// refused and removed. What came in parts is verified afterwards: ask for the file until its state is READY or
    /// FAILED. May be repeated.
    async fn asset_upload_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`upl_…`.")] upload_id: ID,
        #[graphql(desc = "What was sent, to be compared with what arrived; the store's own list decides.")]
        parts: Option<Vec<UploadedPartInput>>,
    ) -> Fallible<AssetUploadCompletePayload> {
        let path = ["uploadId"];
        let done = async {
            let viewer = ctx.viewer()?;
            let sent = parts.map(|parts| parts.into_iter().map(SentPart::from).collect());
            actions::complete_upload(ctx.app(), viewer, id(&path, &upload_id)?, sent).await.missing_at(&path)
        };
        answer(
            done.await.map(|asset| AssetUploadCompletePayload {
                asset: Some(Asset(asset)),
                user_errors: Vec::new(),
            }),
        )
    }

    /// Gives up an upload; what arrived is removed.
    async fn asset_upload_abort(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`upl_…`.")] upload_id: ID,
    ) -> Fallible<AssetUploadAbortPayload> {
        let path = ["uploadId"];
        let done = async {
            let viewer = ctx.viewer()?;
            let upload = id::<UploadId>(&path, &upload_id)?;
            actions::abort_upload(ctx.app(), viewer, upload).await.missing_at(&path)?;
            Ok(upload.to_string().into())
        };
        answer(
            done.await.map(|aborted| AssetUploadAbortPayload {
                aborted_id: Some(aborted),
                user_errors: Vec::new(),
            }),
        )
    }

    /// Deletes a file that nothing published uses.
    async fn asset_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ast_…`.")] id: ID,
    ) -> Fallible<AssetDeletePayload> {
        let path = ["id"];
        let done = async {
            let viewer = ctx.viewer()?;
            let asset = crate::graphql::context::id::<AssetId>(&path, &id)?;
            actions::delete_asset(ctx.app(), viewer, asset).await.missing_at(&path)?;
            Ok(asset.to_string().into())
        };
        answer(
            done.await
                .map(|deleted| AssetDeletePayload { deleted_id: Some(deleted), user_errors: Vec::new() }),
        )
    }
}
