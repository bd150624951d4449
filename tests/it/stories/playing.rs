//! From a creator's film to a picture that moves: playlists, permissions that last and end. What becomes of files: `processing`.
//!
//! The film is real, made by ffmpeg; without ffmpeg these stories say so loudly and are skipped.

use std::process::Command;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::processing::film_story;
use crate::support::{
    DIVIDED, FILMED, Made, Market, PLAY, Person, REPLAY_SET, Studio, euros, made, replay_of, text,
};

const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const GRANT: &str = "mutation($input: PlaybackInput!) { playbackGrantCreate(input: $input) {
    grant { id manifestUrl protocol captions { track { language label } url } storyboardUrl resumeAtSeconds expiresAt renewAfter } userErrors { code path message } } }";
const RENEW: &str = "mutation($id: ID!) { playbackGrantRenew(grantId: $id) {
    grant { id manifestUrl protocol expiresAt } userErrors { code path message } } }";
const CONTENT: &str = "query($id: ID!) { lesson(id: $id) { content { ... on VideoContent {
    durationSeconds aspectRatio poster { url width height } chapters { title startSeconds } } } } }";

const CAPTION: &str =
    "mutation($id: ID!, $input: CaptionTrackInput!) { captionTrackAdd(assetId: $id, input: $input) {
    track { id } userErrors { code path message } } }";
const WORDS: &[u8] = b"WEBVTT\n\n00:01.000 --> 00:09.000\nStripes, and a tone.\n";

/// A course whose first lesson is the film.
async fn course(market: &Market) -> (Studio, Made, String) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let film = studio.hands_in("video/mp4", &DIVIDED).await;
    market.settles().await;
    let seen = studio.asset(&film).await;
    assert_eq!(
        seen,
        json!({ "state": "READY", "failureReason": null, "processingBasisPoints": null, "durationSeconds": 10 })
    );
    let made = studio.sells("Bread", euros(900)).await;
    studio.sets_content(&made.lessons[0], json!({ "videoAssetId": film })).await;
    (studio, made, film)
}

async fn begins(person: &Person, lesson: &str) -> Value {
    let grant = person.does(GRANT, json!({ "input": { "lessonId": lesson } })).await["grant"].clone();
    assert_eq!(grant["protocol"], "HLS");
    grant
}

/// What a player asks for: status and text.
async fn asks(market: &Market, address: &str) -> (u16, String) {
    let answer = market.http().get(address).header("origin", "https://school.example").send().await.unwrap();
    let status = answer.status().as_u16();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("cache-control").as_deref(), Some("private, no-store"));
    assert!(header("access-control-allow-origin").is_some(), "any page may play");
    if status == 200 && address.ends_with(".m3u8") {
        assert_eq!(header("content-type").as_deref(), Some("application/vnd.apple.mpegurl"));
    }
    (status, answer.text().await.unwrap())
}

async fn status(market: &Market, grant: &Value) -> u16 {
    asks(market, &text(&grant["manifestUrl"])).await.0
}

