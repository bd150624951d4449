//! Files and pictures.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Lesson, lesson};
use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::loaders::Whose;
use crate::graphql::{Ctx, Fallible, Int53, Url, context, field, page_request, required};
use crate::kept_rows::Keep;
use crate::kernel::{AssetId, CreatorId, PublicId, Result};
use crate::media::accepted::STUDIO_QUOTA;
use crate::media::rendition::Rendition;
use crate::media::{actions, model, store};
use crate::studio::graphql::desk;
use crate::{connection, loader};

use super::{
    AssetFailure, AssetKind, AssetState, CaptionTrack, Chapter, DocumentProblem, ImageTransform, captions,
    chapters,
};

loader! {
    /// The posters of films, by the film's key.
    PosterOf: AssetId => Rendition = store::posters
}

loader! {
    /// Assets by key; deleted ones are not there.
    AssetById: AssetId => model::Asset = store::by_id
}

impl Keep for model::Asset {
    fn weight(&self) -> usize {
        size_of::<Self>() + 500 + self.alt_text.len()
    }
}

impl Whose<model::Asset> for AssetById {
    /// What is still on its way tells of its progress without events; portraits are nobody's.
    fn whose(asset: &model::Asset) -> Option<CreatorId> {
        asset.creator.filter(|_| asset.state == model::State::Ready)
    }
}

/// Media's root fields.
#[derive(Default)]
pub struct MediaQuery;

#[Object]
impl MediaQuery {
    /// A file by its id, for its uploader and for the creator's team with the permission MEDIA.
    async fn asset(&self, ctx: &Context<'_>, #[graphql(desc = "`ast_…`.")] id: ID) -> Fallible<Asset> {
        let seen = async { actions::visible_asset(ctx.app(), ctx.actor(), context::id(&["id"], &id)?).await };
        field(seen.await.map(|asset| Some(Asset(asset))))
    }
}

/// A file. Holding one means that the caller may see it.
#[derive(Clone)]
pub struct Asset(pub model::Asset);

impl Asset {
    /// The same without its uploader's name for it: for who is shown it without working in the studio.
    pub fn without_name(self) -> Self {
        Self(model::Asset { filename: String::new(), ..self.0 })
    }
}

/// A file, from its promise on.
#[Object]
impl Asset {
    /// `ast_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What sort of file it is.
    async fn kind(&self) -> AssetKind {
        self.0.kind.into()
    }

    /// Where it is on its way.
    async fn state(&self) -> AssetState {
        self.0.state.into()
    }

    /// Why it was refused.
    async fn failure_reason(&self) -> Option<AssetFailure> {
        self.0.failure.map(AssetFailure::from)
    }

    /// How far it is prepared, 10,000 = done; null unless PROCESSING.
    async fn processing_basis_points(&self) -> Option<i32> {
        self.0.processing_basis_points
    }

    /// As its uploader called it; null for who watches a recording without working in the studio.
    async fn filename(&self) -> Option<&str> {
        Some(self.0.filename.as_str()).filter(|name| !name.is_empty())
    }

    /// Its type: promised, and verified once READY.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Its length: promised, and verified once READY.
    async fn byte_size(&self) -> Int53 {
        Int53(self.0.byte_size)
    }

    /// How long it plays, where the file says so.
    async fn duration_seconds(&self) -> Option<i32> {
        self.0.duration_seconds
    }

    /// How many pages a PDF says it has; null for everything else, and where they were not found.
    async fn page_count(&self) -> Option<i32> {
        self.0.page_count
    }

    /// What hinders the readers of a PDF; null where nothing was found.
    async fn document_problem(&self) -> Option<DocumentProblem> {
        self.0.document_problem.map(DocumentProblem::from)
    }

    /// Itself as a picture, if it is one and READY.
    async fn image(&self) -> Option<Image> {
        Image::of(self.0.clone())
    }

    /// Subtitles of a film or a recording, in order of language.
    async fn captions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaptionTrack>> {
        required(captions(ctx, self.0.id).await)
    }

    /// Chapters of a film or a recording, in order.
    async fn chapters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Chapter>> {
        required(chapters(ctx, self.0.id).await)
    }

