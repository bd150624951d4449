//! Sections, lessons and what they teach with.

use std::collections::HashSet;

use crate::catalog::refusals::CatalogRefusal as No;
use crate::kernel::text::{self, Checks};
use crate::kernel::{AssetId, AttachmentId, CourseId, CreatorId, LessonId, SectionId};
use crate::media::model::{Kind, Purpose};

use super::page::optional_line;
use super::{LessonKind, OfferingStatus};

/// Sections a course may have.
pub const MOST_SECTIONS: i32 = 50;
/// Lessons a course may have.
pub const MOST_LESSONS: i32 = 300;
/// Files a lesson may come with, and files a download may be.
pub const MOST_ATTACHMENTS: usize = 20;
/// Characters of an article.
pub const LONGEST_ARTICLE: usize = 100_000;

/// A chapter.
#[derive(Clone, Debug)]
pub struct Section {
    /// Key.
    pub id: SectionId,
    /// Of which course.
    pub course: CourseId,
    /// Title.
    pub title: String,
    /// From 0, without gaps.
    pub position: i32,
}

/// A lesson as everybody may see it: not what it teaches with.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Key.
    pub id: LessonId,
    /// In which section.
    pub section: SectionId,
    /// Of which course.
    pub course: CourseId,
    /// Title.
    pub title: String,
    /// A sentence or two.
    pub summary: Option<String>,
    /// From 0 within the section, without gaps.
    pub position: i32,
    /// Open to all.
    pub is_preview: bool,
    /// What it teaches with.
    pub kind: LessonKind,
    /// How long it plays, or takes to read.
    pub duration_seconds: Option<i32>,
    /// Rises with each edit.
    pub version: i32,
}

/// A course's sections and lessons, both in order.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// By position.
    pub sections: Vec<Section>,
    /// By section and position: the order of learning.
    pub lessons: Vec<Lesson>,
}

impl Outline {
    /// The lesson `steps` after this one, in the order of learning.
    pub fn neighbour(&self, lesson: LessonId, steps: isize) -> Option<&Lesson> {
        let at = self.lessons.iter().position(|one| one.id == lesson)?;
        self.lessons.get(at.checked_add_signed(steps)?)
    }
}

/// What a lesson teaches with, as it is kept. Read only for those who may learn it.
#[derive(Clone, Debug, Default)]
pub struct LessonBody {
    /// Of a video or a recording.
    pub media: Option<AssetId>,
    /// Of an article, markdown.
    pub article: Option<String>,
}

/// A file that comes with a lesson, or is the lesson.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Key.
    pub id: AttachmentId,
    /// The file.
    pub asset: AssetId,
    /// Shown name: the file's title, or its file name.
    pub title: String,
    /// Verified.
    pub content_type: String,
    /// Verified.
    pub byte_size: i64,
    /// Of a PDF, where they were found.
    pub page_count: Option<i32>,
    /// Whether it is what a download lesson consists of.
    pub is_content: bool,
}

/// What other rooms decide by: playing, progress, access.
#[derive(Clone, Debug)]
pub struct LessonFacts {
    /// The lesson.
    pub lesson: Lesson,
    /// Its media, if it is a video or a recording.
    pub media: Option<AssetId>,
    /// Whose course it is.
    pub creator: CreatorId,
    /// Where the course stands.
    pub status: OfferingStatus,
    /// Whether strangers may see the course.
    pub is_public: bool,
}

/// What a creator says of a lesson; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct LessonText {
    /// At most 120 characters.
    pub title: Option<String>,
    /// At most 500 characters; `Some(None)` clears.
    pub summary: Option<Option<String>>,
    /// Open to all.
    pub is_preview: Option<bool>,
    /// Files that come with it, in order; checked to be usable in the transaction.
    pub attachments: Option<Vec<AssetId>>,
}

impl LessonText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let title =
            self.title.and_then(|title| checks.take(&["input", "title"], text::line("A title", &title, 120)));
        let summary = self.summary.and_then(|summary| {
            let line = |given: String| optional_line("A summary", &given, 500);
            checks.take(&["input", "summary"], summary.map_or(Ok(None), line))
        });
        let attachments =
            self.attachments.and_then(|assets| checks.take(&["input", "attachmentAssetIds"], files(assets)));
        Self { title, summary, attachments, ..self }
    }
}

