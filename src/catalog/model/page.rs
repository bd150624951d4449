//! What is said of anything one learns with, a course or a workshop, so that people find it and know what it is.

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::AssetId;
use crate::kernel::text::{self, Checks, TextRefusal};

use super::Level;

/// Niches one thing may be listed under.
pub const MOST_NICHES: usize = 5;

/// What a creator says on the page of a course or a workshop; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct PageText {
    /// At most 120 characters.
    pub title: Option<String>,
    /// At most 200 characters; `Some(None)` clears.
    pub subtitle: Option<Option<String>>,
    /// Markdown, at most 20,000 characters.
    pub description: Option<String>,
    /// For whom.
    pub level: Option<Level>,
    /// BCP 47.
    pub language: Option<String>,
    /// Checked to exist by the store.
    pub niche_slugs: Option<Vec<String>>,
    /// Checked to be this creator's ready picture; `Some(None)` clears.
    pub cover: Option<Option<AssetId>>,
}

impl PageText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let title =
            self.title.and_then(|title| checks.take(&["input", "title"], text::line("A title", &title, 120)));
        let subtitle = self.subtitle.and_then(|subtitle| {
            let line = |given: String| optional_line("A subtitle", &given, 200);
            checks.take(&["input", "subtitle"], subtitle.map_or(Ok(None), line))
        });
        let description =
            self.description.and_then(|words| body("A description", &words, "descriptionMarkdown", checks));
        let language = self.language.and_then(|tag| {
            let checked = crate::identity::model::language(&tag);
            checks.take(&["input", "language"], checked)
        });
        let niche_slugs =
            self.niche_slugs.and_then(|slugs| checks.take(&["input", "nicheSlugs"], niches(slugs)));
        Self { title, subtitle, description, language, niche_slugs, ..self }
    }
}

/// One line, or nothing at all.
pub(super) fn optional_line(
    what: &'static str,
    given: &str,
    limit: usize,
) -> Result<Option<String>, TextRefusal> {
    if given.trim().is_empty() { Ok(None) } else { text::line(what, given, limit).map(Some) }
}

/// Formatted text of at most 20,000 characters; blanks alone are nothing.
pub(super) fn body(
    what: &'static str,
    words: &str,
    field: &'static str,
    checks: &mut Checks,
) -> Option<String> {
    let words = if words.trim().is_empty() { "" } else { words };
    checks.take(&["input", field], text::prose(what, words, 20_000))
}

fn niches(mut slugs: Vec<String>) -> Result<Vec<String>, CatalogRefusal> {
    slugs.sort();
    slugs.dedup();
    if slugs.len() > MOST_NICHES {
        return Err(CatalogRefusal::TooManyOf("niches", MOST_NICHES));
    }
    Ok(slugs)
}
