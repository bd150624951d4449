//! Chapters of a film or a recording: what they must be, and what is kept of those that a file brought along.

use crate::kernel::text::{self, Checks};

use super::model::Chapter;
use super::refusals::MediaRefusal;

/// The most chapters one file may have: as many as one request can bring.
pub const MOST_CHAPTERS: usize = 100;
/// Characters of a title.
const LONGEST_TITLE: usize = 120;
/// Where no length is known, nothing plays longer, in seconds.
const LONGEST_SECONDS: i32 = 12 * 3600;

/// The chapters a team wrote, trimmed. They stand in order and begin before the end; what is wrong is noted in `checks`
/// below `path`.
pub fn checked(
    given: Vec<Chapter>,
    length_seconds: Option<i32>,
    path: &[&str],
    checks: &mut Checks,
) -> Vec<Chapter> {
    if given.len() > MOST_CHAPTERS {
        checks.take(path, Err::<(), _>(MediaRefusal::TooManyChapters(MOST_CHAPTERS)));
        return Vec::new();
    }
    let end = length_seconds.unwrap_or(LONGEST_SECONDS);
    let mut before = None;
    let mut kept = Vec::with_capacity(given.len());
    for (at, chapter) in given.into_iter().enumerate() {
        let at = at.to_string();
        let at = |field| [path, &[at.as_str(), field]].concat();
        checks.take(&at("startSeconds"), begins(chapter.start_seconds, before, end));
        before = Some(chapter.start_seconds);
        let title = checks.take(&at("title"), text::line("A title", &chapter.title, LONGEST_TITLE));
        kept.extend(title.map(|title| Chapter { title, ..chapter }));
    }
    kept
}

fn begins(start: i32, before: Option<i32>, end: i32) -> Result<(), MediaRefusal> {
    match before {
        _ if start < 0 || start >= end => Err(MediaRefusal::ChapterOutside(end)),
        Some(before) if start <= before => Err(MediaRefusal::ChapterOutOfOrder),
        _ => Ok(()),
    }
}

/// What is kept of the chapters that a file brought along: in order, with names, inside its length.
pub fn found(mut given: Vec<Chapter>, length_seconds: i32) -> Vec<Chapter> {
    given.sort_by_key(|chapter| chapter.start_seconds);
    given.retain(|chapter| (0..length_seconds).contains(&chapter.start_seconds));
    given.dedup_by_key(|chapter| chapter.start_seconds);
    given.truncate(MOST_CHAPTERS);
    for (number, chapter) in (1..).zip(&mut given) {
        let printable: String =
            chapter.title.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect();
        chapter.title = printable.trim().to_owned();
        if chapter.title.is_empty() {
            chapter.title = number.to_string();
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(start_seconds: i32, title: &str) -> Chapter {
        Chapter { start_seconds, title: title.to_owned() }
    }

    #[test]
    fn what_a_file_brought_is_put_in_order() {
        let given =
            vec![chapter(60, " The\u{7} oven "), chapter(0, ""), chapter(60, "Twice"), chapter(99, "Beyond")];
        assert_eq!(found(given, 90), [chapter(0, "1"), chapter(60, "The oven")]);
    }

    #[test]
    fn what_a_team_writes_is_in_order_and_inside() {
        let mut checks = Checks::default();
        let many = (0..101).map(|at| chapter(at, "x")).collect();
        assert_eq!(checked(many, Some(500), &["chapters"], &mut checks), []);
        assert!(checks.done().is_err());
        assert_eq!(begins(0, None, 10), Ok(()));
        assert_eq!(begins(9, Some(8), 10), Ok(()));
        assert_eq!(begins(8, Some(8), 10), Err(MediaRefusal::ChapterOutOfOrder));
        assert_eq!(begins(10, Some(8), 10), Err(MediaRefusal::ChapterOutside(10)));
        assert_eq!(begins(-1, None, 10), Err(MediaRefusal::ChapterOutside(10)));
    }
}
