//! A mailbox that keeps what was sent: the mail server of development and tests.
//!
//! It speaks SMTP on a loopback port of its own, so the mailer under test is the one that ships, and shows
//! every letter, its links and its code instead of delivering it. What it keeps true: nothing ever leaves this
//! machine; size, number and connections are bounded; it ends with its last handle, connections included.
//! Deliberately not here: TLS, logins, relaying, attachments.

mod journal;
mod reading;
mod server;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use self::journal::Journal;
use crate::clock::SharedClock;

/// How many letters are kept; the oldest go first.
const KEPT: usize = 10_000;

/// How the mailbox is set up.
pub struct MailSettings {
    /// Where letters are kept over a restart, in the file `mail.jsonl`; in memory alone if none.
    pub folder: Option<PathBuf>,
    /// Dates the letters.
    pub clock: SharedClock,
}

/// A letter to one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The address the mailer named to the server, not the header `To`.
    pub to: String,
    /// Decoded; empty if there was none.
    pub subject: String,
    /// The plain text; made from the HTML if the letter has no other.
    pub text: String,
    /// The HTML as it came. Untrusted: show it only where no script runs.
    pub html: Option<String>,
    /// What a calendar reads in it (`text/calendar`), if anything.
    pub calendar: Option<String>,
    /// When it came, by the sandbox's clock.
    pub sent_at: DateTime<Utc>,
    /// Every web address in it, in order, each once.
    pub links: Vec<String>,
    /// The first number of exactly six digits that stands alone in the text.
    pub code: Option<String>,
}

/// A running mail server and what it received. Clones are handles to the same.
#[derive(Clone)]
pub struct Mailbox {
    shelf: Arc<Shelf>,
    address: SocketAddr,
    _server: Arc<Server>,
}

impl Mailbox {
    /// Reads what was kept and starts to listen on a free loopback port. Call it inside a Tokio runtime.
    ///
    /// Fails when no port is free or the folder cannot be used.
    pub fn open(settings: MailSettings) -> io::Result<Mailbox> {
        let (journal, letters) = match &settings.folder {
            Some(folder) => Journal::open(folder, KEPT).map(|(journal, kept)| (Some(journal), kept))?,
            None => (None, VecDeque::new()),
        };
        let shelf = Shelf { clock: settings.clock, contents: Mutex::new(Contents { letters, journal }) };
        let shelf = Arc::new(shelf);
        let listener = server::listen()?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(server::accept(listener, Arc::clone(&shelf)));
        Ok(Mailbox { shelf, address, _server: Arc::new(Server(accepting)) })
    }

    /// Where the mailer finds it, such as `smtp://127.0.0.1:40123`: no encryption, no login.
    pub fn smtp_url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Letters, newest first; those to one address if given, in any case of letters.
    pub fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let is_wanted = |message: &&Message| to.is_none_or(|to| message.to.eq_ignore_ascii_case(to.trim()));
        self.shelf.contents().letters.iter().rev().filter(is_wanted).cloned().collect()
    }

    /// One letter.
    pub fn message(&self, id: &str) -> Option<Message> {
        self.shelf.contents().letters.iter().find(|message| message.id == id).cloned()
    }
}

/// Ends the server, and with it every connection.
struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What was received.
struct Shelf {
    clock: SharedClock,
    contents: Mutex<Contents>,
}

struct Contents {
    letters: VecDeque<Message>,
    journal: Option<Journal>,
}

impl Shelf {
    fn contents(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a letter once for each of its recipients.
    fn keep(&self, raw: &[u8], recipients: &[String]) -> io::Result<()> {
        let letter = reading::read(raw);
        let sent_at = self.clock.now();
        let mut contents = self.contents();
        for to in recipients {
            let id = hex::encode(rand::random::<[u8; 16]>());
            let message = Message { id, to: to.clone(), sent_at, ..letter.clone() };
            if let Some(journal) = &mut contents.journal {
                journal.append(&message)?;
            }
            contents.letters.push_back(message);
            if contents.letters.len() > KEPT {
                contents.letters.pop_front();
            }
        }
        Ok(())
    }
}
