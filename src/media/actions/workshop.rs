//! A folder of its own for one run of processing, gone when the run is.
//!
//! A run that ends, however it ends, drops its folder. A process that was killed cannot; so each folder has a lock that
//! lives as long as its process, and whoever opens the next folder removes those that nobody holds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::app::App;
use crate::kernel::{Fault, Result};

/// Beside the folder that it guards, so that no program of a run can reach it by a relative name.
const LOCK: &str = "lock";

/// A folder that goes when this is dropped.
pub struct Workshop {
    folder: TempDir,
    _held: File,
}

impl Workshop {
    /// Opens a new one, and removes those whose process is gone.
    pub async fn open(app: &App) -> Result<Self> {
        let place = app.settings.data_dir.join("processing");
        let opened = tokio::task::spawn_blocking(move || prepare(&place)).await;
        let failed = |cause: &dyn std::fmt::Display| Fault::away("making a folder for processing", cause);
        Ok(opened.map_err(|cause| failed(&cause))?.map_err(|cause| failed(&cause))?)
    }

    /// Where programs work: nothing else is in there.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }
}

fn prepare(place: &Path) -> std::io::Result<Workshop> {
    fs::create_dir_all(place)?;
    // Absolute, since programs are started inside.
    let place = place.canonicalize()?;
    for left in fs::read_dir(&place)?.flatten() {
        let lock = File::open(left.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            fs::remove_dir_all(left.path())?;
        }
    }
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&place)?;
    let held = File::create_new(folder.path().join(LOCK))?;
    held.lock()?;
    fs::create_dir(folder.path().join("work"))?;
    Ok(Workshop { folder, _held: held })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_run_and_what_was_left_behind_goes_with_the_next() -> std::io::Result<()> {
        let place = tempfile::tempdir()?;
        let left = place.path().join("run-of-a-dead-process");
        fs::create_dir(&left)?;
        File::create_new(left.join(LOCK))?;
        let first = prepare(place.path())?;
        assert!(!left.exists(), "nobody held it");
        let second = prepare(place.path())?;
        assert!(first.folder().exists() && second.folder().exists(), "who is held stays");
        drop((first, second));
        assert_eq!(fs::read_dir(place.path())?.count(), 0);
        Ok(())
    }
}
