//! What becomes of an uploaded film or sound: sizes by ffmpeg, steps that are made again after a fault, files that are not what they
//! say, programs that hang.
//!
//! The film is real, made by ffmpeg; without ffmpeg these stories say so loudly and are skipped.

use std::path::Path;
use std::sync::{Arc, Mutex};

use atelier::steps::{Fate, Place, Watcher};
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{FILMED, Heard, Kind, Market, PLAY, Studio, is_ffmpeg_here, made, play_with, text};

const ASSET: &str =
    "query($id: ID!) { asset(id: $id) { state failureReason processingBasisPoints durationSeconds } }";
const FOLLOW: &str = "subscription($id: ID!) { assetUpdated(assetId: $id) { state processingBasisPoints } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state processingBasisPoints } userErrors { code path message } } }";

/// Like `story!`, in an installation that processes films.
macro_rules! film_story {
    ($(async fn $name:ident($market:ident) $body:block)*) => {
        $(
            mod $name {
                #[allow(unused_imports, reason = "a story takes what it needs")]
                use super::*;

                async fn story($market: $crate::support::Market) $body

                #[test]
                fn sqlite() {
                    if $crate::support::is_ffmpeg_here() {
                        $crate::support::play_with($crate::support::Kind::Sqlite, &[("MEDIA_PROCESSING", "on")], story);
                    }
                }

                #[test]
                fn postgres() {
                    if $crate::support::is_ffmpeg_here() {
                        $crate::support::play_with($crate::support::Kind::Postgres, &[("MEDIA_PROCESSING", "on")], story);
                    }
                }
            }
        )*
    };
}
pub(super) use film_story;

impl Studio {
    /// Uploads a file that is to be processed; gives its id.
    pub(super) async fn hands_in(&self, content_type: &str, bytes: &[u8]) -> String {
        let upload = self.promises("LESSON_MEDIA", content_type, bytes).await;
        self.owner.sends(&upload, bytes).await;
        let done = self.owner.does(COMPLETE, json!({ "id": upload["id"] })).await["asset"].clone();
        assert_eq!((&done["state"], &done["processingBasisPoints"]), (&json!("PROCESSING"), &json!(0)));
        text(&done["id"])
    }

    pub(super) async fn asset(&self, id: &str) -> Value {
        self.owner.sees(ASSET, json!({ "id": id })).await["asset"].clone()
    }
}

#[derive(Default)]
struct Losing(Mutex<usize>);

impl Watcher for Losing {
    fn fate(&self, place: Place) -> Fate {
        if !place.file().ends_with("actions/package.rs") {
            return Fate::Happens;
        }
        // Each rendition commits twice: that somebody has to look after it, and that it is there.
        let mut seen = self.0.lock().unwrap();
        *seen += 1;
        if *seen == 4 { Fate::Fails } else { Fate::Happens }
    }

    fn died(&self) {}
}

async fn renditions(market: &Market) -> Vec<(String, String)> {
    use sea_orm::ConnectionTrait;
    let rows = "SELECT name, object_key FROM renditions ORDER BY id";
    let app = market.app();
    let rows = app.db.read().query_all_raw(atelier::db::sql(app.db.backend(), rows, [])).await.unwrap();
    rows.iter()
        .map(|row| (row.try_get("", "name").unwrap(), row.try_get("", "object_key").unwrap()))
        .collect()
}

