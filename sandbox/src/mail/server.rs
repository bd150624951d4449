//! The SMTP side of the mailbox: connections, lines, limits. The dialogue itself is the `mailin` crate's.
//!
//! Loopback only. At most 64 connections; a client that says nothing for five minutes (RFC 5321, section
//! 4.5.3.2) is let go; a letter may have 2 MiB and 100 recipients.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use mailin::response::{NO_STORAGE, OK};
use mailin::{Action, Handler, Response, Session, SessionBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Shelf;

const CONNECTIONS: usize = 64;
const SILENCE: Duration = Duration::from_secs(300);
const LONGEST_LINE: u64 = 64 * 1024;
const LONGEST_LETTER: usize = 2 * 1024 * 1024;
const MOST_RECIPIENTS: usize = 100;
/// Before the next try when the machine has no handle for another connection.
const PAUSE: Duration = Duration::from_millis(100);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A free loopback port.
pub(super) fn listen() -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind((HERE, 0))?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Serves until it is dropped; the connections are its own and end with it.
pub(super) async fn accept(listener: TcpListener, shelf: Arc<Shelf>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let place = Arc::clone(&places).try_acquire_owned().ok();
                connections.spawn(converse(stream, Arc::clone(&shelf), place));
            }
            Err(error) => {
                tracing::warn!(%error, "the mailbox could not take a connection");
                sleep(PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(mut stream: TcpStream, shelf: Arc<Shelf>, place: Option<OwnedSemaphorePermit>) {
    let outcome = match place {
        Some(_) => dialogue(stream, shelf).await,
        None => stream.write_all(b"421 too many connections, try again later\r\n").await,
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a mail connection ended");
    }
}

async fn dialogue(mut stream: TcpStream, shelf: Arc<Shelf>) -> io::Result<()> {
    let letter = Letter { shelf, raw: Vec::new(), recipients: Vec::new(), is_too_long: false };
    let mut session: Session<Letter> = SessionBuilder::new("mailbox.localhost").build(HERE, letter);
    let (from_client, mut to_client) = stream.split();
    let mut lines = BufReader::new(from_client);
    to_client.write_all(&session.greeting().buffer()?).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = (&mut lines).take(LONGEST_LINE);
        let reading = timeout(SILENCE, bounded.read_until(b'\n', &mut line));
        let read = reading.await.map_err(|_| io::ErrorKind::TimedOut)??;
        if read == 0 || !line.ends_with(b"\n") {
            return Ok(());
        }
        if !line.ends_with(b"\r\n") {
            line.insert(line.len() - 1, b'\r');
        }
        let answer = session.process(&line);
        if answer.action == Action::NoReply {
            continue;
        }
        to_client.write_all(&answer.buffer()?).await?;
        // A letter that was refused at its end leaves the session in doubt about where it is.
        if answer.action == Action::Close || answer.code == NO_STORAGE.code || answer.code == 451 {
            return to_client.shutdown().await;
        }
    }
}

/// The letter a client is dictating.
struct Letter {
    shelf: Arc<Shelf>,
    raw: Vec<u8>,
    recipients: Vec<String>,
    is_too_long: bool,
}

impl Handler for Letter {
    fn data_start(&mut self, _domain: &str, _from: &str, _is8bit: bool, to: &[String]) -> Response {
        if to.len() > MOST_RECIPIENTS {
            return Response::custom(452, "too many recipients".to_owned());
        }
        self.raw.clear();
        self.is_too_long = false;
        self.recipients = to.to_vec();
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.is_too_long |= self.raw.len() + line.len() > LONGEST_LETTER;
        if !self.is_too_long {
            self.raw.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.is_too_long {
            return NO_STORAGE;
        }
        match self.shelf.keep(&self.raw, &self.recipients) {
            Ok(()) => OK,
            Err(error) => {
                tracing::error!(%error, "the mailbox could not keep a letter");
                Response::custom(451, "the mailbox could not keep the letter".to_owned())
            }
        }
    }
}
