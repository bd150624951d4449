//! Whether a text is WebVTT that players can show: its name, its cues, their times. Pure: bytes in, verdict out.
//!
//! The grammar is that of the W3C's WebVTT, sections 4.1 and 4.3; what players ignore (settings, regions, styles, notes)
//! is let through, what would show nothing or in disorder is refused, with the line, so that it can be mended.

use super::refusals::MediaRefusal;

/// More than a film of many hours has.
const MOST_CUES: usize = 20_000;

/// How many cues a file has; the refusal names the first line that is wrong.
pub fn check(bytes: &[u8]) -> Result<usize, MediaRefusal> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| wrong_at(bytes, error.valid_up_to(), "is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let named = lines.next().is_some_and(|(_, first)| {
        first.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    });
    if !named {
        return Err(wrong(1, "does not begin with WEBVTT"));
    }
    let (mut cues, mut before) = (0, 0);
    for (number, line) in lines.filter(|(_, line)| line.contains("-->")) {
        let (start, end) =
            times(line).ok_or_else(|| wrong(number, "has no times such as 00:01.000 --> 00:04.500"))?;
        if end <= start {
            return Err(wrong(number, "ends before it begins"));
        }
        if start < before {
            return Err(wrong(number, "begins before the cue above it"));
        }
        (cues, before) = (cues + 1, start);
    }
    match cues {
        0 => Err(wrong(1, "is followed by no cue")),
        cues if cues > MOST_CUES => Err(wrong(1, "is followed by more than 20,000 cues")),
        cues => Ok(cues),
    }
}

fn wrong(line: usize, what: &'static str) -> MediaRefusal {
    MediaRefusal::CaptionsWrong { line, what }
}

fn wrong_at(bytes: &[u8], offset: usize, what: &'static str) -> MediaRefusal {
    let before = bytes.get(..offset).unwrap_or_default();
    wrong(before.iter().filter(|byte| **byte == b'\n').count() + 1, what)
}

/// Start and end of a cue in milliseconds.
fn times(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((milliseconds(start.trim())?, milliseconds(end)?))
}

/// `mm:ss.ttt` or `hh:mm:ss.ttt`, with two or more digits of hours.
fn milliseconds(time: &str) -> Option<u64> {
    let (clock, thousandths) = time.split_once('.')?;
    let digits = |text: &str, length: usize| {
        let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u64>().ok()).flatten()
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => (0, digits(minutes, 2)?, digits(seconds, 2)?),
        [hours, minutes, seconds] if (2..=4).contains(&hours.len()) => {
            (digits(hours, hours.len())?, digits(minutes, 2)?, digits(seconds, 2)?)
        }
        _ => return None,
    };
    let within = minutes < 60 && seconds < 60;
    let thousandths = digits(thousandths, 3)?;
    within.then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn subtitles_with_names_notes_and_settings_are_shown() {
        let text = "\u{feff}WEBVTT Kind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n1\n\
            00:01.000 --> 00:04.500 line:0 align:start\n<b>Hello</b>\n\n01:00:02.000 --> 01:00:03.000\nBye";
        assert_eq!(check(text.as_bytes()), Ok(2));
        assert_eq!(check(b"WEBVTT\r\n\r\n00:00.000 --> 00:00.001\r\nx\r\n"), Ok(1));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("WEBVTTX\n", 1),
            ("1\n00:00:01,000 --> 00:00:02,000\nSRT", 1),
            ("WEBVTT\n\nno cue at all", 1),
            ("WEBVTT\n\n00:01,000 --> 00:02,000\nx", 3),
            ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", 3),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:04.000\ny", 6),
            ("WEBVTT\n\n00:61.000 --> 00:62.000\nx", 3),
            ("WEBVTT\n\n-->\nx", 3),
        ] {
            let found = check(text.as_bytes());
            assert!(
                matches!(found, Err(MediaRefusal::CaptionsWrong { line: at, .. }) if at == line),
                "{text:?}: {found:?}"
            );
        }
        assert!(matches!(check(b"WEBVTT\n\n\xff"), Err(MediaRefusal::CaptionsWrong { line: 3, .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&bytes);
            let _ = check(&[b"WEBVTT\n\n", bytes.as_slice()].concat());
        }
    }
}
