//! How many pages a PDF has: from its end to its cross-references, its catalog, its tree of pages, whose root says it.
//!
//! Kept true, whatever a file says: a few small reads of it and never all of it, no more bytes kept or unpacked than the
//! limits below, no recursion that the file decides. What cannot be read stays unknown and is said to be; it is never a
//! reason to refuse a file that a reader may well open. Why not a library: docs/decisions/0027.
//! Not here: whether it is true. A file may claim more pages than it has; nobody is harmed by that.

mod crossings;
mod syntax;
mod unpacked;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::kernel::{Error, Result};
use crate::media::model::DocumentProblem as Problem;

use crossings::{ENTRY, Place, Run};
use syntax::{Dictionary, Reader, Stop, Value};

/// How many reads a file is worth.
const MOST_READS: u32 = 40;
/// How many bytes of a file are read at most.
const MOST_BYTES: u64 = 8 * 1024 * 1024;
/// How many bytes are unpacked at most, of all streams together.
const MOST_UNPACKED: usize = 16 * 1024 * 1024;
/// How often a file may have been amended.
const MOST_AMENDMENTS: usize = 30;
/// How many runs of cross-references are followed.
const MOST_RUNS: usize = 2000;
/// What is read at once.
const WINDOW: u64 = 64 * 1024;
/// The longest dictionary.
const LONGEST: u64 = 512 * 1024;
/// How far before its end a file says where its cross-references are.
const TAIL: u64 = 2048;

/// What a PDF says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// How many; none where they were not found.
    pub count: Option<i32>,
    /// What hinders its readers.
    pub problem: Option<Problem>,
}

/// A file to be read in places.
pub trait Source: Sync {
    /// So many bytes from there on, fewer at the end.
    fn read(&self, from: u64, length: u64) -> BoxFuture<'_, Result<Bytes>>;
}

/// Counts the pages of a file of `length` bytes.
pub async fn count(source: &dyn Source, length: u64) -> Result<Pages> {
    let mut file = File::new(source, length);
    match file.pages().await {
        Ok(count) => {
            Ok(Pages { count: Some(count), problem: file.is_encrypted.then_some(Problem::Encrypted) })
        }
        Err(Halt::Fault(error)) => Err(error),
        Err(Halt::Unreadable) if file.is_encrypted => {
            Ok(Pages { count: None, problem: Some(Problem::Encrypted) })
        }
        Err(Halt::Unreadable) => Ok(Pages { count: None, problem: Some(Problem::Unreadable) }),
    }
}

enum Halt {
    /// The file could not be read just now.
    Fault(Error),
    /// The file is to blame.
    Unreadable,
}

impl From<Stop> for Halt {
    fn from(_: Stop) -> Self {
        Self::Unreadable
    }
}

type Outcome<T> = std::result::Result<T, Halt>;

/// An object that was found, and where its stream begins if it has one.
struct Found {
    value: Value,
    stream: Option<u64>,
}

impl Found {
    fn dictionary(self) -> Outcome<Dictionary> {
        match self.value {
            Value::Dictionary(found) => Ok(found),
            _ => Err(Halt::Unreadable),
        }
    }
}

struct File<'s> {
    source: &'s dyn Source,
    length: u64,
    reads: u32,
    bytes: u64,
    unpacked: usize,
    window: (u64, Bytes),
    /// Newest first.
    runs: Vec<Run>,
    is_encrypted: bool,
}

impl<'s> File<'s> {
    fn new(source: &'s dyn Source, length: u64) -> Self {
        let (reads, bytes, unpacked) = (MOST_READS, MOST_BYTES, MOST_UNPACKED);
        let (window, runs, is_encrypted) = ((0, Bytes::new()), Vec::new(), false);
        Self { source, length, reads, bytes, unpacked, window, runs, is_encrypted }
    }

    async fn pages(&mut self) -> Outcome<i32> {
        let catalog = self.catalog().await?;
        let catalog = self.object(catalog).await?.dictionary()?;
        let tree = catalog.reference("Pages").ok_or(Halt::Unreadable)?;
        let tree = self.object(tree).await?.dictionary()?;
        let count = match tree.get("Count") {
            Some(Value::Reference(elsewhere)) => match self.object(*elsewhere).await?.value {
                Value::Number(count) => Some(count),
                _ => None,
            },
            _ => tree.number("Count"),
        };
        // No page is shorter than a byte.
        let count = count.filter(|count| *count > 0 && u64::try_from(*count).is_ok_and(|n| n <= self.length));
        count.and_then(|count| i32::try_from(count).ok()).ok_or(Halt::Unreadable)
    }

