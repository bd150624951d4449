//! Taking a folder into use: one process, no left-overs, every record read.
//!
//! What it keeps true: two processes never use one folder; bytes without a record (a crash between the two
//! steps of a store) are removed; a record without its bytes is reported and left out, never served.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::record::Record;

/// Creates the folder if need be and locks it. The lock ends with the returned file, or with the process.
pub(super) fn claim(root: &Path) -> io::Result<File> {
    for part in ["incoming", "blobs", "objects"] {
        fs::create_dir_all(root.join(part))?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(root.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            format!(
                "another process uses the media folder {}: stop it, or give this one its own folder",
                root.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Empties `incoming`, reads every record, and removes bytes that no record names.
pub(super) fn load(root: &Path) -> io::Result<BTreeMap<String, Arc<Record>>> {
    for unfinished in fs::read_dir(root.join("incoming"))? {
        fs::remove_file(unfinished?.path())?;
    }
    let mut index = BTreeMap::new();
    let mut named = HashSet::new();
    for path in files_two_deep(&root.join("objects"))? {
        let Some(record) = read_record(root, &path)? else { continue };
        named.insert(record.blob.clone());
        index.insert(record.key.clone(), Arc::new(record));
    }
    for path in files_two_deep(&root.join("blobs"))? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| !named.contains(&name)) {
            fs::remove_file(&path)?;
        }
    }
    Ok(index)
}

fn read_record(root: &Path, path: &Path) -> io::Result<Option<Record>> {
    let record: Record = match serde_json::from_slice(&fs::read(path)?) {
        Ok(record) => record,
        Err(error) => {
            let message = format!("{} is not a record of an object: {error}", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    };
    if blob_path(root, &record.blob).exists() {
        return Ok(Some(record));
    }
    tracing::error!(record = %path.display(), "the bytes of this object are missing; it is left out");
    Ok(None)
}

pub(super) fn blob_path(root: &Path, name: &str) -> PathBuf {
    root.join("blobs").join(name.get(..2).unwrap_or("00")).join(name)
}

fn files_two_deep(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for shard in fs::read_dir(folder)? {
        for file in fs::read_dir(shard?.path())? {
            found.push(file?.path());
        }
    }
    Ok(found)
}
