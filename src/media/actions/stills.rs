//! The pictures that belong to a film: its poster, and the preview that players show while somebody drags along it.

use crate::gateways::ffmpeg::{self, RunError};
use crate::media::film::commands::{self, POSTER, STORYBOARD};
use crate::media::film::storyboard::Layout;
use crate::media::rendition::{Rendition, RenditionKind};

use super::package::{Outcome, Run, SHORT, blame};

impl Run<'_> {
    /// Makes the poster and the storyboard, as far as they are missing.
    pub(super) async fn pictures(&self, size: (i32, i32), seconds: f64, made: &[Rendition]) -> Outcome<()> {
        if !has(made, RenditionKind::Poster) {
            let words = commands::poster(self.format, seconds / 10.0, size);
            self.picture(words, POSTER, RenditionKind::Poster, Some(size), None).await?;
        }
        if !has(made, RenditionKind::Storyboard) {
            let layout = Layout::of(seconds, size);
            let words = commands::storyboard(self.format, &layout);
            let one = Some((layout.width, layout.height));
            self.picture(words, STORYBOARD, RenditionKind::Storyboard, one, Some(layout.cues(seconds)))
                .await?;
        }
        Ok(())
    }

    /// Makes one picture. A film that gives none is played without it.
    async fn picture(
        &self,
        words: Vec<String>,
        file: &str,
        kind: RenditionKind,
        size: Option<(i32, i32)>,
        playlist: Option<String>,
    ) -> Outcome<()> {
        let folder = self.workshop.folder();
        let run = ffmpeg::run(&self.programs.ffmpeg, &words, &folder, &self.limits(SHORT), |_| {}).await;
        match run {
            Err(error @ (RunError::Unable(_) | RunError::Ended(_))) => return Err(blame(error)),
            Err(error) => tracing::warn!(asset = %self.asset.id, %error, "no {file} could be made"),
            Ok(()) => {}
        }
        let there = tokio::fs::metadata(self.workshop.file(file)).await.is_ok_and(|file| file.len() > 0);
        if there {
            let (width, height) = size.unzip();
            let named = Rendition { width, height, playlist, ..self.blank(kind, "image/jpeg") };
            self.keep(file, named).await?;
        }
        Ok(())
    }
}

fn has(made: &[Rendition], kind: RenditionKind) -> bool {
    made.iter().any(|rendition| rendition.kind == kind)
}