    /// Reads all cross-references, newest first; gives the catalog's number.
    async fn catalog(&mut self) -> Outcome<u32> {
        let mut root = None;
        let mut next = Some(self.begin().await?);
        for _ in 0..MOST_AMENDMENTS {
            let Some(at) = next else { break };
            let trailer = self.crossings(at).await?;
            self.is_encrypted |= trailer.get("Encrypt").is_some();
            root = root.or_else(|| trailer.reference("Root"));
            if let Some(also) = trailer.number("XRefStm").and_then(|at| u64::try_from(at).ok()) {
                self.crossings(also).await?;
            }
            next = trailer.number("Prev").and_then(|at| u64::try_from(at).ok());
        }
        root.ok_or(Halt::Unreadable)
    }

    /// Where the newest cross-references are.
    async fn begin(&mut self) -> Outcome<u64> {
        let tail = self.peek(self.length.saturating_sub(TAIL), TAIL).await?;
        let word = b"startxref";
        let at = tail.windows(word.len()).rposition(|window| window == word).ok_or(Halt::Unreadable)?;
        // The last number of a file may be its last byte.
        let rest = [&tail[at + word.len()..], b"\n"].concat();
        Ok(Reader::new(&rest).natural()?)
    }

    /// Cross-references of either kind; gives their trailer.
    async fn crossings(&mut self, at: u64) -> Outcome<Dictionary> {
        let head = self.peek(at, 64).await?;
        let mut reader = Reader::new(&head);
        if reader.takes("xref")? {
            self.table(at + reader.at as u64).await
        } else {
            self.stream_of_crossings(at).await
        }
    }

    async fn table(&mut self, mut at: u64) -> Outcome<Dictionary> {
        loop {
            let head = self.peek(at, 128).await?;
            let mut reader = Reader::new(&head);
            if reader.takes("trailer")? {
                let found = self.value_at(at + reader.at as u64, false).await?;
                return found.dictionary();
            }
            let (first, count) = (reader.natural()?, reader.natural()?);
            // Up to the first digit: lines end in one or two bytes, and some writers leave a space.
            let gap = head[reader.at..].iter().position(u8::is_ascii_alphanumeric).ok_or(Halt::Unreadable)?;
            at += (reader.at + gap) as u64;
            self.keep(Run::Text { first, count, at })?;
            at = count.checked_mul(ENTRY).and_then(|bytes| at.checked_add(bytes)).ok_or(Halt::Unreadable)?;
        }
    }

    async fn stream_of_crossings(&mut self, at: u64) -> Outcome<Dictionary> {
        let found = self.value_at(at, true).await?;
        let stream = found.stream.ok_or(Halt::Unreadable)?;
        let dictionary = found.dictionary()?;
        let length = dictionary.number("Length").ok_or(Halt::Unreadable)?;
        let rows = self.unpack(&dictionary, stream, length).await?;
        for run in crossings::runs(&dictionary, &rows).ok_or(Halt::Unreadable)? {
            self.keep(run)?;
        }
        Ok(dictionary)
    }

    fn keep(&mut self, run: Run) -> Outcome<()> {
        if self.runs.len() >= MOST_RUNS {
            return Err(Halt::Unreadable);
        }
        self.runs.push(run);
        Ok(())
    }

    /// An object by its number.
    async fn object(&mut self, number: u32) -> Outcome<Found> {
        match self.place(number).await? {
            Place::At(at) => self.numbered(at, number).await,
            Place::Within(stream, index) => self.packed(stream, index, number).await,
        }
    }

    async fn place(&mut self, number: u32) -> Outcome<Place> {
        let found = self.runs.iter().find_map(|run| Some((run, run.entry(number)?)));
        let place = match found {
            Some((Run::Rows { rows, widths, .. }, entry)) => crossings::place_of_row(rows, *widths, entry),
            Some((Run::Text { at, .. }, entry)) => {
                let at = entry.checked_mul(ENTRY).and_then(|bytes| at.checked_add(bytes));
                let entry = self.peek(at.ok_or(Halt::Unreadable)?, ENTRY).await?;
                crossings::place_of_text(&entry)
            }
            None => None,
        };
        place.ok_or(Halt::Unreadable)
    }

    /// The object at a place, which must have this number.
    async fn numbered(&mut self, at: u64, number: u32) -> Outcome<Found> {
        let head = self.peek(at, 64).await?;
        if Reader::new(&head).object()? == number {
            self.value_at(at, true).await
        } else {
            Err(Halt::Unreadable)
        }
    }

