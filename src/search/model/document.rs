//! What one public thing can be found by.

use uuid::Uuid;

use crate::kernel::CreatorId;

use super::words;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A public teaching identity.
    Creator,
    /// Sections of lessons.
    Course,
    /// Live, on dates.
    Workshop,
    /// Several offerings together.
    Bundle,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Creator, Kind::Course, Kind::Workshop, Kind::Bundle];

    /// As it is stored; offerings call themselves the same.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Creator => "CREATOR",
            Kind::Course => "COURSE",
            Kind::Workshop => "WORKSHOP",
            Kind::Bundle => "BUNDLE",
        }
    }

    /// The kind stored under this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What one public thing can be found by, as it was read; words are made of it when it is written.
#[derive(Clone, Debug)]
pub struct Document {
    /// The key of the offering or the creator.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Whose it is.
    pub creator: CreatorId,
    /// Of the offering; 0 for creators.
    pub version: i32,
    /// Its title or name.
    pub label: String,
    /// What else counts as its name: a creator's name in links.
    pub handle: Option<String>,
    /// Its creator's name.
    pub creator_name: String,
    /// Below the title.
    pub subtitle: Option<String>,
    /// What is said of it, in CommonMark.
    pub description: String,
    /// Slug and name of each.
    pub niches: Vec<(String, String)>,
    /// BCP 47.
    pub languages: Vec<String>,
}

impl Document {
    /// The words it is called by.
    pub fn title(&self) -> Vec<String> {
        let mut title = words(&self.label);
        let handle = self.handle.as_deref().map(words).unwrap_or_default();
        if handle != title {
            title.extend(handle);
        }
        title
    }

    /// The words below its title.
    pub fn byline(&self) -> Vec<String> {
        let names = self.niches.iter().map(|(_, name)| name.as_str());
        let creator = (self.kind != Kind::Creator).then_some(self.creator_name.as_str());
        self.subtitle.as_deref().into_iter().chain(creator).chain(names).flat_map(words).collect()
    }

    /// The words of what is said of it.
    pub fn body(&self) -> Vec<String> {
        words(&self.description)
    }
}

/// Each of these between blanks, so that a whole one and the beginning of one can be looked for: ` sourdough bread `.
pub fn between_blanks(parts: &[impl AsRef<str>]) -> String {
    parts.iter().fold(" ".to_owned(), |text, part| text + part.as_ref() + " ")
}
