//! The sections of a page.

use serde::Deserialize;
use serde_json::Value;

use crate::kernel::OfferingId;

/// How many sections a page may have.
const MOST: usize = 20;
/// How many offerings a section shows.
pub const MOST_FEATURED: u64 = 12;

/// One section, as the page keeps it. What is none falls back to the creator's profile.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Section {
    /// The first thing one sees: a name, a line, a picture.
    Hero {
        /// None = the creator's name.
        heading: Option<String>,
        /// None = the headline.
        body: Option<String>,
    },
    /// Some offerings.
    Featured {
        /// Above them.
        heading: String,
        /// None = the newest.
        offering_ids: Option<Vec<String>>,
    },
    /// Formatted text.
    Text {
        /// Above it.
        heading: Option<String>,
        /// CommonMark.
        body: String,
    },
    /// Good words of learners.
    Testimonials {
        /// Above them.
        heading: Option<String>,
    },
    /// The profile's links.
    Links {
        /// Above them.
        heading: Option<String>,
    },
}

/// The sections of a page in order, at most 20. A page without any, or with what this version cannot read, shows the
/// standard ones: who this is, what there is to learn, what learners say, where else to find them.
pub fn sections(kept: &Value) -> Vec<Section> {
    let mut read = Vec::<Section>::deserialize(kept).unwrap_or_default();
    if read.is_empty() {
        return standard();
    }
    read.truncate(MOST);
    read
}

fn standard() -> Vec<Section> {
    vec![
        Section::Hero { heading: None, body: None },
        Section::Featured { heading: "Courses".to_owned(), offering_ids: None },
        Section::Testimonials { heading: None },
        Section::Links { heading: None },
    ]
}

/// What a section names, at most 12; what is no offering's id is left out.
pub fn named_offerings(ids: &[String]) -> Vec<OfferingId> {
    let most = usize::try_from(MOST_FEATURED).unwrap_or(usize::MAX);
    ids.iter().filter_map(|id| id.parse().ok()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_page_shows_the_standard_sections() {
        assert_eq!(sections(&json!([])), standard());
        assert_eq!(sections(&json!("damaged")), standard());
    }

    #[test]
    fn kept_sections_are_shown_in_order() {
        let kept = json!([
            {"kind": "TEXT", "heading": "Hello", "body": "**Hi**"},
            {"kind": "HERO", "heading": null, "body": "Come in"},
        ]);
        let read = sections(&kept);
        assert_eq!(read[0], Section::Text { heading: Some("Hello".to_owned()), body: "**Hi**".to_owned() });
        assert_eq!(read[1], Section::Hero { heading: None, body: Some("Come in".to_owned()) });
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn a_page_has_at_most_twenty_sections() {
        let many: Vec<_> = (0..30).map(|_| json!({"kind": "LINKS", "heading": null})).collect();
        assert_eq!(sections(&json!(many)).len(), MOST);
    }
}