    /// An object in a stream of objects.
    async fn packed(&mut self, stream: u32, index: u64, number: u32) -> Outcome<Found> {
        let Place::At(at) = self.place(stream).await? else { return Err(Halt::Unreadable) };
        let found = self.numbered(at, stream).await?;
        let begin = found.stream.ok_or(Halt::Unreadable)?;
        let dictionary = found.dictionary()?;
        let length = match dictionary.get("Length") {
            Some(Value::Reference(elsewhere)) => self.plain_number(*elsewhere).await?,
            _ => dictionary.number("Length").ok_or(Halt::Unreadable)?,
        };
        let mut objects = self.unpack(&dictionary, begin, length).await?;
        objects.push(b'\n');
        let first = dictionary.number("First").and_then(|first| usize::try_from(first).ok());
        let value = within(&objects, first.ok_or(Halt::Unreadable)?, index, number)?;
        Ok(Found { value, stream: None })
    }

    /// A number that is an object of its own.
    async fn plain_number(&mut self, number: u32) -> Outcome<i64> {
        let Place::At(at) = self.place(number).await? else { return Err(Halt::Unreadable) };
        match self.numbered(at, number).await?.value {
            Value::Number(number) => Ok(number),
            _ => Err(Halt::Unreadable),
        }
    }

    /// The value at a place, after the head of an object if it has one. Few are long; those that are, are read again.
    async fn value_at(&mut self, at: u64, is_object: bool) -> Outcome<Found> {
        for length in [WINDOW / 4, LONGEST] {
            let bytes = self.peek(at, length).await?;
            match value(&bytes, is_object) {
                Ok((value, stream)) => {
                    return Ok(Found { value, stream: stream.map(|begin| at + begin as u64) });
                }
                Err(Stop::CutOff) => {}
                Err(Stop::Wrong) => return Err(Halt::Unreadable),
            }
        }
        Err(Halt::Unreadable)
    }

    /// What a stream of `length` bytes holds. Unpacked where it keeps nobody waiting.
    async fn unpack(&mut self, stream: &Dictionary, at: u64, length: i64) -> Outcome<Vec<u8>> {
        let length = u64::try_from(length).map_err(|_| Halt::Unreadable)?;
        let bytes = self.peek(at, length).await?;
        let (stream, most) = (stream.clone(), self.unpacked);
        let work = tokio::task::spawn_blocking(move || unpacked::unpacked(&stream, &bytes, most));
        let held = work.await.ok().flatten().ok_or(Halt::Unreadable)?;
        self.unpacked = self.unpacked.saturating_sub(held.len());
        Ok(held)
    }

    /// So many bytes from there on, fewer at the end of the file. What was just read is not read again.
    async fn peek(&mut self, from: u64, length: u64) -> Outcome<Bytes> {
        let left = self.length.checked_sub(from).filter(|left| *left > 0).ok_or(Halt::Unreadable)?;
        let length = length.min(left);
        let (begin, bytes) = &self.window;
        let known = from.checked_sub(*begin).and_then(|skipped| usize::try_from(skipped).ok());
        let wanted = usize::try_from(length).map_err(|_| Halt::Unreadable)?;
        if let Some(skipped) = known.filter(|skipped| skipped.saturating_add(wanted) <= bytes.len()) {
            return Ok(bytes.slice(skipped..skipped + wanted));
        }
        let asked = length.max(WINDOW).min(left);
        self.reads = self.reads.checked_sub(1).ok_or(Halt::Unreadable)?;
        self.bytes = self.bytes.checked_sub(asked).ok_or(Halt::Unreadable)?;
        let bytes = self.source.read(from, asked).await.map_err(Halt::Fault)?;
        let found = bytes.slice(..wanted.min(bytes.len()));
        self.window = (from, bytes);
        Ok(found)
    }
}

fn value(bytes: &[u8], is_object: bool) -> std::result::Result<(Value, Option<usize>), Stop> {
    let mut reader = Reader::new(bytes);
    if is_object {
        reader.object()?;
    }
    let value = reader.value()?;
    let is_stream = is_object && matches!(value, Value::Dictionary(_));
    let stream = if is_stream { reader.stream()? } else { None };
    Ok((value, stream))
}

/// The object of this index in a stream of objects: pairs of number and place come first.
fn within(objects: &[u8], first: usize, index: u64, number: u32) -> Outcome<Value> {
    let mut pairs = Reader::new(objects);
    for _ in 0..index {
        pairs.natural()?;
        pairs.natural()?;
    }
    if pairs.natural()? != u64::from(number) {
        return Err(Halt::Unreadable);
    }
    let at = usize::try_from(pairs.natural()?).ok().and_then(|at| at.checked_add(first));
    let object = at.and_then(|at| objects.get(at..)).ok_or(Halt::Unreadable)?;
    Ok(Reader::new(object).value()?)
}

#[cfg(test)]
mod tests;