film_story! {
    async fn a_retry_goes_on_with_what_is_missing(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let film = studio.hands_in("video/mp4", &FILMED).await;
        let mut heard = mira.follows(FOLLOW, json!({ "id": film })).await;
        assert_eq!(heard.next().await["assetUpdated"], json!({ "state": "PROCESSING", "processingBasisPoints": 0 }));
        market.app().db.steps().watched_by(Arc::new(Losing::default()));
        market.settles().await;
        let half = studio.asset(&film).await;
        assert_eq!(half["state"], "PROCESSING");
        let done = half["processingBasisPoints"].as_i64().unwrap();
        assert!((500..10_000).contains(&done), "{done}");
        while heard.next().await["assetUpdated"]["processingBasisPoints"] != half["processingBasisPoints"] {}
        let first = renditions(&market).await;
        assert_eq!(first.len(), 1, "{first:?}");
        assert_eq!(market.app().media.list("m/", 10).await.unwrap().len(), 3, "one was stored for nothing");
        market.passes(Duration::seconds(10)).await;
        assert_eq!(studio.asset(&film).await["state"], "READY");
        while heard.next().await["assetUpdated"]["state"] != "READY" {}
        assert_eq!(heard.hears().await, Heard::Complete);
        let all = renditions(&market).await;
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["480p", "360p", "poster", "storyboard"]);
        assert_eq!(all[0], first[0], "it was not made again");
        market.passes(Duration::hours(7)).await;
        let kept = market.app().media.list("m/", 10).await.unwrap();
        assert_eq!(kept.len(), 5, "what was stored for nothing is gone: {kept:?}");
    }

    async fn a_lie_fails_and_leaves_nothing(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let lie = [&b"\0\0\0\x20ftypisom\0\0\0\0isomiso2avc1mp41"[..], &b"a text that is called a film. ".repeat(100)].concat();
        let film = studio.hands_in("video/mp4", &lie).await;
        let silent = made("-f lavfi -i sine -t 1 -c:a aac", "sound.mp4");
        let blind = studio.hands_in("video/mp4", &silent).await;
        market.settles().await;
        let seen = studio.asset(&film).await;
        assert_eq!((&seen["state"], &seen["failureReason"]), (&json!("FAILED"), &json!("CORRUPT")));
        let seen = studio.asset(&blind).await;
        assert_eq!((&seen["state"], &seen["failureReason"]), (&json!("FAILED"), &json!("UNSUPPORTED")));
        assert!(market.app().media.list("", 10).await.unwrap().is_empty(), "no bytes are left");
        let refused = mira.is_refused(PLAY, json!({ "input": { "assetId": film } })).await;
        assert_eq!(refused[0].code, "ASSET_NOT_READY");
    }

}

/// A folder with an ffmpeg that hangs as long as a file beside it is there.
fn hanging() -> tempfile::TempDir {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (here, program) = (folder.path(), folder.path().join("ffmpeg"));
    let hangs = here.join("hangs");
    std::fs::write(&hangs, "").unwrap();
    let script =
        format!("#!/bin/sh\nif [ -e '{}' ]; then exec sleep 600; fi\nexec ffmpeg \"$@\"\n", hangs.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut places =
        ["/usr/local/bin", "/usr/bin", "/bin"].iter().map(|place| Path::new(place).join("ffprobe"));
    symlink(places.find(|place| place.is_file()).unwrap(), here.join("ffprobe")).unwrap();
    folder
}

fn a_program_hangs(kind: Kind) {
    if !is_ffmpeg_here() {
        return;
    }
    let folder = hanging();
    let search = folder.path().display().to_string();
    let own = [("MEDIA_PROCESSING", "on"), ("MEDIA_STEP_SECONDS", "4"), ("PATH", search.as_str())];
    play_with(kind, &own, async |market| {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let tone = made("-f lavfi -i sine -t 1", "tone.wav");
        let first = studio.hands_in("audio/wav", &tone).await;
        market.settles().await;
        let seen = studio.asset(&first).await;
        assert_eq!((&seen["state"], &seen["failureReason"]), (&json!("FAILED"), &json!("TIMEOUT")));
        assert!(market.app().media.list("", 10).await.unwrap().is_empty(), "no bytes are left");
        let refused = mira.is_refused(PLAY, json!({ "input": { "assetId": first } })).await;
        assert_eq!(refused[0].code, "ASSET_NOT_READY");
        std::fs::remove_file(folder.path().join("hangs")).unwrap();
        let again = studio.hands_in("audio/wav", &tone).await;
        market.settles().await;
        let seen = studio.asset(&again).await;
        assert_eq!((&seen["state"], &seen["durationSeconds"]), (&json!("READY"), &json!(1)));
    });
}

#[test]
fn a_program_that_hangs_fails_the_file_and_the_next_try_works_on_sqlite() {
    a_program_hangs(Kind::Sqlite);
}

#[test]
fn a_program_that_hangs_fails_the_file_and_the_next_try_works_on_postgres() {
    a_program_hangs(Kind::Postgres);
}
