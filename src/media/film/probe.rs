//! What a file is, as ffprobe describes it; and whether it may be processed at all.

use serde::Deserialize;

use crate::media::model::{Chapter, Failure, Kind};

/// The longest film or recording, in seconds.
pub const LONGEST_SECONDS: f64 = 12.0 * 3600.0;
/// The longest side of a picture, in pixels.
const LONGEST_SIDE: i32 = 8192;

/// The picture of a film.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// As it is shown, in pixels.
    pub width: i32,
    /// As it is shown, in pixels.
    pub height: i32,
    /// Whether every player can show it as it is: H.264, 8 bits, upright, not interlaced.
    pub is_plain: bool,
    /// Where the file says.
    pub bits_per_second: Option<u64>,
}

/// The sound of a film or recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Whether every player can play it as it is: AAC-LC, at most two channels.
    pub is_plain: bool,
    /// Where the file says.
    pub bits_per_second: Option<u64>,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// None in a recording.
    pub picture: Option<Picture>,
    /// None in a silent film.
    pub sound: Option<Sound>,
    /// How long it plays; none where the file does not say, as those written by browsers.
    pub seconds: Option<f64>,
    /// As the file has them: in any order, perhaps without names.
    pub chapters: Vec<Chapter>,
}

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    chapters: Vec<Marked>,
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Marked {
    start_time: Option<String>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
struct Tags {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    profile: Option<String>,
    pix_fmt: Option<String>,
    field_order: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    channels: Option<i32>,
    bit_rate: Option<String>,
    sample_aspect_ratio: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: i32,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

/// Reads ffprobe's JSON; CORRUPT if it is none.
pub fn read(kind: Kind, json: &str) -> Result<Source, Failure> {
    let probed: Probed = serde_json::from_str(json).map_err(|_| Failure::Corrupt)?;
    let of = |wanted: &str| {
        let mut streams = probed.streams.iter();
        streams.find(|stream| {
            stream.codec_type.as_deref() == Some(wanted) && stream.disposition.attached_pic == 0
        })
    };
    let picture = of("video").filter(|_| kind == Kind::Video).map(picture).transpose()?;
    let sound = of("audio").map(sound).transpose()?;
    match kind {
        Kind::Video if picture.is_none() => return Err(Failure::Unsupported),
        Kind::Audio if sound.is_none() => return Err(Failure::Unsupported),
        _ => {}
    }
    let said = probed.format.and_then(|format| format.duration).and_then(|text| text.parse::<f64>().ok());
    let seconds = said.filter(|seconds| seconds.is_finite() && *seconds > 0.0);
    if let Some(seconds) = seconds {
        within_length(seconds)?;
    }
    let chapters = probed.chapters.into_iter().filter_map(chapter).collect();
    Ok(Source { picture, sound, seconds, chapters })
}

fn chapter(marked: Marked) -> Option<Chapter> {
    let start: f64 = marked.start_time?.parse().ok()?;
    let within = (0.0..LONGEST_SECONDS).contains(&start);
    within.then(|| Chapter { start_seconds: start as i32, title: marked.tags.title.unwrap_or_default() })
}

/// TOO_LONG beyond twelve hours.
pub fn within_length(seconds: f64) -> Result<(), Failure> {
    if seconds > LONGEST_SECONDS { Err(Failure::TooLong) } else { Ok(()) }
}

fn picture(stream: &Stream) -> Result<Picture, Failure> {
    let codec = stream.codec_name.as_deref().ok_or(Failure::Unsupported)?;
    let (Some(width), Some(height)) = (stream.width, stream.height) else { return Err(Failure::Corrupt) };
    if !(2..=LONGEST_SIDE).contains(&width) || !(2..=LONGEST_SIDE).contains(&height) {
        return Err(Failure::Unsupported);
    }
    let turned = stream.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
    let lies = (turned.abs() / 90.0).round() % 2.0 == 1.0;
    let upright = turned == 0.0;
    let progressive = matches!(stream.field_order.as_deref(), None | Some("progressive" | "unknown"));
    let square = matches!(stream.sample_aspect_ratio.as_deref(), None | Some("1:1" | "0:1" | "N/A"));
    let is_plain = codec == "h264"
        && matches!(stream.pix_fmt.as_deref(), Some("yuv420p" | "yuvj420p"))
        && upright
        && progressive
        && square;
    let (width, height) = if lies { (height, width) } else { (width, height) };
    Ok(Picture { width, height, is_plain, bits_per_second: bits(stream) })
}

fn sound(stream: &Stream) -> Result<Sound, Failure> {
    let codec = stream.codec_name.as_deref().ok_or(Failure::Unsupported)?;
    let is_plain = codec == "aac"
        && stream.profile.as_deref() == Some("LC")
        && stream.channels.is_some_and(|channels| (1..=2).contains(&channels));
    Ok(Sound { is_plain, bits_per_second: bits(stream) })
}

fn bits(stream: &Stream) -> Option<u64> {
    stream.bit_rate.as_deref().and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = r#"{ "streams": [
        { "codec_type": "video", "codec_name": "h264", "pix_fmt": "yuv420p", "width": 1920, "height": 1080,
          "bit_rate": "17000000", "side_data_list": [ { "side_data_type": "Display Matrix", "rotation": -90 } ] },
        { "codec_type": "audio", "codec_name": "aac", "profile": "LC", "channels": 2, "bit_rate": "96000" } ],
        "format": { "duration": "12.500000" } }"#;

    #[test]
    fn a_film_held_upright_is_as_high_as_it_is_shown_and_not_plain() {
        let source = read(Kind::Video, PHONE);
        let picture = source.as_ref().ok().and_then(|source| source.picture.clone());
        assert_eq!(picture.map(|p| (p.width, p.height, p.is_plain)), Some((1080, 1920, false)));
        assert_eq!(source.map(|source| source.seconds), Ok(Some(12.5)));
    }

    #[test]
    fn a_recording_with_a_cover_has_no_picture() {
        let json = r#"{ "streams": [ { "codec_type": "video", "codec_name": "mjpeg", "width": 9, "height": 9,
            "disposition": { "attached_pic": 1 } }, { "codec_type": "audio", "codec_name": "mp3" } ], "format": {} }"#;
        assert_eq!(read(Kind::Video, json), Err(Failure::Unsupported));
        let sound = Some(Sound { is_plain: false, bits_per_second: None });
        let expected = Source { picture: None, sound, seconds: None, chapters: Vec::new() };
        assert_eq!(read(Kind::Audio, json), Ok(expected));
    }

    #[test]
    fn chapters_are_read_as_the_file_has_them() {
        let json = PHONE.replacen(
            '{',
            r#"{ "chapters": [ { "start_time": "1.900000", "tags": { "title": "Oven" } },
            { "start_time": "nowhere" }, { "start_time": "-3" }, { "start_time": "0.000000" } ],"#,
            1,
        );
        let chapters = read(Kind::Video, &json).map(|source| source.chapters);
        let chapter = |start_seconds, title: &str| Chapter { start_seconds, title: title.to_owned() };
        assert_eq!(chapters, Ok(vec![chapter(1, "Oven"), chapter(0, "")]));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(read(Kind::Video, "{}"), Err(Failure::Unsupported));
        assert_eq!(read(Kind::Video, "no json"), Err(Failure::Corrupt));
        let endless = PHONE.replace("12.500000", "43201");
        assert_eq!(read(Kind::Video, &endless), Err(Failure::TooLong));
        let huge = PHONE.replace("1920", "19200");
        assert_eq!(read(Kind::Video, &huge), Err(Failure::Unsupported));
    }
}
