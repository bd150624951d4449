//! Letters in a file, one JSON object a line, so that they are there after a restart.
//!
//! A line that was cut by a crash is dropped. The file is rewritten at a start when it holds more than is kept.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;

use super::Message;

/// The file, open for appending.
pub(super) struct Journal(File);

impl Journal {
    /// Opens `folder/mail.jsonl` and reads its newest `most` letters, oldest first.
    pub(super) fn open(folder: &Path, most: usize) -> io::Result<(Journal, VecDeque<Message>)> {
        fs::create_dir_all(folder)?;
        let path = folder.join("mail.jsonl");
        let mut letters = VecDeque::new();
        let mut lines = 0usize;
        if path.exists() {
            for line in BufReader::new(File::open(&path)?).split(b'\n') {
                lines += 1;
                let Ok(message) = serde_json::from_slice(&line?) else { continue };
                letters.push_back(message);
                if letters.len() > most {
                    letters.pop_front();
                }
            }
        }
        if lines > letters.len() {
            rewrite(&path, &letters)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        Ok((Journal(file), letters))
    }

    pub(super) fn append(&mut self, message: &Message) -> io::Result<()> {
        self.0.write_all(&line(message)?)
    }
}

fn rewrite(path: &Path, letters: &VecDeque<Message>) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut file = File::create(&draft)?;
    for message in letters {
        file.write_all(&line(message)?)?;
    }
    file.sync_all()?;
    fs::rename(draft, path)
}

fn line(message: &Message) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}
