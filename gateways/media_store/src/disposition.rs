//! Whether a browser shows a file or saves it, and under which name.
//!
//! A name chosen by a creator goes into a response header, so it is reduced to what RFC 6266 allows: a plain
//! ASCII name every client reads, and the real name in RFC 5987 form. No quote, control character or path
//! separator survives.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a browser does with the bytes behind a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// Shown or played in place.
    Inline,
    /// Saved under this name.
    Attachment {
        /// The name as the creator gave it; any text.
        filename: String,
    },
}

/// `attr-char` of RFC 5987, section 3.2.1.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Longer names are cut; the ending stays, as it tells the program that opens the file.
const LONGEST_NAME: usize = 120;

impl Disposition {
    /// The value of a `Content-Disposition` header.
    pub(crate) fn header(&self) -> String {
        let Disposition::Attachment { filename } = self else { return "inline".to_owned() };
        let name = presentable(filename);
        let plain: String = name.chars().map(plain_character).collect();
        if plain == name {
            return format!("attachment; filename=\"{plain}\"");
        }
        let full = utf8_percent_encode(&name, ATTR_CHAR);
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
    }
}

fn presentable(filename: &str) -> String {
    let name: String =
        filename.chars().map(|c| if c.is_control() || "/\\".contains(c) { '_' } else { c }).collect();
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() { "download".to_owned() } else { shortened(name) }
}

fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= LONGEST_NAME {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 8);
    let tail = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let head: String = name.chars().take(LONGEST_NAME - tail.chars().count()).collect();
    format!("{head}{tail}")
}

fn plain_character(c: char) -> char {
    match c {
        '"' | '%' | ';' => '_',
        ' '..='~' => c,
        _ => '_',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved_as(filename: &str) -> String {
        Disposition::Attachment { filename: filename.to_owned() }.header()
    }

    #[test]
    fn a_plain_name_is_kept() {
        assert_eq!(saved_as("worksheet 1.pdf"), "attachment; filename=\"worksheet 1.pdf\"");
    }

    #[test]
    fn a_name_of_another_script_is_given_twice() {
        assert_eq!(
            saved_as("Übung №1.pdf"),
            "attachment; filename=\"_bung _1.pdf\"; filename*=UTF-8''%C3%9Cbung%20%E2%84%961.pdf"
        );
    }

    #[test]
    fn a_name_cannot_break_out_of_the_header() {
        let header = saved_as("a\"; filename=\"evil.exe\r\nSet-Cookie: x");
        assert!(!header.contains('\r') && !header.contains('\n'));
        assert_eq!(header.matches('"').count(), 2, "{header}");
    }

    #[test]
    fn a_path_becomes_a_name_and_an_empty_one_gets_one() {
        assert_eq!(saved_as("../../etc/passwd"), "attachment; filename=\"_.._etc_passwd\"");
        assert_eq!(saved_as(" .. "), "attachment; filename=\"download\"");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let header = saved_as(&format!("{}.pdf", "ä".repeat(400)));
        assert!(header.contains("_.pdf\""), "{header}");
    }
}