/// A list of files without repetition.
fn files(assets: Vec<AssetId>) -> Result<Vec<AssetId>, No> {
    if assets.len() > MOST_ATTACHMENTS {
        return Err(No::TooManyOf("files", MOST_ATTACHMENTS));
    }
    let mut seen = HashSet::new();
    if assets.iter().all(|asset| seen.insert(*asset)) { Ok(assets) } else { Err(No::NamedTwice("file")) }
}

/// What a lesson shall teach with; one kind at a time.
#[derive(Clone, Debug)]
pub enum Body {
    /// A video.
    Video(AssetId),
    /// A recording.
    Audio(AssetId),
    /// Markdown.
    Article(String),
    /// Files.
    Download(Vec<AssetId>),
}

impl Body {
    /// What the lesson becomes.
    pub fn kind(&self) -> LessonKind {
        match self {
            Body::Video(_) => LessonKind::Video,
            Body::Audio(_) => LessonKind::Audio,
            Body::Article(_) => LessonKind::Text,
            Body::Download(_) => LessonKind::Download,
        }
    }

    /// The files it consists of, and as what they are used.
    pub fn assets(&self) -> (Vec<AssetId>, AssetUse) {
        match self {
            Body::Video(asset) => (vec![*asset], AssetUse::Video),
            Body::Audio(asset) => (vec![*asset], AssetUse::Audio),
            Body::Article(_) => (Vec::new(), AssetUse::File),
            Body::Download(assets) => (assets.clone(), AssetUse::File),
        }
    }

    /// The argument that holds it.
    pub fn path(&self) -> &'static str {
        match self {
            Body::Video(_) => "videoAssetId",
            Body::Audio(_) => "audioAssetId",
            Body::Article(_) => "articleMarkdown",
            Body::Download(_) => "downloadAssetIds",
        }
    }

    /// The same within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let path = ["content", self.path()];
        match &self {
            Body::Article(words) if words.trim().is_empty() => {
                checks.take(&path, Err::<(), _>(text::TextRefusal::Required("An article")));
            }
            Body::Article(words) => {
                checks.take(&path, text::prose("An article", words, LONGEST_ARTICLE));
            }
            Body::Download(assets) if assets.is_empty() => {
                checks.take(&path, Err::<(), _>(text::TextRefusal::Required("A file")));
            }
            Body::Download(assets) => {
                checks.take(&path, files(assets.clone()));
            }
            Body::Video(_) | Body::Audio(_) => {}
        }
        self
    }
}

/// How long an article takes to read, at 200 words a minute; at least one second.
pub fn reading_seconds(markdown: &str) -> i32 {
    let words = i32::try_from(markdown.split_whitespace().count()).unwrap_or(i32::MAX / 60);
    (words * 60 / 200).max(1)
}

/// As what the catalog uses a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetUse {
    /// A lesson's video.
    Video,
    /// A lesson's recording.
    Audio,
    /// Something to download.
    File,
    /// A course's picture.
    Cover,
}

impl AssetUse {
    /// Which kinds of file will do.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            AssetUse::Video => &[Kind::Video],
            AssetUse::Audio => &[Kind::Audio],
            AssetUse::File => &[Kind::Document, Kind::Archive, Kind::Image, Kind::Audio, Kind::Video],
            AssetUse::Cover => &[Kind::Image],
        }
    }

    /// For what the file must have been uploaded. A cover is open to the world: a lesson's file must not become one
    /// by being named here.
    pub fn purposes(self) -> &'static [Purpose] {
        match self {
            AssetUse::Video | AssetUse::Audio => &[Purpose::LessonMedia],
            AssetUse::File => &[Purpose::Attachment, Purpose::LessonMedia],
            AssetUse::Cover => &[Purpose::Cover],
        }
    }

    /// What is asked for, in words.
    pub fn wanted(self) -> &'static str {
        match self {
            AssetUse::Video => "a video uploaded as LESSON_MEDIA",
            AssetUse::Audio => "a recording uploaded as LESSON_MEDIA",
            AssetUse::File => "a file uploaded as ATTACHMENT or LESSON_MEDIA",
            AssetUse::Cover => "an image uploaded as COVER",
        }
    }
}

/// A section's place in a new order, and its lessons in theirs.
#[derive(Clone, Debug)]
pub struct OutlineOrder {
    /// Which.
    pub section: SectionId,
    /// All its lessons.
    pub lessons: Vec<LessonId>,
}

