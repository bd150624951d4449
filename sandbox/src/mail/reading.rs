//! What a person, or a test, looks for in a letter: subject, text, links, a code.

use mail_parser::{MessageParser, MimeHeaders, PartType};

use super::Message;

/// Reads a letter as it came over the wire. Recipient, id and time are filled in by the shelf. What cannot be
/// read as mail becomes a letter without a subject.
pub(super) fn read(raw: &[u8]) -> Message {
    let parsed = MessageParser::default().parse(raw).filter(|parsed| !parsed.parts.is_empty());
    let Some(parsed) = parsed else {
        return Message { text: String::from_utf8_lossy(raw).into_owned(), ..Message::default() };
    };
    let text = parsed.body_text(0).map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
    let html = parsed.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let calendar = parsed.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some("calendar"))
    });
    Message {
        subject: parsed.subject().unwrap_or_default().to_owned(),
        links: links(&text, html.as_deref()),
        code: code(&text),
        text,
        html,
        calendar: calendar.and_then(|part| part.text_contents()).map(str::to_owned),
        ..Message::default()
    }
}

/// The first run of exactly six digits that no letter, digit or sign of a number or address touches.
fn code(text: &str) -> Option<String> {
    let mut rest = text;
    let mut before = None;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let before_run = rest[..start].chars().next_back().or(before);
        let run = &rest[start..];
        let end = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        if end == 6 && before_run.is_none_or(opens) && closes(&run[end..]) {
            return Some(run[..end].to_owned());
        }
        before = run[..end].chars().next_back();
        rest = &run[end..];
    }
    None
}

fn opens(before: char) -> bool {
    before.is_whitespace() || "(:\"'*[„“>".contains(before)
}

fn closes(after: &str) -> bool {
    let mut after = after.chars();
    match after.next() {
        None => true,
        // The end of a sentence, not the decimal point of a price.
        Some('.' | ',') => !after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_whitespace() || ")!?;:\"'*]”<".contains(c),
    }
}

fn links(text: &str, html: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || "<>\"".contains(c)) {
        let Some(start) = part.find("https://").or_else(|| part.find("http://")) else { continue };
        add(&mut found, part[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']));
    }
    for part in html.unwrap_or_default().split("href=\"").skip(1) {
        let address = part.split('"').next().unwrap_or_default().replace("&amp;", "&");
        if address.starts_with("http") {
            add(&mut found, &address);
        }
    }
    found
}

fn add(found: &mut Vec<String>, link: &str) {
    if !found.iter().any(|known| known == link) {
        found.push(link.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_alone() {
        assert_eq!(code("Your code is 042817.").as_deref(), Some("042817"));
        assert_eq!(code("042817").as_deref(), Some("042817"));
        assert_eq!(code("Code:\n\n  123456\n\nIt ends in 15 minutes.").as_deref(), Some("123456"));
        assert_eq!(
            code("Order 1234567, invoice A-123456, https://x.example/123456/ and 123456.78 EUR"),
            None
        );
        assert_eq!(code("12345 then 654321!").as_deref(), Some("654321"));
        assert_eq!(code("no digits"), None);
    }

    #[test]
    fn links_are_found_once_in_text_and_html() {
        let html = "<a href=\"https://a.example/x?b=1&amp;c=2\">x</a><a href=\"mailto:a@b\">m</a>";
        let text = "See https://a.example/x?b=1&c=2. Or (http://b.example/y)!";
        assert_eq!(links(text, Some(html)), ["https://a.example/x?b=1&c=2", "http://b.example/y"]);
    }

    #[test]
    fn an_encoded_letter_is_read() {
        let raw = b"Subject: =?UTF-8?B?w5xidW5n?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nK=C3=B6nig=\r\n in 123456\r\n";
        let message = read(raw);
        assert_eq!(message.subject, "Übung");
        assert_eq!(message.text.trim_end(), "König in 123456");
        assert_eq!((message.code.as_deref(), message.html), (Some("123456"), None));
    }

    #[test]
    fn what_is_no_mail_is_still_a_letter() {
        assert_eq!(read(b"").subject, "");
        assert_eq!(read(b"\xff\xfe\0").links, Vec::<String>::new());
    }
}
