//! Objects that come in parts: what has arrived of each, kept until all of it is put together or given up.
//!
//! ```text
//! uploads/<id>/upload.json     key, headers, when it began
//! uploads/<id>/<number>.part   a part's bytes
//! uploads/<id>/<number>.json   its length and version mark; renaming it into place is the commit
//! ```
//! What it keeps true, as S3 does: a part sent again replaces the one before; everything is checked before anything is
//! put together, so a refused completion loses nothing; an upload that is over does not exist. A restart keeps all.
//! Deliberately not here: how bytes arrive (`incoming`), the finished object (`store`), forgetting what was never
//! finished: the product's own sweep does that, as with every store.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use md5::{Digest as _, Md5};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::record::StoredHeaders;

/// S3's least length of every part but the last: 5 MiB.
pub(super) const LEAST_PART: u64 = 5 * 1024 * 1024;
/// S3's highest part number.
pub(super) const MOST_PARTS: i32 = 10_000;

/// An upload as it was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Begun {
    pub key: String,
    pub headers: StoredHeaders,
    pub begun_at: DateTime<Utc>,
}

/// A part that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub number: i32,
    pub byte_size: u64,
    /// MD5 in hex, without quotes.
    pub etag: String,
    pub stored_at: DateTime<Utc>,
}