/// A lesson's new place: its section, and its position there.
pub type NewPlace = (LessonId, SectionId, i32);
/// What is wrong, and where in the arguments.
type Wrong = (Vec<String>, No);

/// Checks that `wanted` names each section and each lesson of `outline` exactly once, and gives each lesson's new
/// section and position.
pub fn reordered(outline: &Outline, wanted: &[OutlineOrder]) -> Result<Vec<NewPlace>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut sections: HashSet<_> = outline.sections.iter().map(|section| section.id).collect();
    let mut lessons: HashSet<_> = outline.lessons.iter().map(|lesson| lesson.id).collect();
    let mut places = Vec::new();
    for (at, entry) in wanted.iter().enumerate() {
        if !sections.remove(&entry.section) {
            wrong.push((path(at, &["sectionId"]), No::NotInOutline("section")));
        }
        for (position, lesson) in (0..).zip(&entry.lessons) {
            if !lessons.remove(lesson) {
                wrong.push((path(at, &["lessonIds", &position.to_string()]), No::NotInOutline("lesson")));
            }
            places.push((*lesson, entry.section, position));
        }
    }
    if wrong.is_empty() && !(sections.is_empty() && lessons.is_empty()) {
        wrong.push((vec!["outline".to_owned()], No::OutlineIncomplete(sections.len(), lessons.len())));
    }
    if wrong.is_empty() { Ok(places) } else { Err(wrong) }
}

fn path(at: usize, rest: &[&str]) -> Vec<String> {
    let outer = ["outline".to_owned(), at.to_string()];
    outer.into_iter().chain(rest.iter().map(|part| (*part).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const COURSE: CourseId = CourseId(Uuid::from_u128(1));

    fn section(n: u128) -> SectionId {
        SectionId(Uuid::from_u128(n))
    }

    fn lesson(n: u128) -> LessonId {
        LessonId(Uuid::from_u128(n))
    }

    /// Sections 1 and 2; lessons 11 and 12 in the first, 21 in the second.
    fn outline() -> Outline {
        let sections = [1, 2].map(|n| Section {
            id: section(n),
            course: COURSE,
            title: format!("Part {n}"),
            position: n as i32 - 1,
        });
        let lessons = [(11, 1, 0), (12, 1, 1), (21, 2, 0)].map(|(n, within, position)| Lesson {
            id: lesson(n),
            section: section(within),
            course: COURSE,
            title: format!("Step {n}"),
            summary: None,
            position,
            is_preview: false,
            kind: LessonKind::Text,
            duration_seconds: None,
            version: 1,
        });
        Outline { sections: sections.into(), lessons: lessons.into() }
    }

    fn order(section_n: u128, lessons: &[u128]) -> OutlineOrder {
        OutlineOrder { section: section(section_n), lessons: lessons.iter().map(|n| lesson(*n)).collect() }
    }

    #[test]
    fn a_new_order_may_move_lessons_between_sections() {
        let places = reordered(&outline(), &[order(2, &[21, 11]), order(1, &[12])]);
        let expected =
            vec![(lesson(21), section(2), 0), (lesson(11), section(2), 1), (lesson(12), section(1), 0)];
        assert_eq!(places, Ok(expected));
    }

    #[test]
    fn a_new_order_names_everything_exactly_once() {
        let missing = reordered(&outline(), &[order(1, &[11, 12]), order(2, &[])]);
        assert_eq!(missing, Err(vec![(vec!["outline".into()], No::OutlineIncomplete(0, 1))]));
        let twice = reordered(&outline(), &[order(1, &[11, 12, 11]), order(2, &[21])]);
        let at = ["outline", "0", "lessonIds", "2"].map(String::from).to_vec();
        assert_eq!(twice, Err(vec![(at, No::NotInOutline("lesson"))]));
        let foreign = reordered(&outline(), &[order(1, &[11, 12]), order(3, &[21])]);
        let at = ["outline", "1", "sectionId"].map(String::from).to_vec();
        assert_eq!(foreign, Err(vec![(at, No::NotInOutline("section"))]));
    }

    #[test]
    fn lessons_follow_each_other_across_sections() {
        let outline = outline();
        let after = |n, steps| outline.neighbour(lesson(n), steps).map(|one| one.id);
        assert_eq!(after(12, 1), Some(lesson(21)));
        assert_eq!(after(21, 1), None);
        assert_eq!(after(11, -1), None);
    }
}
