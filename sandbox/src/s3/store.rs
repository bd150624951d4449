//! Objects in a folder: immutable files of bytes, and one small record each.
//!
//! ```text
//! lock                     held while a process uses the folder
//! incoming/<name>          bytes still arriving; emptied at every start
//! blobs/<2 hex>/<name>     bytes, never changed once here
//! objects/<2 hex>/<name>   records; renaming one into place is the commit
//! ```
//! What it keeps true: a reader sees the old or the new object, never a mixture; what was answered with
//! success is on the disk; a copy costs a hard link. Records are read once at the start into an index in
//! memory (about 400 bytes each), which is why only one process may use a folder.
//! Deliberately not here: versions, tags, lifecycle rules, a quota.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::record::{Record, record_name};
use super::startup;

/// Where the bytes of a new object come from.
pub(super) enum Source {
    /// A finished file in `incoming`, which is moved.
    Arrived(PathBuf),
    /// The bytes of another object, which are shared.
    SameAs(String),
}

/// What must hold at the moment of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Precondition {
    None,
    /// `If-None-Match: *`
    Absent,
    /// `If-Match`; the version mark without quotes, or `*`.
    Present(String),
}

/// Why the folder did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreFault {
    #[error("no such object")]
    NotFound,
    #[error("the object is not in the state the request demands")]
    PreconditionFailed,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The folder. Every method blocks; call it off the async threads.
pub(super) struct Store {
    root: PathBuf,
    index: RwLock<BTreeMap<String, Arc<Record>>>,
    committing: Mutex<()>,
    _only_process: File,
}

impl Store {
    /// Takes the folder for this process and reads its records.
    pub(super) fn open(root: &Path) -> io::Result<Store> {
        let only_process = startup::claim(root)?;
        let index = startup::load(root)?;
        Ok(Store {
            root: root.to_owned(),
            index: RwLock::new(index),
            committing: Mutex::new(()),
            _only_process: only_process,
        })
    }

    /// A new path in `incoming`.
    pub(super) fn incoming_path(&self) -> PathBuf {
        self.root.join("incoming").join(fresh_name())
    }

    pub(super) fn find(&self, key: &str) -> Option<Arc<Record>> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The object and its bytes, opened: an overwrite or delete that follows does not disturb the reader.
    pub(super) fn open_object(&self, key: &str) -> Result<(Arc<Record>, File), StoreFault> {
        // An overwrite between the look-up and the open removes the old file: then the index is newer.
        for _ in 0..8 {
            let record = self.find(key).ok_or(StoreFault::NotFound)?;
            match File::open(self.blob_path(&record.blob)) {
                Ok(file) => return Ok((record, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreFault::NotFound)
    }

    /// Stores an object, replacing what had its key. `record.blob` is filled in here.
    pub(super) fn commit(
        &self,
        mut record: Record,
        source: Source,
        precondition: &Precondition,
    ) -> Result<Arc<Record>, StoreFault> {
        let _turn = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.find(&record.key);
        check(precondition, before.as_deref())?;
        record.blob = self.place(source)?;
        self.write_record(&record)?;
        let record = Arc::new(record);
        self.index
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(record.key.clone(), Arc::clone(&record));
        if let Some(before) = before {
            self.discard(&before);
        }
        Ok(record)
    }

    /// Removes an object; well if there was none.
    pub(super) fn delete(&self, key: &str) -> io::Result<()> {
        let _turn = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(record) = self.find(key) else { return Ok(()) };
        let path = self.record_path(key);
        fs::remove_file(&path)?;
        sync_folder_of(&path)?;
        self.index.write().unwrap_or_else(PoisonError::into_inner).remove(key);
        self.discard(&record);
        Ok(())
    }

    /// Up to `most` records with `prefix`, in order of key, after the key `after`.
    pub(super) fn list(&self, prefix: &str, after: Option<&str>, most: usize) -> Vec<Arc<Record>> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        index
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(most)
            .map(|(_, record)| Arc::clone(record))
            .collect()
    }

    fn place(&self, source: Source) -> Result<String, StoreFault> {
        let name = fresh_name();
        let path = self.blob_path(&name);
        create_parent(&path)?;
        match source {
            Source::Arrived(arrived) => fs::rename(arrived, &path)?,
            Source::SameAs(blob) => match fs::hard_link(self.blob_path(&blob), &path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StoreFault::NotFound),
                linked => linked?,
            },
        }
        sync_folder_of(&path)?;
        Ok(name)
    }

    fn write_record(&self, record: &Record) -> io::Result<()> {
        let draft = self.incoming_path();
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        file.sync_all()?;
        let path = self.record_path(&record.key);
        create_parent(&path)?;
        fs::rename(&draft, &path)?;
        sync_folder_of(&path)
    }

    /// A file that cannot be removed now is removed at the next start, as no record names it.
    fn discard(&self, record: &Record) {
        if let Err(error) = fs::remove_file(self.blob_path(&record.blob)) {
            tracing::warn!(%error, "the bytes of a replaced object stay until the next start");
        }
    }

    fn blob_path(&self, name: &str) -> PathBuf {
        startup::blob_path(&self.root, name)
    }

    fn record_path(&self, key: &str) -> PathBuf {
        let name = record_name(key);
        self.root.join("objects").join(&name[..2]).join(format!("{name}.json"))
    }
}

fn check(precondition: &Precondition, before: Option<&Record>) -> Result<(), StoreFault> {
    let holds = match (precondition, before) {
        (Precondition::None, _) | (Precondition::Absent, None) => true,
        (Precondition::Absent, Some(_)) | (Precondition::Present(_), None) => false,
        (Precondition::Present(etag), Some(record)) => etag == "*" || *etag == record.etag,
    };
    if holds { Ok(()) } else { Err(StoreFault::PreconditionFailed) }
}

/// 128 random bits in hex: no two files share a name.
fn fresh_name() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// A rename is only as lasting as the folder it happened in.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