/// All parts, put together in one file.
pub(super) struct Assembled {
    pub begun: Begun,
    pub byte_size: u64,
    /// S3's mark of such an object: the MD5 of the parts' MD5s, and how many they were.
    pub etag: String,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartsFault {
    #[error("no upload has this id: it was completed, aborted or never begun")]
    NoSuchUpload,
    #[error("part {0} has not arrived, or is another version")]
    InvalidPart(i32),
    #[error("the parts must be named once each, in ascending order")]
    InvalidOrder,
    #[error("part {0} is shorter than 5 MiB and not the last")]
    TooSmall(i32),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The uploads under way. Every method blocks; call it off the async threads.
pub(super) struct Uploads {
    root: PathBuf,
    /// Those that are being put together; nobody else may touch them meanwhile.
    completing: Mutex<HashSet<String>>,
}

impl Uploads {
    pub(super) fn open(root: &Path) -> io::Result<Uploads> {
        let root = root.join("uploads");
        fs::create_dir_all(&root)?;
        Ok(Uploads { root, completing: Mutex::default() })
    }

    /// Begins an upload and names it.
    pub(super) fn begin(&self, begun: &Begun) -> io::Result<String> {
        let id = hex::encode(rand::random::<[u8; 16]>());
        let folder = self.root.join(&id);
        fs::create_dir(&folder)?;
        write_whole(&folder.join("upload.json"), begun)?;
        File::open(&self.root)?.sync_all()?;
        Ok(id)
    }

    /// The upload of this id, if it is for this key.
    pub(super) fn find(&self, id: &str, key: &str) -> Result<Begun, PartsFault> {
        let begun: Option<Begun> = read_whole(&self.folder(id)?.join("upload.json"))?;
        begun.filter(|begun| begun.key == key).ok_or(PartsFault::NoSuchUpload)
    }

    /// Takes a part that has arrived at `from`, in place of an earlier one of its number.
    pub(super) fn keep(&self, id: &str, key: &str, part: &Part, from: &Path) -> Result<(), PartsFault> {
        let completing = self.lock();
        self.find(id, key)?;
        if completing.contains(id) {
            return Err(PartsFault::NoSuchUpload);
        }
        let folder = self.folder(id)?;
        fs::rename(from, bytes_path(&folder, part.number))?;
        Ok(write_whole(&note_path(&folder, part.number), part)?)
    }

    /// What has arrived, in order of number.
    pub(super) fn parts(&self, id: &str, key: &str) -> Result<Vec<Part>, PartsFault> {
        self.find(id, key)?;
        let mut parts: Vec<Part> = Vec::new();
        for file in fs::read_dir(self.folder(id)?)? {
            let path = file?.path();
            let is_note =
                path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("upload.json");
            if is_note && let Some(part) = read_whole(&path)? {
                parts.push(part);
            }
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    /// Puts the named parts together at `into`. The upload stays until [`Uploads::end`], so that a crash in between
    /// leaves something to repeat.
    pub(super) fn assemble(
        &self,
        id: &str,
        key: &str,
        named: &[(i32, Option<String>)],
        into: &Path,
    ) -> Result<Assembled, PartsFault> {
        if !self.lock().insert(id.to_owned()) {
            return Err(PartsFault::NoSuchUpload);
        }
        let assembled = self.assemble_alone(id, key, named, into);
        if assembled.is_err() {
            self.release(id);
        }
        assembled
    }

    /// Lets an upload whose parts were put together in vain go on.
    pub(super) fn release(&self, id: &str) {
        self.lock().remove(id);
    }

    fn assemble_alone(
        &self,
        id: &str,
        key: &str,
        named: &[(i32, Option<String>)],
        into: &Path,
    ) -> Result<Assembled, PartsFault> {
        let begun = self.find(id, key)?;
        let parts = chosen(&self.parts(id, key)?, named)?;
        let folder = self.folder(id)?;
        let (mut whole, mut marks, mut byte_size) = (File::create(into)?, Md5::new(), 0);
        for part in &parts {
            byte_size += io::copy(&mut File::open(bytes_path(&folder, part.number))?, &mut whole)?;
            marks.update(hex::decode(&part.etag).map_err(io::Error::other)?);
        }
        whole.sync_all()?;
        let etag = format!("{}-{}", hex::encode(marks.finalize()), parts.len());
        Ok(Assembled { begun, byte_size, etag })
    }

    /// Forgets an upload and its parts.
    pub(super) fn end(&self, id: &str) -> Result<(), PartsFault> {
        let mut completing = self.lock();
        fs::remove_dir_all(self.folder(id)?)?;
        completing.remove(id);
        Ok(())
    }

    /// Forgets an upload unless it is being put together.
    pub(super) fn abort(&self, id: &str, key: &str) -> Result<(), PartsFault> {
        self.find(id, key)?;
        if self.lock().contains(id) {
            return Err(PartsFault::NoSuchUpload);
        }
        self.end(id)
    }

    /// Every upload under way whose key starts with `prefix`, in order of key, with its id.
    pub(super) fn under_way(&self, prefix: &str) -> io::Result<Vec<(String, Begun)>> {
        let mut found = Vec::new();
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            let begun: Option<Begun> = read_whole(&folder.path().join("upload.json"))?;
            if let Some(begun) = begun.filter(|begun| begun.key.starts_with(prefix)) {
                found.push((folder.file_name().to_string_lossy().into_owned(), begun));
            }
        }
        found.sort_by(|(a, left), (b, right)| (&left.key, a).cmp(&(&right.key, b)));
        Ok(found)
    }

    /// An id is ours alone: nothing else reaches the file system.
    fn folder(&self, id: &str) -> Result<PathBuf, PartsFault> {
        let ours = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if ours { Ok(self.root.join(id)) } else { Err(PartsFault::NoSuchUpload) }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.completing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parts that a completion names, as they arrived.
fn chosen(arrived: &[Part], named: &[(i32, Option<String>)]) -> Result<Vec<Part>, PartsFault> {
    if named.is_empty() || named.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(PartsFault::InvalidOrder);
    }
    let mut parts = Vec::with_capacity(named.len());
    for (number, etag) in named {
        let part = arrived.iter().find(|part| part.number == *number);
        let part = part.filter(|part| etag.as_ref().is_none_or(|etag| *etag == part.etag));
        parts.push(part.cloned().ok_or(PartsFault::InvalidPart(*number))?);
    }
    let all_but_last = parts.split_last().map(|(_, before)| before).unwrap_or_default();
    match all_but_last.iter().find(|part| part.byte_size < LEAST_PART) {
        Some(small) => Err(PartsFault::TooSmall(small.number)),
        None => Ok(parts),
    }
}

fn bytes_path(folder: &Path, number: i32) -> PathBuf {
    folder.join(format!("{number}.part"))
}

fn note_path(folder: &Path, number: i32) -> PathBuf {
    folder.join(format!("{number}.json"))
}

/// Writes so that a reader sees all of it or the former version, and the disk has it.
fn write_whole(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn read_whole<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
