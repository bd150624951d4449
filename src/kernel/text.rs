//! Text people type: trimmed, bounded, folded for search, slugged for links.

use unicode_normalization::UnicodeNormalization;

use super::{Code, Problem, Refusal};

/// What can be wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// Nothing was given.
    #[error("{0} is required.")]
    Required(&'static str),
    /// More than the limit.
    #[error("{what} may have at most {limit} characters.")]
    TooLong {
        /// The field, as a person calls it.
        what: &'static str,
        /// Characters.
        limit: usize,
    },
    /// Control characters, or the like.
    #[error("{0} contains characters that cannot be shown.")]
    Unprintable(&'static str),
}

impl Refusal for TextRefusal {
    fn code(&self) -> Code {
        match self {
            TextRefusal::Required(_) => Code::Required,
            TextRefusal::TooLong { .. } => Code::TooLong,
            TextRefusal::Unprintable(_) => Code::Invalid,
        }
    }
}

/// One line: trimmed, not empty, at most `limit` characters, no control characters.
pub fn line(what: &'static str, text: &str, limit: usize) -> Result<String, TextRefusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextRefusal::Required(what));
    }
    if text.chars().any(char::is_control) {
        return Err(TextRefusal::Unprintable(what));
    }
    bounded(what, text, limit)
}

/// Several lines: may be empty, at most `limit` characters, no control characters but line breaks and tabs.
pub fn prose(what: &'static str, text: &str, limit: usize) -> Result<String, TextRefusal> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(TextRefusal::Unprintable(what));
    }
    bounded(what, text, limit)
}

fn bounded(what: &'static str, text: &str, limit: usize) -> Result<String, TextRefusal> {
    if text.chars().count() > limit {
        return Err(TextRefusal::TooLong { what, limit });
    }
    Ok(text.to_owned())
}

/// Gathers problems so that all of one call are reported together.
#[derive(Debug, Default)]
pub struct Checks(Vec<Problem>);

impl Checks {
    /// The value, or a note of what is wrong with it at `path`.
    pub fn take<T, R: Refusal>(&mut self, path: &[&str], checked: Result<T, R>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.0.push(refusal.at(path.iter().copied()));
                None
            }
        }
    }

    /// Notes a problem.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Ok if nothing was wrong; all problems otherwise.
    pub fn done(self) -> super::Result<()> {
        super::Problems::none_or(self.0)
    }
}

/// Lower case without accents, the same on both databases: `Crème Brûlée` gives `creme brulee`.
pub fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A link's last part from a title: `Crème in 30 days!` gives `creme-in-30-days`; at most 60 characters, may be empty.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in folded(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether a text is a slug: 2 to 60 of a-z, 0-9 and single inner hyphens.
pub fn is_slug(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_becomes_a_link() {
        assert_eq!(slug("Crème brûlée in 30 days!"), "creme-brulee-in-30-days");
        assert_eq!(slug("日本"), "");
    }

    proptest! {
        #[test]
        fn a_slug_of_anything_is_a_slug_or_too_short(title in ".{0,200}") {
            let made = slug(&title);
            prop_assert!(made.len() < 2 || is_slug(&made), "{made}");
        }
    }
}
