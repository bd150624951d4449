//! A course and the words on its page.

use std::ops::Deref;

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::CourseId;
use crate::kernel::text::{self, Checks};

use super::{Offering, PageText};

/// Sentences on what one will be able to do.
pub const MOST_OUTCOMES: usize = 12;

/// A course, without its outline.
#[derive(Clone, Debug)]
pub struct Course {
    /// Key; also the offering's.
    pub id: CourseId,
    /// What it has in common with everything on sale.
    pub offering: Offering,
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
    /// What is said of it as of anything one learns with.
    pub page: PageText,
    /// At most 12 lines of at most 200 characters.
    pub outcomes: Option<Vec<String>>,
    /// Whether finishing gives a certificate.
    pub certificate_enabled: Option<bool>,
}

impl CourseText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let page = self.page.checked(checks);
        let outcomes = self.outcomes.map(|lines| outcomes(lines, checks));
        Self { page, outcomes, ..self }
    }
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
