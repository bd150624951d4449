//! The words for ffprobe and ffmpeg. Files are named relative to the folder of the run; which format the original has
//! is said, never guessed, and no program may open anything but files there.

use super::ladder::{SOUND_KILOBITS, Wanted};
use super::storyboard::{COLUMNS, Layout};

/// The original, as it lies in the folder of the run.
pub const ORIGINAL: &str = "original";
/// A rendition's file.
pub const MEDIA: &str = "media.mp4";
/// Its playlist.
pub const PLAYLIST: &str = "media.m3u8";
/// The poster.
pub const POSTER: &str = "poster.jpg";
/// The storyboard.
pub const STORYBOARD: &str = "storyboard.jpg";

/// How long a segment plays, in seconds.
pub const SEGMENT_SECONDS: u32 = 6;
/// The longer side of a poster, in pixels.
const POSTER_SIDE: i32 = 1280;

/// How ffmpeg calls the format of an accepted type; none for what is not played.
pub fn format_of(content_type: &str) -> Option<&'static str> {
    Some(match content_type {
        "video/mp4" | "video/quicktime" | "audio/mp4" => "mov",
        "video/webm" => "matroska",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" => "wav",
        "audio/flac" => "flac",
        _ => return None,
    })
}

/// Asks ffprobe what the original is.
pub fn look(format: &str) -> Vec<String> {
    words(&["-v", "error", "-protocol_whitelist", "file,pipe", "-f", format])
        .chain(words(&["-print_format", "json", "-show_format", "-show_streams", "-show_chapters", ORIGINAL]))
        .collect()
}

/// Walks through the original without decoding it, to learn how long it is.
pub fn measure(format: &str) -> Vec<String> {
    reading(format, &[]).chain(words(&["-map", "0", "-c", "copy", "-f", "null", "-"])).collect()
}

/// Makes one rendition. `cuts` are the seconds at which segments begin; none = every six seconds.
pub fn rendition(format: &str, wanted: &Wanted, cuts: Option<&[f64]>, most_bytes: u64) -> Vec<String> {
    let mut all: Vec<String> = reading(format, &[]).collect();
    all.extend(words(&["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]));
    match (wanted.size, wanted.as_it_is) {
        (Some(_), true) => all.extend(words(&["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"])),
        (Some(size), false) => all.extend(picture(size, wanted.kilobits, cuts).chain(sound("0:a:0?"))),
        (None, true) => all.extend(words(&["-map", "0:a:0", "-c", "copy"])),
        (None, false) => all.extend(sound("0:a:0")),
    }
    // Encoded pictures have a keyframe only where a segment begins: cutting at each of them is exact.
    let seconds = if wanted.size.is_some() && !wanted.as_it_is { "0.1" } else { "6" };
    all.extend(words(&["-fs", &most_bytes.to_string(), "-max_muxing_queue_size", "4096"]));
    all.extend(words(&["-f", "hls", "-hls_time", seconds, "-hls_playlist_type", "vod"]));
    all.extend(words(&["-hls_segment_type", "fmp4", "-hls_flags", "single_file"]));
    all.extend(words(&["-hls_segment_filename", MEDIA, PLAYLIST]));
    all
}

fn picture((width, height): (i32, i32), kilobits: u32, cuts: Option<&[f64]>) -> impl Iterator<Item = String> {
    let filter = format!("scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p");
    let keyframes = match cuts {
        Some([]) => "0".to_owned(),
        Some(cuts) => cuts.iter().map(|at| format!("{at:.3}")).collect::<Vec<_>>().join(","),
        None => format!("expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
    };
    let (most, buffer) = (format!("{kilobits}k"), format!("{}k", kilobits * 2));
    words(&["-map", "0:v:0", "-vf", &filter, "-fpsmax", "60", "-c:v", "libx264", "-preset", "veryfast"])
        .chain(words(&["-profile:v", "high", "-crf", "23", "-maxrate", &most, "-bufsize", &buffer]))
        .chain(words(&["-g", "100000", "-keyint_min", "1", "-sc_threshold", "0"]))
        .chain(words(&["-force_key_frames", &keyframes, "-threads", "4"]))
}

fn sound(from: &str) -> impl Iterator<Item = String> {
    let rate = format!("{SOUND_KILOBITS}k");
    words(&["-map", from, "-c:a", "aac", "-profile:a", "aac_low", "-b:a", &rate, "-ac", "2", "-ar", "48000"])
}

/// Takes the poster at this second.
pub fn poster(format: &str, at: f64, (width, height): (i32, i32)) -> Vec<String> {
    let shrunk = (f64::from(POSTER_SIDE) / f64::from(width.max(height).max(1))).min(1.0);
    let side = |side: i32| ((f64::from(side) * shrunk / 2.0).round() as i32 * 2).max(2);
    let filter = format!("scale={}:{},setsar=1", side(width), side(height));
    reading(format, &["-ss", &format!("{at:.3}")])
        .chain(words(&["-map", "0:v:0", "-map_metadata", "-1", "-frames:v", "1", "-vf", &filter]))
        .chain(words(&[
            "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "4", "-f", "image2", "-update", "1", POSTER,
        ]))
        .collect()
}

/// Makes the storyboard. Only keyframes are decoded: what a film shows every few seconds need not be exact.
pub fn storyboard(format: &str, layout: &Layout) -> Vec<String> {
    let (every, rows) = (layout.every, layout.rows());
    let filter = format!(
        "fps=1/{every}:round=up,scale={}:{},setsar=1,tile={COLUMNS}x{rows}",
        layout.width, layout.height
    );
    reading(format, &["-skip_frame", "nokey"])
        .chain(words(&["-map", "0:v:0", "-map_metadata", "-1", "-vf", &filter, "-frames:v", "1"]))
        .chain(words(&["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "5", "-f", "image2"]))
        .chain(words(&["-update", "1", STORYBOARD]))
        .collect()
}

/// What every run begins with: quiet, reads the original as `format`, tells its progress.
fn reading(format: &str, before: &[&str]) -> impl Iterator<Item = String> {
    words(&["-hide_banner", "-nostdin", "-y", "-v", "error", "-nostats", "-progress", "pipe:1"])
        .chain(words(before))
        .chain(words(&["-protocol_whitelist", "file,pipe", "-f", format, "-i", ORIGINAL]))
}

fn words(words: &[&str]) -> std::vec::IntoIter<String> {
    words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(wanted: &Wanted, cuts: Option<&[f64]>) -> String {
        rendition("mov", wanted, cuts, 1000).join(" ")
    }

    #[test]
    fn an_original_is_read_as_what_it_is_and_from_nowhere_else() {
        let wanted = Wanted { name: "360p".into(), size: Some((640, 360)), kilobits: 800, as_it_is: false };
        let all = said(&wanted, None);
        assert!(all.contains("-protocol_whitelist file,pipe -f mov -i original"), "{all}");
        assert!(all.contains("-force_key_frames expr:gte(t,n_forced*6)"), "{all}");
        assert!(said(&wanted, Some(&[5.96, 12.0])).contains("-force_key_frames 5.960,12.000 "));
        assert!(!said(&Wanted { as_it_is: true, ..wanted }, None).contains("libx264"));
        assert_eq!(format_of("text/vtt"), None);
    }
}