/// Plays a rendition as a player does, range by range; gives its frames and seconds as ffprobe counts them.
async fn plays_through(market: &Market, playlist: &str) -> (Value, Vec<f64>) {
    let (mut bytes, mut seconds, mut address) = (Vec::new(), Vec::new(), None);
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for line in playlist.lines() {
        let range = |said: &str| {
            let (length, offset) = said.split_once('@').unwrap();
            (length.parse::<u64>().unwrap(), offset.parse::<u64>().unwrap())
        };
        if let Some(map) = line.strip_prefix("#EXT-X-MAP:URI=\"") {
            ranges.push(range(map.split("BYTERANGE=\"").nth(1).unwrap().trim_end_matches('"')));
        } else if let Some(said) = line.strip_prefix("#EXT-X-BYTERANGE:") {
            ranges.push(range(said));
        } else if let Some(said) = line.strip_prefix("#EXTINF:") {
            seconds.push(said.trim_end_matches(',').parse().unwrap());
        } else if !line.starts_with('#') {
            assert!(address.as_deref().is_none_or(|known| known == line), "one address for all");
            address = Some(line.to_owned());
        }
    }
    let address = json!(address.unwrap());
    let nobody = market.stranger("A player");
    for (length, offset) in ranges {
        let (status, kind, piece) =
            nobody.reads(&address, Some(&format!("bytes={offset}-{}", offset + length - 1))).await;
        assert_eq!((status, kind.as_str(), piece.len() as u64), (206, "video/mp4", length));
        bytes.extend(piece);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("all.mp4"), bytes).unwrap();
    let words =
        "-v error -count_frames -show_entries stream=codec_name,width,height,nb_read_frames -of json all.mp4";
    let said = Command::new("ffprobe").args(words.split(' ')).current_dir(folder.path()).output().unwrap();
    assert!(said.stderr.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
    (serde_json::from_slice(&said.stdout).unwrap(), seconds)
}

fn instant(value: &Value) -> DateTime<Utc> {
    text(value).parse().unwrap()
}

/// Lets minutes pass, in steps in which a client's access token lasts.
async fn stays(market: &Market, person: &Person, minutes: i64) {
    for _ in 0..minutes / 5 {
        market.app().clock.advance(Duration::minutes(5));
        person.refreshes().await;
    }
}

/// Lets the second rendition be lost between the bucket and the database.
/// Whether the subtitles are there.
async fn is_read(person: &Person, url: &Value) {
    let (status, kind, bytes) = person.anonymously().reads(url, None).await;
    assert_eq!((status, kind.as_str(), bytes.as_slice()), (200, "text/vtt", WORDS));
}

film_story! {
    async fn a_film_is_made_into_sizes_and_every_range_of_it_plays(market) {
        let (studio, made, film) = course(&market).await;
        let words = studio.uploads("CAPTIONS", "text/vtt", WORDS).await;
        let track = json!({ "language": "en", "label": "English", "assetId": words });
        studio.owner.does(CAPTION, json!({ "id": film, "input": track })).await;
        let ben = market.person("Ben").await;
        ben.db_enrolls(&made.course).await.unwrap();
        let grant = begins(&ben, &made.lessons[0]).await;
        assert_eq!(grant["captions"][0]["track"], json!({ "language": "en", "label": "English" }));
        is_read(&ben, &grant["captions"][0]["url"]).await;
        let manifest = text(&grant["manifestUrl"]);
        let (status, subtitles) = asks(&market, &manifest.replace("index.m3u8", "captions-en.m3u8")).await;
        assert_eq!(status, 200);
        assert!(subtitles.contains("#EXTINF:10."), "{subtitles}");
        is_read(&ben, &json!(subtitles.lines().find(|line| !line.starts_with('#')).unwrap())).await;
        assert_eq!(asks(&market, &manifest.replace("index.m3u8", "captions-de.m3u8")).await.0, 404);
        assert!(manifest.starts_with(&format!("{}/hls/", market.url())), "{manifest}");
        let (status, list) = asks(&market, &manifest).await;
        assert_eq!(status, 200, "{list}");
        let names: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(names, ["480p.m3u8", "360p.m3u8"]);
        assert!(list.contains("RESOLUTION=854x480,CODECS=\"avc1.42c01e,mp4a.40.2\""), "{list}");
        assert!(list.contains("TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"English\",LANGUAGE=\"en\""), "{list}");
        assert_eq!(list.matches(",SUBTITLES=\"captions\"").count(), 2, "{list}");
        let mut cuts = Vec::new();
        for (name, size) in names.iter().zip([(854, 480), (640, 360)]) {
            let (status, playlist) = asks(&market, &manifest.replace("index.m3u8", name)).await;
            assert_eq!(status, 200);
            let (said, seconds) = plays_through(&market, &playlist).await;
            assert_eq!(said["streams"][0]["nb_read_frames"], "250", "{said}");
            assert_eq!((&said["streams"][0]["width"], &said["streams"][0]["height"]), (&json!(size.0), &json!(size.1)));
            assert_eq!(said["streams"][1]["codec_name"], "aac");
            cuts.push(seconds);
        }
        assert_eq!(cuts[0], [6.0, 4.0]);
        assert_eq!(cuts[0], cuts[1], "a player may change between them at every segment");

        let (status, cues) = asks(&market, &text(&grant["storyboardUrl"])).await;
        assert_eq!((status, cues.matches("#xywh=").count()), (200, 5), "{cues}");
        let sprite = cues.lines().find(|line| line.starts_with("http")).and_then(|line| line.split('#').next());
        let (status, kind, bytes) = ben.anonymously().reads(&json!(sprite.unwrap()), None).await;
        assert_eq!((status, kind.as_str(), &bytes[..2]), (200, "image/jpeg", &b"\xff\xd8"[..]));
        let seen = ben.sees(CONTENT, json!({ "id": made.lessons[0] })).await["lesson"]["content"].clone();
        assert_eq!(seen["chapters"], json!([{ "title": "Stripes", "startSeconds": 0 }, { "title": "2", "startSeconds": 4 }]));
        assert_eq!((&seen["poster"]["width"], &seen["poster"]["height"]), (&json!(854), &json!(480)));
        let (status, kind, bytes) = ben.anonymously().reads(&seen["poster"]["url"], None).await;
        assert_eq!((status, kind.as_str(), &bytes[..2]), (200, "image/jpeg", &b"\xff\xd8"[..]));
        assert_eq!(studio.owner.does(PLAY, json!({ "input": { "lessonId": made.lessons[0] } })).await["grant"]["protocol"], "HLS");
        assert!(std::fs::read_dir(market.app().settings.data_dir.join("processing")).unwrap().next().is_none(), "nothing is left behind");
    }

    async fn a_recording_is_streamed_too_and_a_deleted_file_goes_with_all_that_was_made_of_it(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let sound = studio.hands_in("audio/mpeg", &made("-f lavfi -i sine -t 9 -c:a libmp3lame", "sound.mp3")).await;
        market.settles().await;
        assert_eq!(studio.asset(&sound).await["durationSeconds"], 9);
        let grant = mira.does(GRANT, json!({ "input": { "assetId": sound } })).await["grant"].clone();
        assert_eq!((&grant["protocol"], &grant["storyboardUrl"]), (&json!("HLS"), &Value::Null));
        let manifest = text(&grant["manifestUrl"]);
        let (_, list) = asks(&market, &manifest).await;
        assert!(list.contains("CODECS=\"mp4a.40.2\"\nsound.m3u8\n"), "{list}");
        let (_, playlist) = asks(&market, &manifest.replace("index.m3u8", "sound.m3u8")).await;
        let (said, seconds) = plays_through(&market, &playlist).await;
        assert_eq!((&said["streams"][0]["codec_name"], seconds.len()), (&json!("aac"), 2));
        mira.does(DELETE, json!({ "id": sound })).await;
        assert_eq!(status(&market, &grant).await, 410);
        market.passes(Duration::days(8)).await;
        assert!(market.app().media.list("", 10).await.unwrap().is_empty());
    }

    async fn only_who_may_plays_and_only_for_as_long(market) {
        let (_, made, _) = course(&market).await;
        let lesson = &made.lessons[0];
        let ben = market.person("Ben").await;
        let input = json!({ "input": { "lessonId": lesson } });
        assert_eq!(ben.is_refused(GRANT, input.clone()).await[0].code, "NOT_ENROLLED");
        let right = ben.db_enrolls(&made.course).await.unwrap();
        let grant = begins(&ben, lesson).await;
        let manifest = text(&grant["manifestUrl"]);
        let stolen = manifest.replace("/hls/0", "/hls/1");
        let unsigned = manifest.replace('.', "x").replace("/hls/", "/hls/a.");
        for wrong in [stolen, unsigned, manifest.replace("index", "144p"), manifest.replace("index.m3u8", "poster.m3u8")] {
            assert_eq!(asks(&market, &wrong).await.0, 404, "{wrong}");
        }
        let stranger = market.person("Eve").await;
        let id = json!({ "id": grant["id"] });
        assert_eq!(stranger.is_refused(RENEW, id.clone()).await[0].code, "NOT_FOUND");
        stays(&market, &ben, 50).await;
        let longer = ben.does(RENEW, id.clone()).await["grant"].clone();
        assert_eq!(longer["manifestUrl"], grant["manifestUrl"]);
        assert!(instant(&longer["expiresAt"]) - instant(&grant["expiresAt"]) > Duration::minutes(45));
        stays(&market, &ben, 30).await;
        assert_eq!(status(&market, &grant).await, 200, "the film goes on");
        stays(&market, &ben, 40).await;
        assert_eq!(status(&market, &grant).await, 410, "nobody renewed it");
        ben.does(RENEW, id.clone()).await;
        assert_eq!(status(&market, &grant).await, 200, "renewed after a pause");

        assert!(ben.db_loses(right).await);
        assert_eq!(status(&market, &grant).await, 410, "at once");
        let refused = ben.is_refused(RENEW, id).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("LESSON_LOCKED", "grantId"));
        assert_eq!(ben.is_refused(GRANT, input).await[0].code, "LESSON_LOCKED");
    }

    async fn a_recording_of_a_date_plays_until_the_seat_is_refunded(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        studio.shows_replays(&evening.workshop, "FOREVER").await;
        let ben = market.person("Ben").await;
        let order = ben.buys_seat(&evening).await;
        market.passes(Duration::days(11)).await;
        let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
        let studio = Studio { owner: mira.clone(), ..studio };
        let film = studio.hands_in("video/mp4", &FILMED).await;
        let early = mira.is_refused(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        assert_eq!((early[0].code.as_str(), early[0].path.as_str()), ("ASSET_NOT_READY", "assetId"), "still PROCESSING");
        market.settles().await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        let grant = ben.does(GRANT, replay_of(&evening.session)).await["grant"].clone();
        assert_eq!(grant["protocol"], "HLS");
        assert_eq!(status(&market, &grant).await, 200);
        ben.does(RENEW, json!({ "id": grant["id"] })).await;
        let team = mira.does(GRANT, replay_of(&evening.session)).await["grant"].clone();

        mira.gives_back(&order, None, true).await;
        assert_eq!(status(&market, &grant).await, 410, "at once");
        assert_eq!(ben.is_refused(RENEW, json!({ "id": grant["id"] })).await[0].code, "NOT_FOUND");
        assert_eq!(ben.is_refused(GRANT, replay_of(&evening.session)).await[0].code, "NOT_FOUND");
        assert_eq!(status(&market, &team).await, 200);
        let other = studio.hands_in("video/mp4", &DIVIDED).await;
        market.settles().await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": other })).await;
        let refused = mira.is_refused(RENEW, json!({ "id": team["id"] })).await;
        assert_eq!((refused[0].code.as_str(), status(&market, &team).await), ("INVALID_STATE", 410), "another file");
    }

    async fn a_preview_plays_for_anybody_and_a_film_ends_with_the_sign_out(market) {
        let (studio, made, _) = course(&market).await;
        let open = "mutation($id: ID!) { lessonUpdate(id: $id, input: { isPreview: true }) { lesson { id } userErrors { code path message } } }";
        let answer = studio.owner.asks(open, json!({ "id": made.lessons[0] })).await;
        assert!(answer.refusals().is_empty(), "{:#}", answer.body);
        let follower = market.person("Flo").await;
        let nobody = market.stranger("Nobody");
        for watcher in [&nobody, &follower] {
            let grant = begins(watcher, &made.lessons[0]).await;
            assert_eq!(status(&market, &grant).await, 200);
            watcher.does(RENEW, json!({ "id": grant["id"] })).await;
        }
        let grant = begins(&follower, &made.lessons[0]).await;
        let out = "mutation { authSignOut { revokedSessionCount } }";
        let answer = follower.asks(out, json!({})).await;
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        assert_eq!(status(&market, &grant).await, 410);
    }

    async fn the_fourth_device_ends_what_plays_on_the_first(market) {
        let (_, made, _) = course(&market).await;
        let ben = market.person("Ben").await;
        ben.db_enrolls(&made.course).await.unwrap();
        let mut playing = Vec::new();
        for device in 0..3 {
            let there = if device == 0 { ben.clone() } else { ben.elsewhere() };
            if device > 0 {
                there.signs_in().await;
            }
            let grant = begins(&there, &made.lessons[0]).await;
            playing.push((there, grant));
            market.app().clock.advance(Duration::seconds(1));
        }
        begins(&playing[1].0, &made.lessons[0]).await;
        for (_, grant) in &playing {
            assert_eq!(status(&market, grant).await, 200, "three may play");
        }
        let fourth = ben.elsewhere();
        fourth.signs_in().await;
        let last = begins(&fourth, &made.lessons[0]).await;
        assert_eq!(status(&market, &last).await, 200);
        assert_eq!(status(&market, &playing[0].1).await, 410);
        let refused = playing[0].0.is_refused(RENEW, json!({ "id": playing[0].1["id"] })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("DEVICE_LIMIT", "grantId"));
        for (there, grant) in &playing[1..] {
            assert_eq!(status(&market, grant).await, 200);
            there.does(RENEW, json!({ "id": grant["id"] })).await;
        }
        let again = begins(&playing[0].0, &made.lessons[0]).await;
        assert_eq!(status(&market, &again).await, 200, "who asks anew goes on there");
        assert_eq!(status(&market, &playing[1].1).await, 410, "and ends the next");
    }
}
