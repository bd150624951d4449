//! Making one rendition: run the program, judge what it made, store it, write it down.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use media_store::MediaStoreError;

use crate::app::App;
use crate::gateways::ffmpeg::{self, Limits, Programs, RunError};
use crate::kernel::{Fault, Result};
use crate::media::film::commands::{self, MEDIA, ORIGINAL, PLAYLIST};
use crate::media::film::ladder::{MOST_BYTES, Wanted};
use crate::media::film::playlist::{Segments, h264_name};
use crate::media::film::probe::{self, Source};
use crate::media::film::progress::{Efforts, seconds_done};
use crate::media::jobs;
use crate::media::model::{Asset, Failure, State};
use crate::media::rendition::{Rendition, RenditionKind};
use crate::media::store;
use crate::queue::Job;

use super::process::Stop;
use super::workshop::Workshop;
use super::{FOREVER, progress, store_failed};

pub(super) type Outcome<T> = std::result::Result<T, Stop>;

/// When it is looked whether a stored rendition was written down: longer than storing one takes.
const SECOND_LOOK: chrono::Duration = chrono::Duration::hours(6);
/// Segments of an original that are longer than this, in seconds, suit no player: it is encoded then.
const LONGEST_SEGMENT: f64 = 12.0;
/// A rendition may be shorter than its original by so many seconds: sound and picture seldom end together.
const MAY_LACK: f64 = 3.0;
/// Looking, measuring and making pictures.
pub(super) const SHORT: Duration = Duration::from_secs(600);
/// Making one rendition, at least and at most.
const BETWEEN: (f64, f64) = (600.0, 6.0 * 3600.0);
/// Seconds that a second of film may take.
const SLOWNESS: f64 = 8.0;
/// Memory of one program, in bytes of address space.
const MEMORY: u64 = 4 << 30;
/// Processors that a program keeps busy, for its limit of their time.
const PROCESSORS: u64 = 4;
/// How often progress is written down.
const REPORTED: Duration = Duration::from_secs(2);

/// One run over one original.
pub(super) struct Run<'r> {
    pub(super) app: &'r App,
    pub(super) programs: &'r Programs,
    pub(super) asset: &'r Asset,
    pub(super) workshop: &'r Workshop,
    /// The original's format, as ffmpeg calls it.
    pub(super) format: &'static str,
}

/// How ffmpeg calls the format; UNSUPPORTED for what is not played.
pub(super) fn format_of(asset: &Asset) -> Outcome<&'static str> {
    commands::format_of(&asset.content_type).ok_or(Stop::Failed(Failure::Unsupported))
}

/// Where the segments of a rendition begin, for the others to follow.
pub(super) fn cuts_of(made: &Rendition) -> Option<Vec<f64>> {
    let kept = made.playlist.as_deref().and_then(Segments::read);
    kept.filter(|_| made.kind == RenditionKind::Video).map(|segments| segments.beginnings())
}

