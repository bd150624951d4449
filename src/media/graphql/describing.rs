//! What is said about a file, and its subtitles.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, LanguageTag, answer};
use crate::kernel::{AssetId, Result};
use crate::media::actions::{self, AssetChange, Captions};
use crate::media::{model, store};
use crate::{loader, payload};

use super::Asset;

loader! {
    /// Subtitles by what they belong to.
    TracksOf: AssetId => Vec<model::CaptionTrack> = store::tracks_of
}

loader! {
    /// Chapters by what they belong to.
    ChaptersOf: AssetId => Vec<model::Chapter> = store::chapters_of
}

/// A part of a film or a recording that has a name; it lasts until the next begins.
#[derive(Clone, Debug, SimpleObject)]
pub struct Chapter {
    /// What it is called.
    pub title: String,
    /// Where it begins.
    pub start_seconds: i32,
}

/// The chapters of a film or a recording, read in one statement with those of others.
pub async fn chapters(ctx: &Context<'_>, asset: AssetId) -> Result<Vec<Chapter>> {
    let found = ctx.loaders().load::<ChaptersOf, _>(asset).await?.unwrap_or_default();
    let shown =
        |chapter: model::Chapter| Chapter { title: chapter.title, start_seconds: chapter.start_seconds };
    Ok(found.into_iter().map(shown).collect())
}

/// A chapter to be.
#[derive(Clone, Debug, InputObject)]
pub struct ChapterInput {
    /// What it is called.
    pub title: String,
    /// Where it begins, in seconds.
    pub start_seconds: i32,
}

impl From<ChapterInput> for model::Chapter {
    fn from(input: ChapterInput) -> Self {
        Self { start_seconds: input.start_seconds, title: input.title }
    }
}

/// Subtitles in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct CaptionTrack {
    /// `cap_…`.
    pub id: ID,
    /// The language they are in.
    pub language: LanguageTag,
    /// As people see it in a menu.
    pub label: String,
    /// Whether a program wrote them.
    pub is_auto_generated: bool,
}

impl From<model::CaptionTrack> for CaptionTrack {
    fn from(track: model::CaptionTrack) -> Self {
        Self {
            id: track.id.to_string().into(),
            language: track.language.into(),
            label: track.label,
            is_auto_generated: false,
        }
    }
}

/// The subtitles of a film or a recording, read in one statement with those of others.
pub async fn captions(ctx: &Context<'_>, asset: AssetId) -> Result<Vec<CaptionTrack>> {
    let found = ctx.loaders().load::<TracksOf, _>(asset).await?.unwrap_or_default();
    Ok(found.into_iter().map(CaptionTrack::from).collect())
}

/// What is said about a file; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct AssetUpdateInput {
    /// What a picture shows, in words, for who does not see it; empty if it is only for the eye.
    pub alt_text: Option<String>,
    /// As the team calls it.
    pub title: Option<String>,
    /// The chapters of a READY film or recording, in order and inside its length: these and no others; at most 100.
    pub chapters: Option<Vec<ChapterInput>>,
}

/// Subtitles to be added.
#[derive(Clone, Debug, InputObject)]
pub struct CaptionTrackInput {
    /// The language they are in.
    pub language: LanguageTag,
    /// As people see it in a menu.
    pub label: String,
    /// The uploaded file: WebVTT, purpose CAPTIONS, READY.
    pub asset_id: ID,
}

payload! {
    /// What came of `assetUpdate`.
    AssetUpdatePayload {
        /// The file.
        asset: Asset,
    }
}

payload! {
    /// What came of `captionTrackAdd`.
    CaptionTrackAddPayload {
        /// The subtitles.
        track: CaptionTrack,
    }
}

/// The mutations that describe files.
#[derive(Default)]
pub struct DescribingMutation;

#[Object]
impl DescribingMutation {
    /// Says what a file is. A studio's needs the permission MEDIA, a portrait its owner.
    async fn asset_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ast_…`.")] id: ID,
        #[graphql(desc = "What is said.")] input: AssetUpdateInput,
    ) -> Fallible<AssetUpdatePayload> {
        let path = ["id"];
        let done = async {
            let viewer = ctx.viewer()?;
            let asset = crate::graphql::context::id(&path, &id)?;
            let chapters = input.chapters.map(|given| given.into_iter().map(Into::into).collect());
            let change = AssetChange { alt_text: input.alt_text, title: input.title, chapters };
            actions::update_asset(ctx.app(), viewer, asset, change).await.missing_at(&path)
        };
        answer(
            done.await.map(|asset| AssetUpdatePayload { asset: Some(Asset(asset)), user_errors: Vec::new() }),
        )
    }

    /// Gives a film or a recording subtitles; those of the same language make way. Needs the permission MEDIA.
    async fn caption_track_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The film or recording, `ast_…`.")] asset_id: ID,
        #[graphql(desc = "The subtitles.")] input: CaptionTrackInput,
    ) -> Fallible<CaptionTrackAddPayload> {
        let path = ["assetId"];
        let done = async {
            let viewer = ctx.viewer()?;
            let asset = id(&path, &asset_id)?;
            let captions = Captions {
                language: input.language.to_string(),
                label: input.label,
                file: id(&["input", "assetId"], &input.asset_id)?,
            };
            actions::add_captions(ctx.app(), viewer, asset, captions).await.missing_at(&path)
        };
        answer(
            done.await
                .map(|track| CaptionTrackAddPayload { track: Some(track.into()), user_errors: Vec::new() }),
        )
    }
}
