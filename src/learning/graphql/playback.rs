//! Permission to play and to save, as clients see it: mutations on purpose, so that no answer is kept in a cache.

use async_graphql::{Context, Enum, ID, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Url, answer};
use crate::kernel::{AttachmentId, LessonId, Result};
use crate::learning::actions::{self, Played, Target};
use crate::media::actions::Protocol;
use crate::media::graphql::{CaptionTrack, HttpHeader};
use crate::media::model;
use crate::payload;

/// What to play: one of these.
#[derive(Clone, Debug, OneofObject)]
pub enum PlaybackInput {
    /// A lesson that the caller may learn, or that is open to all.
    LessonId(ID),
    /// The recording of a workshop's date (`wss_…`), for who may watch it.
    ReplaySessionId(ID),
    /// A file, for its uploader and the creator's team.
    AssetId(ID),
}

/// How a player reads what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Protocol")]
pub enum PlaybackProtocol {
    /// One file, read by ranges.
    Progressive,
    /// Playlists (RFC 8216): several sizes of the same, of which the player chooses.
    Hls,
}

/// Where the subtitles of one language are.
#[derive(Clone, Debug, SimpleObject)]
pub struct CaptionUrl {
    /// Which.
    pub track: CaptionTrack,
    /// WebVTT. A secret while it lasts.
    pub url: Url,
}

impl From<(model::CaptionTrack, String)> for CaptionUrl {
    fn from((track, url): (model::CaptionTrack, String)) -> Self {
        Self { track: track.into(), url: url.into() }
    }
}

/// A short permission to play.
#[derive(Clone, Debug, SimpleObject)]
pub struct PlaybackGrant {
    /// `plg_…`.
    pub id: ID,
    /// Give it to a player. A secret while it lasts.
    pub manifest_url: Url,
    /// How to read it.
    pub protocol: PlaybackProtocol,
    /// Headers to send; none, since players cannot.
    pub headers: Vec<HttpHeader>,
    /// Subtitles as files of their own; a playlist names them too.
    pub captions: Vec<CaptionUrl>,
    /// Small pictures of all of a film, to show while somebody drags along it (WebVTT); null where there are none.
    pub storyboard_url: Option<Url>,
    /// Where to begin.
    pub resume_at_seconds: i32,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When to ask for the next one.
    pub renew_after: DateTime<Utc>,
    /// Until when a device may keep a copy of what it reads meanwhile; null = it may keep none. For learners alone, and
    /// later with each new permission.
    pub offline_until: Option<DateTime<Utc>>,
}

impl From<Played> for PlaybackGrant {
    fn from(played: Played) -> Self {
        Self {
            id: played.playback.id.to_string().into(),
            manifest_url: played.playback.url.into(),
            protocol: played.playback.protocol.into(),
            headers: Vec::new(),
            captions: played.playback.captions.into_iter().map(CaptionUrl::from).collect(),
            storyboard_url: played.playback.storyboard_url.map(Url::from),
            resume_at_seconds: played.resume_at_seconds,
            expires_at: played.playback.expires_at,
            renew_after: played.playback.renew_after,
            offline_until: played.offline_until,
        }
    }
}

payload! {
    /// What came of `playbackGrantCreate`.
    PlaybackGrantCreatePayload {
        /// The permission.
        grant: PlaybackGrant,
    }
}

payload! {
    /// What came of `playbackGrantRenew`.
    PlaybackGrantRenewPayload {
        /// The same permission, longer.
        grant: PlaybackGrant,
    }
}

payload! {
    /// What came of `downloadGrantCreate`.
    DownloadGrantCreatePayload {
        /// Where the file is. A secret while it lasts.
        url: Url,
        /// When it ends.
        expires_at: DateTime<Utc>,
    }
}

/// The mutations that give out links.
#[derive(Default)]
pub struct PlaybackMutation;

#[Object]
impl PlaybackMutation {
    /// Permission to play a lesson, a recording or a file for a while: for who is entitled, for everybody where the lesson
    /// is a preview, for the creator's team.
    async fn playback_grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to play.")] input: PlaybackInput,
    ) -> Fallible<PlaybackGrantCreatePayload> {
        let played = async {
            let (target, path) = match &input {
                PlaybackInput::LessonId(given) => {
                    let path = ["input", "lessonId"];
                    (Target::Lesson(id(&path, given)?), path)
                }
                PlaybackInput::ReplaySessionId(given) => {
                    let path = ["input", "replaySessionId"];
                    (Target::Replay(id(&path, given)?), path)
                }
                PlaybackInput::AssetId(given) => {
                    let path = ["input", "assetId"];
                    (Target::Asset(id(&path, given)?), path)
                }
            };
            actions::play(ctx.app(), ctx.actor(), &who(ctx), target).await.missing_at(&path)
        };
        answer(
            played.await.map(|played| PlaybackGrantCreatePayload {
                grant: Some(played.into()),
                user_errors: Vec::new(),
            }),
        )
    }

    /// Lets a permission last longer, by the rules of a new one and for the device that asked for it. HLS keeps its
    /// `manifestUrl`; links in playlists that were read before do not last longer, so read them again then. Who is
    /// refused loses the old permission at once; DEVICE_LIMIT where the viewer went on to play on too many others.
    async fn playback_grant_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`plg_…`.")] grant_id: ID,
    ) -> Fallible<PlaybackGrantRenewPayload> {
        let path = ["grantId"];
        let renewed = async {
            let grant = id(&path, &grant_id)?;
            actions::renew(ctx.app(), ctx.actor(), &who(ctx), grant).await.missing_at(&path)
        };
        answer(
            renewed.await.map(|played| PlaybackGrantRenewPayload {
                grant: Some(played.into()),
                user_errors: Vec::new(),
            }),
        )
    }

    /// Permission to save one of a lesson's files, under the same rule as playing the lesson.
    async fn download_grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`lsn_…`.")] lesson_id: ID,
        #[graphql(desc = "`att_…`.")] attachment_id: ID,
    ) -> Fallible<DownloadGrantCreatePayload> {
        let granted: Result<_> = async {
            let lesson: LessonId = id(&["lessonId"], &lesson_id)?;
            let attachment: AttachmentId = id(&["attachmentId"], &attachment_id)?;
            let given = actions::download(ctx.app(), ctx.actor(), &who(ctx), lesson, attachment).await;
            given.missing_at(&["lessonId"])
        }
        .await;
        answer(granted.map(|granted| DownloadGrantCreatePayload {
            url: Some(granted.url.into()),
            expires_at: Some(granted.expires_at),
            user_errors: Vec::new(),
        }))
    }
}

/// Whom the limit counts: the account, or the address of who has none.
fn who(ctx: &Context<'_>) -> String {
    match ctx.actor().user_id() {
        Some(user) => user.to_string(),
        None => ctx.requester().address.to_string(),
    }
}