impl Run<'_> {
    /// What a program may use in this time, or in the time that the settings leave it.
    pub(super) fn limits(&self, wall: Duration) -> Limits {
        let wall = self.app.settings.media_step.map_or(wall, |most| wall.min(most));
        Limits {
            wall,
            cpu_seconds: wall.as_secs() * PROCESSORS,
            memory_bytes: MEMORY,
            file_bytes: MOST_BYTES * 2,
        }
    }

    /// Brings the original here.
    pub(super) async fn fetch(&self) -> Outcome<()> {
        let key = self.asset.object_key.as_deref().ok_or(Stop::Failed(Failure::Corrupt))?;
        let file = self.workshop.file(ORIGINAL);
        // As long as it was when it was verified.
        let most = u64::try_from(self.asset.byte_size).unwrap_or(0);
        match self.app.media.get_file(key, &file, most).await {
            Ok(_) => Ok(()),
            Err(MediaStoreError::NotFound) => Err(Stop::Failed(Failure::Corrupt)),
            Err(error) => Err(store_failed("fetching an original", error).into()),
        }
    }

    /// What the original is, and how long it plays.
    pub(super) async fn look(&self) -> Outcome<(Source, f64)> {
        let words = commands::look(self.format);
        let folder = self.workshop.folder();
        let asked = ffmpeg::ask(&self.programs.ffprobe, &words, &folder, &self.limits(SHORT)).await;
        let source = probe::read(self.asset.kind, &asked.map_err(blame)?).map_err(Stop::Failed)?;
        if let Some(seconds) = source.seconds {
            return Ok((source, seconds));
        }
        let mut seconds = 0.0;
        let told = |line: &str| seconds = seconds_done(line).unwrap_or(seconds);
        let words = commands::measure(self.format);
        ffmpeg::run(&self.programs.ffmpeg, &words, &folder, &self.limits(SHORT), told)
            .await
            .map_err(blame)?;
        probe::within_length(seconds).map_err(Stop::Failed)?;
        if seconds > 0.0 { Ok((source, seconds)) } else { Err(Stop::Failed(Failure::Corrupt)) }
    }

    /// Makes one rendition to be streamed. An original that cannot stay as it is after all is encoded.
    pub(super) async fn stream(
        &self,
        wanted: &Wanted,
        cuts: Option<&[f64]>,
        seconds: f64,
        efforts: &Efforts,
    ) -> Outcome<Rendition> {
        let made = self.encoded(wanted, cuts, seconds, efforts).await;
        let segments = match made {
            Ok(segments) if wanted.as_it_is && segments.longest() > LONGEST_SEGMENT => None,
            Err(Stop::Failed(_)) if wanted.as_it_is => None,
            other => Some(other?),
        };
        let segments = match segments {
            Some(segments) => segments,
            None => {
                let again = Wanted { as_it_is: false, kilobits: wanted.kilobits.max(2800), ..wanted.clone() };
                self.encoded(&again, cuts, seconds, efforts).await?
            }
        };
        let rendition = self.described(wanted, &segments).await?;
        self.keep(MEDIA, rendition).await
    }

    async fn encoded(
        &self,
        wanted: &Wanted,
        cuts: Option<&[f64]>,
        seconds: f64,
        efforts: &Efforts,
    ) -> Outcome<Segments> {
        let words = commands::rendition(self.format, wanted, cuts, MOST_BYTES);
        let time = Duration::from_secs_f64((seconds * SLOWNESS).clamp(BETWEEN.0, BETWEEN.1));
        let (tell, told) = tokio::sync::watch::channel(0.0);
        let line = move |line: &str| {
            if let Some(done) = seconds_done(line) {
                tell.send_replace(done / seconds);
            }
        };
        let folder = self.workshop.folder();
        let limits = self.limits(time);
        let run = ffmpeg::run(&self.programs.ffmpeg, &words, &folder, &limits, line);
        let report = self.report(told, wanted.effort(), efforts);
        tokio::select! {
            done = run => done.map_err(blame)?,
            stopped = report => return Err(stopped),
        }
        let text = tokio::fs::read_to_string(self.workshop.file(PLAYLIST)).await.map_err(unreadable)?;
        let segments = Segments::read(&text).ok_or(Stop::Failed(Failure::Unsupported))?;
        let length = length(&self.workshop.file(MEDIA)).await?;
        // `-fs` ends a run without a word.
        let whole = segments.seconds() + MAY_LACK >= seconds && segments.lie_within(length);
        if whole { Ok(segments) } else { Err(Stop::Failed(Failure::Unsupported)) }
    }

    /// Writes down how far it is, at once and every two seconds; ends only when that cannot be done.
    async fn report(&self, told: tokio::sync::watch::Receiver<f64>, effort: u64, efforts: &Efforts) -> Stop {
        let mut ticks = tokio::time::interval(REPORTED);
        let mut written = None;
        loop {
            ticks.tick().await;
            let part = *told.borrow();
            let basis_points = efforts.basis_points(effort, part);
            if written == Some(basis_points) {
                continue;
            }
            if let Err(error) = progress::write(self.app, self.asset.id, basis_points).await {
                return Stop::Fault(error);
            }
            written = Some(basis_points);
        }
    }

    async fn described(&self, wanted: &Wanted, segments: &Segments) -> Outcome<Rendition> {
        let kind = if wanted.size.is_some() { RenditionKind::Video } else { RenditionKind::Audio };
        let mut codecs = Vec::new();
        let header = self.header(segments).await?;
        if kind == RenditionKind::Video {
            codecs.push(h264_name(&header).ok_or(Stop::Failed(Failure::Unsupported))?);
        }
        if header.windows(4).any(|name| name == b"mp4a") {
            codecs.push("mp4a.40.2".to_owned());
        }
        Ok(Rendition {
            kind,
            name: wanted.name.clone(),
            width: wanted.size.map(|(width, _)| width),
            height: wanted.size.map(|(_, height)| height),
            bits_per_second: i64::try_from(segments.peak_bits()).ok(),
            codecs: Some(codecs.join(",")),
            duration_ms: Some((segments.seconds() * 1000.0).round() as i64),
            playlist: Some(segments.written()),
            ..self.blank(kind, "video/mp4")
        })
    }

    async fn header(&self, segments: &Segments) -> Outcome<Vec<u8>> {
        use tokio::io::AsyncReadExt;
        let file = tokio::fs::File::open(self.workshop.file(MEDIA)).await.map_err(unreadable)?;
        let mut header = Vec::new();
        let length = segments.header.length.min(1 << 20);
        file.take(length).read_to_end(&mut header).await.map_err(unreadable)?;
        Ok(header)
    }

    /// A rendition of which nothing is known yet.
    pub(super) fn blank(&self, kind: RenditionKind, content_type: &str) -> Rendition {
        Rendition {
            asset: self.asset.id,
            kind,
            name: kind.name().to_lowercase(),
            width: None,
            height: None,
            bits_per_second: None,
            codecs: None,
            content_type: content_type.to_owned(),
            object_key: String::new(),
            byte_size: 0,
            duration_ms: None,
            playlist: None,
        }
    }

    /// Stores a finished file and writes it down; before that, that somebody has to look after it.
    pub(super) async fn keep(&self, file: &str, made: Rendition) -> Outcome<Rendition> {
        let file = self.workshop.file(file);
        let mut tx = self.app.begin().await?;
        let owner = store::owner(self.asset.creator, self.asset.uploader);
        let key = format!("m/{owner}/{}/{}-{}", self.asset.id, made.name, tx.id().simple());
        let look = Job::new(jobs::SETTLE_RENDITION, json!({ "key": key }));
        tx.enqueue(look.not_before(tx.now() + SECOND_LOOK));
        tx.commit().await?;
        let stored = self.app.media.put_file(&key, &file, &made.content_type, FOREVER).await;
        let bytes = stored.map_err(|error| store_failed("storing a rendition", error))?;
        let byte_size = i64::try_from(bytes).unwrap_or(i64::MAX);
        let made = Rendition { object_key: key, byte_size, ..made };
        self.note(&made).await?;
        let _ = tokio::fs::remove_file(&file).await;
        Ok(made)
    }

    async fn note(&self, made: &Rendition) -> Outcome<()> {
        let tx = self.app.begin().await?;
        let asset = store::locked(&tx, self.asset.id).await?;
        if !asset.is_some_and(|asset| asset.state == State::Processing) {
            return Err(Fault::new("processing", "the file is not PROCESSING any more").into());
        }
        store::insert_rendition(&tx, made).await?;
        Ok(tx.commit().await?)
    }
}

/// Who is to blame for a run that came to nothing.
pub(super) fn blame(error: RunError) -> Stop {
    match error {
        RunError::TooLong => Stop::Failed(Failure::Timeout),
        RunError::TooLarge => Stop::Failed(Failure::Unsupported),
        RunError::SaidNo(said) => {
            tracing::warn!(%said, "a file could not be processed");
            Stop::Failed(Failure::Corrupt)
        }
        RunError::Unable(_) | RunError::Ended(_) => Fault::away("processing", error).into(),
    }
}

fn unreadable(cause: std::io::Error) -> Stop {
    Fault::away("reading what was made", cause).into()
}

async fn length(file: &Path) -> Outcome<u64> {
    Ok(tokio::fs::metadata(file).await.map_err(unreadable)?.len())
}

/// Removes a rendition's object unless it was written down.
pub async fn settle_rendition(app: &App, key: &str) -> Result<()> {
    if store::is_rendition(&app.db, key).await? {
        return Ok(());
    }
    app.media.delete(key).await.map_err(|error| store_failed("removing an object", error))
}
