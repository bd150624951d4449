//! What lessons teach with: what people pay for. Nothing here is read without a proof that the lesson is open.

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject, Union};

use crate::catalog::{model, store};
use crate::graphql::values::RichText;
use crate::graphql::{Ctx, Int53, required};
use crate::kernel::{AssetId, LessonId, Result};
use crate::loader;
use crate::media::graphql::{Asset, AssetById, CaptionTrack, Chapter, Image, captions, chapters, poster};

use super::access::Inside;

loader! {
    /// What lessons teach with, by lesson.
    BodyOf: LessonId => model::LessonBody = store::bodies
}

loader! {
    /// Files by lesson, in order: those it comes with and those it consists of.
    AttachmentsOf: LessonId => Vec<model::Attachment> = store::attachments
}

/// What a lesson teaches with.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one a lesson, and written out at once")]
pub enum LessonContent {
    /// A video.
    Video(VideoContent),
    /// A recording.
    Audio(AudioContent),
    /// An article.
    Article(ArticleContent),
    /// Files.
    Download(DownloadContent),
}

/// A video. Play it with `playbackGrantCreate`: no address is given here.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct VideoContent {
    #[graphql(skip)]
    film: Option<Asset>,
    /// The file, for the creator's team; null for everybody else.
    pub asset: Option<Asset>,
    /// How long it plays.
    pub duration_seconds: i32,
    /// Width by height; 16 by 9 where the file does not say.
    pub aspect_ratio: f64,
}

/// A recording. Play it with `playbackGrantCreate`: no address is given here.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct AudioContent {
    #[graphql(skip)]
    media: Option<AssetId>,
    /// The file, for the creator's team; null for everybody else.
    pub asset: Option<Asset>,
    /// How long it plays.
    pub duration_seconds: i32,
}

#[ComplexObject]
impl VideoContent {
    /// What to show before it plays.
    async fn poster(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Image>> {
        match &self.film {
            Some(film) => required(poster(ctx, film).await),
            None => Ok(None),
        }
    }

    /// Subtitles, in order of language; their words come with the permission to play.
    async fn captions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaptionTrack>> {
        subtitles(ctx, self.film.as_ref().map(|film| film.0.id)).await
    }

    /// Chapters, in order.
    async fn chapters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Chapter>> {
        parts(ctx, self.film.as_ref().map(|film| film.0.id)).await
    }
}

#[ComplexObject]
impl AudioContent {
    /// Transcripts, in order of language; their words come with the permission to play.
    async fn captions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaptionTrack>> {
        subtitles(ctx, self.media).await
    }

    /// Chapters, in order.
    async fn chapters(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Chapter>> {
        parts(ctx, self.media).await
    }
}

async fn subtitles(ctx: &Context<'_>, media: Option<AssetId>) -> async_graphql::Result<Vec<CaptionTrack>> {
    match media {
        Some(media) => required(captions(ctx, media).await),
        None => Ok(Vec::new()),
    }
}

async fn parts(ctx: &Context<'_>, media: Option<AssetId>) -> async_graphql::Result<Vec<Chapter>> {
    match media {
        Some(media) => required(chapters(ctx, media).await),
        None => Ok(Vec::new()),
    }
}

/// An article.
#[derive(SimpleObject)]
pub struct ArticleContent {
    /// The article.
    pub body: RichText,
    /// At 200 words a minute, rounded up.
    pub reading_minutes: i32,
}

/// Files.
#[derive(SimpleObject)]
pub struct DownloadContent {
    /// The files, in order; at most 20.
    pub attachments: Vec<Attachment>,
}

/// A file that comes with a lesson, or is the lesson.
pub struct Attachment(model::Attachment);

/// A file that comes with a lesson, or is the lesson.
#[Object]
impl Attachment {
    /// `att_…`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Its type, as verified.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Its length, as verified.
    async fn byte_size(&self) -> Int53 {
        Int53(self.0.byte_size)
    }

    /// How many pages a PDF says it has; null for everything else, and where they were not found.
    async fn page_count(&self) -> Option<i32> {
        self.0.page_count
    }
}

/// A lesson's files: those it consists of, or those it comes with.
pub(super) async fn attached(
    ctx: &Context<'_>,
    id: LessonId,
    _: &Inside,
    is_content: bool,
) -> Result<Vec<Attachment>> {
    let files = ctx.loaders().load::<AttachmentsOf, _>(id).await?.unwrap_or_default();
    Ok(files.into_iter().filter(|file| file.is_content == is_content).map(Attachment).collect())
}

/// What a lesson teaches with; none if it has no body yet.
pub(super) async fn content(
    ctx: &Context<'_>,
    lesson: &model::Lesson,
    inside: &Inside,
) -> Result<Option<LessonContent>> {
    use model::LessonKind;
    if lesson.kind == LessonKind::Download {
        let attachments = attached(ctx, lesson.id, inside, true).await?;
        return Ok(Some(LessonContent::Download(DownloadContent { attachments })));
    }
    let Some(body) = ctx.loaders().load::<BodyOf, _>(lesson.id).await? else { return Ok(None) };
    let duration_seconds = lesson.duration_seconds.unwrap_or_default();
    Ok(match lesson.kind {
        LessonKind::Video => {
            let film = file(ctx, body.media).await?;
            let aspect_ratio = aspect_ratio(film.as_ref());
            let asset = film.clone().filter(|_| inside.on_team);
            Some(LessonContent::Video(VideoContent { film, asset, duration_seconds, aspect_ratio }))
        }
        LessonKind::Audio => {
            let asset = file(ctx, body.media).await?.filter(|_| inside.on_team);
            Some(LessonContent::Audio(AudioContent { media: body.media, asset, duration_seconds }))
        }
        LessonKind::Text => body.article.map(|words| {
            let reading_minutes = (model::reading_seconds(&words) + 59) / 60;
            LessonContent::Article(ArticleContent { body: RichText(words), reading_minutes })
        }),
        LessonKind::Download | LessonKind::Quiz => None,
    })
}

async fn file(ctx: &Context<'_>, asset: Option<AssetId>) -> Result<Option<Asset>> {
    let Some(asset) = asset else { return Ok(None) };
    Ok(ctx.loaders().load::<AssetById, _>(asset).await?.map(Asset))
}

fn aspect_ratio(asset: Option<&Asset>) -> f64 {
    let size = asset.and_then(|asset| asset.0.width.zip(asset.0.height));
    match size {
        Some((width, height)) if width > 0 && height > 0 => f64::from(width) / f64::from(height),
        _ => 16.0 / 9.0,
    }
}
