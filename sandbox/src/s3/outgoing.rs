//! Bytes on their way out, in pieces of 256 KiB.
//!
//! The size of a piece decides the throughput: pieces of 4 KiB cost six to ten times as much. Reads that wait
//! for the disk at the same time are bounded; a slow client holds no place while it does not read.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use bytes::{BufMut as _, BytesMut};
use futures_util::stream::try_unfold;
use s3s::dto::StreamingBlob;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;

const PIECE: u64 = 256 * 1024;
const READS_AT_ONCE: usize = 32;

/// Hands out turns at the disk.
#[derive(Clone)]
pub(super) struct Reads(Arc<Semaphore>);

impl Default for Reads {
    fn default() -> Reads {
        Reads(Arc::new(Semaphore::new(READS_AT_ONCE)))
    }
}

impl Reads {
    /// The bytes `range` of `file`. Seeks at once, so call it off the async threads.
    pub(super) fn stream(&self, mut file: File, range: Range<u64>) -> io::Result<StreamingBlob> {
        file.seek(SeekFrom::Start(range.start))?;
        let mut file = tokio::fs::File::from_std(file);
        file.set_max_buf_size(PIECE as usize);
        let turns = Arc::clone(&self.0);
        let pieces = try_unfold((file, range.end - range.start), move |(mut file, left)| {
            let turns = Arc::clone(&turns);
            async move {
                if left == 0 {
                    return Ok(None);
                }
                let _turn = turns.acquire().await.map_err(io::Error::other)?;
                let size = left.min(PIECE) as usize;
                let mut piece = BytesMut::with_capacity(size);
                let read = file.read_buf(&mut (&mut piece).limit(size)).await?;
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok::<_, io::Error>(Some((piece.freeze(), (file, left - read as u64))))
            }
        });
        Ok(StreamingBlob::wrap(pieces))
    }
}
