//! What a letter is.

use crate::gateways::mailer::CalendarPart;

/// A letter to write.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is about: `receipt`.
    pub kind: &'static str,
    /// To which address.
    pub recipient: String,
    /// Whose account, if any.
    pub user: Option<crate::kernel::UserId>,
    /// One line.
    pub subject: String,
    /// Paragraphs of plain text; a paragraph that is an address becomes a link.
    pub paragraphs: Vec<String>,
    /// At most one letter ever with this key.
    pub unique_key: Option<String>,
}

/// A letter that is not out yet.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What it is about.
    pub kind: String,
    /// To which address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// For the reader's calendar.
    pub calendar: Option<CalendarPart>,
}

impl Draft {
    /// The letter as text.
    pub fn text(&self) -> String {
        self.paragraphs.join("\n\n") + "\n"
    }

    /// The letter as HTML, the same words.
    pub fn html(&self) -> String {
        let paragraphs: String = self.paragraphs.iter().map(|p| format!("<p>{}</p>\n", linked(p))).collect();
        format!(
            "<!doctype html><html><body style=\"font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:2em auto\">\n\
             {paragraphs}</body></html>\n"
        )
    }
}

fn linked(paragraph: &str) -> String {
    let text = ammonia::clean_text(paragraph);
    let is_address = ["https://", "http://"].iter().any(|start| paragraph.starts_with(start));
    if is_address && !paragraph.contains(char::is_whitespace) {
        format!("<a href=\"{text}\">{paragraph}</a>", paragraph = text.replace("&#47;", "/"))
    } else {
        text.replace("&#32;", " ").replace("&#10;", "<br>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(paragraphs: &[&str]) -> Draft {
        Draft {
            kind: "test",
            recipient: "ben@example.com".into(),
            user: None,
            subject: "Hello".into(),
            paragraphs: paragraphs.iter().map(|p| (*p).to_owned()).collect(),
            unique_key: None,
        }
    }

    #[test]
    fn what_people_named_their_course_cannot_become_markup() {
        let html = draft(&["You bought <img src=x onerror=alert(1)>."]).html();
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn an_address_becomes_a_link() {
        assert!(draft(&["https://example.com/verify?t=1"]).html().contains("<a href="));
    }
}