    /// The lessons that use it, drafts too; at most 100.
    async fn used_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Lesson>> {
        let read = async {
            let used = store::uses::lessons(ctx.app().db.read(), self.0.id).await?;
            let shown = used.into_iter().map(|id| lesson(ctx, id));
            let shown = futures_util::future::try_join_all(shown).await?;
            Ok(shown.into_iter().flatten().collect())
        };
        required(read.await)
    }

    /// When it was promised.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A READY picture that something public shows.
#[derive(Clone)]
pub struct Image(model::Asset);

impl Image {
    /// The picture, if the asset is one and READY.
    pub fn of(asset: model::Asset) -> Option<Self> {
        (asset.is_ready() && asset.kind == model::Kind::Image).then_some(Self(asset))
    }
}

/// A picture.
#[Object]
impl Image {
    /// Where it is: the same address for five minutes, good for a day. What lies there never changes.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How large it is going to be shown. Widths snap to the next size that is kept.")]
        transform: Option<ImageTransform>,
    ) -> async_graphql::Result<Url> {
        let columns = transform.and_then(|wish| wish.columns(self.0.width, self.0.height));
        Ok(required(actions::image_link(ctx.app(), &self.0, columns).await)?.into())
    }

    /// Pixels.
    async fn width(&self) -> Option<i32> {
        self.0.width
    }

    /// Pixels.
    async fn height(&self) -> Option<i32> {
        self.0.height
    }

    /// What it looks like before it has loaded: a ThumbHash in base64.
    async fn thumbhash(&self) -> Option<&str> {
        self.0.thumbhash.as_deref()
    }

    /// What it shows, in words; may be empty.
    async fn alt_text(&self) -> &str {
        &self.0.alt_text
    }
}

/// The picture that something public names: a cover, a portrait. Read in one statement with the others of a request.
pub async fn image(ctx: &Context<'_>, asset: Option<AssetId>) -> Result<Option<Image>> {
    let Some(asset) = asset else { return Ok(None) };
    Ok(ctx.loaders().kept::<AssetById, _>(asset).await?.and_then(Image::of))
}

/// A film's poster. The caller has decided that the film may be seen.
pub async fn poster(ctx: &Context<'_>, film: &Asset) -> Result<Option<Image>> {
    let made = ctx.loaders().load::<PosterOf, _>(film.0.id).await?;
    Ok(made.and_then(|made| Image::of(actions::poster(&film.0, &made))))
}

connection!(AssetConnection, AssetEdge, Asset, "files");

/// How much a studio keeps. Originals count, and pictures as they were made anew; what is made of films does not.
#[derive(Clone, Debug, SimpleObject)]
pub struct StudioStorage {
    /// What it keeps or has promised to send.
    pub used_bytes: Int53,
    /// What it may keep.
    pub limit_bytes: Int53,
    /// The longest file that may be promised now, whatever its kind allows.
    pub available_bytes: Int53,
}

/// Media's part of a studio.
#[derive(Clone)]
pub struct StudioAssets(pub Membership);

#[Object]
impl StudioAssets {
    /// How much room its files take, and how much is left: ask before an upload is begun. Needs MEDIA.
    async fn storage(&self, ctx: &Context<'_>) -> async_graphql::Result<StudioStorage> {
        let desk = desk(&self.0, Permission::Media)?;
        let used = required(store::bytes_of(ctx.app().db.read(), desk.creator_id).await)?;
        let left = (STUDIO_QUOTA - used).max(0);
        Ok(StudioStorage {
            used_bytes: Int53(used),
            limit_bytes: Int53(STUDIO_QUOTA),
            available_bytes: Int53(left),
        })
    }

    /// The studio's files, newest first. Needs MEDIA.
    async fn assets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only files in this state.")] state: Option<AssetState>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<AssetConnection> {
        let desk = desk(&self.0, Permission::Media)?;
        let list = format!("assets:{}:{state:?}", desk.creator_id);
        let read = async {
            let page = page_request(ctx, &list, first, after)?;
            store::of_creator(&ctx.app().db, desk.creator_id, state.map(Into::into), &page).await
        };
        let page = required(read.await)?;
        Ok(connect(ctx, &list, page, |asset| vec![asset.id.uuid().to_string()], Asset))
    }
}
