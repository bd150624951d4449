//! A fresh database for each story.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::postgres;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file in a temporary folder.
    Sqlite,
    /// A copy of a migrated template.
    Postgres,
}

/// A fresh place to keep things.
pub struct Place {
    /// Files of this installation; removed at the end.
    pub folder: TempDir,
    /// `DATABASE_URL`, none for the embedded default.
    pub database_url: Option<String>,
}

impl Kind {
    /// A fresh place, or none where this machine has no PostgreSQL (which CI does not accept).
    pub fn place(self) -> Option<Place> {
        static STORIES: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::Builder::new().prefix("atelier-story-").tempdir().unwrap();
        let database_url = match self {
            Kind::Sqlite => None,
            Kind::Postgres => {
                let name =
                    format!("story_{}_{}", std::process::id(), STORIES.fetch_add(1, Ordering::Relaxed));
                Some(postgres::fresh_database(&name)?)
            }
        };
        Some(Place { folder, database_url })
    }
}
