//! A course and the words on its page.

use std::ops::Deref;

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::text::{self, Checks, TextRefusal};
use crate::kernel::{AssetId, CourseId};

use super::{Level, Offering};

/// Niches a course may be listed under.
pub const MOST_NICHES: usize = 5;
/// Sentences on what one will be able to do.
pub const MOST_OUTCOMES: usize = 12;

/// A course, without its outline.
#[derive(Clone, Debug)]
pub struct Course {
    /// Key; also the offering's.
    pub id: CourseId,
    /// What it has in common with everything on sale.
    pub offering: Offering,
    /// Sentences on what one will be able to do.
    pub outcomes: Vec<String>,
    /// Of all lessons.
    pub estimated_minutes: i32,
    /// Sections.
    pub section_count: i32,
    /// Lessons.
    pub lesson_count: i32,
    /// Whether finishing gives a certificate.
    pub certificate_enabled: bool,
}

impl Deref for Course {
    type Target = Offering;
    fn deref(&self) -> &Offering {
        &self.offering
    }
}

/// What a creator says of a course; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct CourseText {
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
    /// At most 12 lines of at most 200 characters.
    pub outcomes: Option<Vec<String>>,
    /// Checked to be this creator's ready picture; `Some(None)` clears.
    pub cover: Option<Option<AssetId>>,
    /// Whether finishing gives a certificate.
    pub certificate_enabled: Option<bool>,
}

impl CourseText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let title =
            self.title.and_then(|title| checks.take(&["input", "title"], text::line("A title", &title, 120)));
        let subtitle = self.subtitle.and_then(|subtitle| {
            let line = |given: String| optional_line("A subtitle", &given, 200);
            checks.take(&["input", "subtitle"], subtitle.map_or(Ok(None), line))
        });
        let description = self.description.and_then(|words| {
            let words = if words.trim().is_empty() { "" } else { &words };
            checks.take(&["input", "descriptionMarkdown"], text::prose("A description", words, 20_000))
        });
        let language = self.language.and_then(|tag| {
            let checked = crate::identity::model::language(&tag);
            checks.take(&["input", "language"], checked)
        });
        let niche_slugs =
            self.niche_slugs.and_then(|slugs| checks.take(&["input", "nicheSlugs"], niches(slugs)));
        let outcomes = self.outcomes.map(|lines| outcomes(lines, checks));
        Self { title, subtitle, description, language, niche_slugs, outcomes, ..self }
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

fn niches(mut slugs: Vec<String>) -> Result<Vec<String>, CatalogRefusal> {
    slugs.sort();
    slugs.dedup();
    if slugs.len() > MOST_NICHES {
        return Err(CatalogRefusal::TooManyOf("niches", MOST_NICHES));
    }
    Ok(slugs)
}

fn outcomes(lines: Vec<String>, checks: &mut Checks) -> Vec<String> {
    if lines.len() > MOST_OUTCOMES {
        let too_many = Err::<(), _>(CatalogRefusal::TooManyOf("outcomes", MOST_OUTCOMES));
        checks.take(&["input", "outcomes"], too_many);
        return Vec::new();
    }
    let line = |(at, line): (usize, &String)| {
        checks.take(&["input", "outcomes", &at.to_string()], text::line("An outcome", line, 200))
    };
    lines.iter().enumerate().filter_map(line).collect()
}
