//! Follows one HTTP/1.1 connection from its bytes alone and says until when the client may keep us waiting.
//!
//! Pure: bytes and instants in, deadlines out. It knows just enough of HTTP to tell a head, a body and an upgrade
//! apart; whether they make sense is the server's to say. Keeps true: in every state but an upgraded connection there
//! is a deadline, and only time spent waiting for the client counts against its pace.

use std::time::Duration;

use tokio::time::Instant;

use super::super::limits::ConnectionLimits;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No byte of the next request yet.
    Idle,
    /// In the head of a request.
    Head,
    /// In its body: bytes left, or unknown when chunked.
    Body { left: Option<u64> },
    /// The request is complete and its answer has not begun.
    Ours,
    /// Another protocol, which has rules of its own.
    Upgraded,
}

/// What a client did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Took too long.
    Slow,
    /// Sent a head above the limit.
    HeadTooLarge,
    /// Spoke HTTP/2 without being asked, which hides its pace in frames.
    Http2,
}

impl Fault {
    /// A last word, for a client that is still listening.
    pub(super) fn last_word(self) -> &'static [u8] {
        match self {
            Fault::Slow => b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            Fault::HeadTooLarge => {
                b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
            Fault::Http2 => {
                b"HTTP/1.1 505 HTTP Version Not Supported\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
        }
    }
}

/// One connection.
#[derive(Debug)]
pub(super) struct Exchange {
    phase: Phase,
    /// When the phase began; for `Idle`, when something last moved.
    since: Instant,
    head: Vec<u8>,
    /// A first request has been seen on this connection.
    is_known: bool,
    /// The answer to the latest request has begun.
    answered: bool,
    reading: Pace,
    writing: Pace,
}

impl Exchange {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Phase::Idle,
            since: now,
            head: Vec::new(),
            is_known: false,
            answered: true,
            reading: Pace::default(),
            writing: Pace::default(),
        }
    }

    /// Takes note of bytes the client sent.
    pub(super) fn received(
        &mut self,
        mut bytes: &[u8],
        now: Instant,
        limits: &ConnectionLimits,
    ) -> Result<(), Fault> {
        self.reading.moved(bytes.len(), now);
        while !bytes.is_empty() {
            match self.phase {
                Phase::Upgraded => return Ok(()),
                Phase::Idle | Phase::Ours => {
                    self.enter(Phase::Head, now);
                    self.is_known = true;
                    self.head.clear();
                }
                Phase::Head => bytes = self.take_head(bytes, now, limits)?,
                Phase::Body { left: None } => return Ok(()),
                Phase::Body { left: Some(left) } => {
                    let taken = left.min(bytes.len() as u64);
                    bytes = &bytes[usize::try_from(taken).unwrap_or(bytes.len())..];
                    match left - taken {
                        0 => self.enter(Phase::Ours, now),
                        left => self.phase = Phase::Body { left: Some(left) },
                    }
                }
            }
        }
        Ok(())
    }

    /// Moves over bytes of a head; returns what follows it.
    fn take_head<'a>(
        &mut self,
        bytes: &'a [u8],
        now: Instant,
        limits: &ConnectionLimits,
    ) -> Result<&'a [u8], Fault> {
        for (at, &byte) in bytes.iter().enumerate() {
            // Empty lines before a request are skipped by the server, so they are no end of a head.
            if self.head.is_empty() && matches!(byte, b'\r' | b'\n') {
                continue;
            }
            self.head.push(byte);
            if self.head.len() > limits.head_bytes {
                return Err(Fault::HeadTooLarge);
            }
            if byte == b'\n' && (self.head.ends_with(b"\n\n") || self.head.ends_with(b"\n\r\n")) {
                if self.head.starts_with(b"PRI * HTTP/2") {
                    return Err(Fault::Http2);
                }
                let next = match body_of(&self.head) {
                    Some(0) => Phase::Ours,
                    left => Phase::Body { left },
                };
                self.head = Vec::new();
                self.answered = false;
                self.reading = Pace::default();
                self.writing = Pace::default();
                self.enter(next, now);
                return Ok(&bytes[at + 1..]);
            }
        }
        Ok(&[])
    }

    /// Takes note of `written` bytes for the client, which begin with `bytes`. True when that made it the client's turn, so that whoever waits
    /// to read has another deadline now.
    pub(super) fn sent(&mut self, bytes: &[u8], written: usize, now: Instant) -> bool {
        self.writing.moved(written, now);
        if bytes.is_empty() || self.phase == Phase::Upgraded {
            return false;
        }
        let before = self.phase;
        if !self.answered {
            if bytes.starts_with(b"HTTP/1.1 100") {
                return false;
            }
            self.answered = true;
            if bytes.starts_with(b"HTTP/1.1 101") {
                self.enter(Phase::Upgraded, now);
                return true;
            }
        }
        match self.phase {
            // An answer before the body's end: its rest is still owed at a pace, unless the length is unknown.
            Phase::Body { left: Some(_) } | Phase::Head => {}
            _ => self.enter(Phase::Idle, now),
        }
        self.phase != before
    }

    /// Until when we wait for the client's next byte; none when it owes us nothing.
    pub(super) fn read_deadline(&mut self, now: Instant, limits: &ConnectionLimits) -> Option<Instant> {
        match self.phase {
            Phase::Upgraded => None,
            // Somebody who has not read the last answer owes us that first; see `write_deadline`.
            Phase::Idle if self.writing.waiting.is_some() => None,
            Phase::Idle if self.is_known => Some(self.since + limits.idle),
            Phase::Idle | Phase::Head => Some(self.since + limits.head),
            Phase::Body { .. } => Some(self.reading.deadline(now, limits)),
            Phase::Ours => Some(self.since + limits.answer),
        }
    }

    /// Until when we wait for the client to take what we write.
    pub(super) fn write_deadline(&mut self, now: Instant, limits: &ConnectionLimits) -> Option<Instant> {
        match self.phase {
            Phase::Upgraded => None,
            _ => Some(self.writing.deadline(now, limits)),
        }
    }

    /// Whether a last word can be said here: later, the answer is the server's to give.
    pub(super) fn can_say_last_word(&self) -> bool {
        self.phase == Phase::Head && self.answered
    }

    fn enter(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.since = now;
    }
}

/// How much pause a client has left in one direction beyond what everybody has: it spends by keeping us waiting and earns by
/// moving bytes, up to a bound. Without the bound, whoever had moved megabytes, into our machine's own buffers perhaps, might
/// pause for hours; with none to save, a slow reader of a long answer would be ended while those buffers drain.
#[derive(Debug, Default)]
struct Pace {
    /// Nanoseconds; below nothing it is owed.
    saved: i64,
    /// Bytes since the last pause began.
    moved: u64,
    waiting: Option<Instant>,
}

/// The most that can be saved, in times of `ConnectionLimits::body`.
const SAVED: i64 = 4;

impl Pace {
    fn moved(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waiting.take() {
            self.saved = self.saved.saturating_sub(nanos(now.saturating_duration_since(since)));
        }
        self.moved = self.moved.saturating_add(bytes as u64);
    }

    fn deadline(&mut self, now: Instant, limits: &ConnectionLimits) -> Instant {
        if self.waiting.is_none() {
            let moved = std::mem::take(&mut self.moved).saturating_mul(1_000_000_000);
            let earned = i64::try_from(moved / limits.bytes_per_second.max(1)).unwrap_or(i64::MAX);
            let most = nanos(limits.body).saturating_mul(SAVED);
            self.saved = self.saved.saturating_add(earned).min(most);
        }
        let since = *self.waiting.get_or_insert(now);
        let left = nanos(limits.body).saturating_add(self.saved);
        since + Duration::from_nanos(u64::try_from(left).unwrap_or(0))
    }
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// Bytes of the body a head announces; none when that is unknown until its end.
fn body_of(head: &[u8]) -> Option<u64> {
    let mut length = Some(0);
    for line in head.split(|&byte| byte == b'\n') {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return None;
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn start() -> (Exchange, Instant, ConnectionLimits) {
        let now = Instant::now();
        (Exchange::new(now), now, ConnectionLimits::default())
    }

    #[test]
    fn a_head_has_ten_seconds_from_its_first_byte_however_it_drips() {
        let (mut exchange, now, limits) = start();
        assert_eq!(exchange.read_deadline(now, &limits), Some(now + limits.head));
        exchange.received(b"G", now + SECOND, &limits).expect("fine");
        for (n, byte) in b"ET / HTTP/1.1\r\nhost: a\r\n".iter().enumerate() {
            let later = now + SECOND * 2 + Duration::from_millis(n as u64);
            exchange.received(&[*byte], later, &limits).expect("fine");
            assert_eq!(exchange.read_deadline(later, &limits), Some(now + SECOND + limits.head));
        }
    }

    #[test]
    fn empty_lines_before_a_request_are_no_request() {
        let (mut exchange, now, limits) = start();
        exchange.received(b"\r\n\r\n\r\n\n\n", now, &limits).expect("fine");
        assert_eq!(exchange.phase, Phase::Head);
    }

    #[test]
    fn heads_bodies_and_pipelined_requests_are_told_apart() {
        let (mut exchange, now, limits) = start();
        exchange.received(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", now, &limits).expect("fine");
        assert_eq!(exchange.phase, Phase::Body { left: Some(1) });
        exchange.received(b"cGET / HTTP/1.1\n", now, &limits).expect("fine");
        assert_eq!(exchange.phase, Phase::Head);
        exchange.received(b"\n", now, &limits).expect("fine");
        assert_eq!(exchange.phase, Phase::Ours);
        exchange
            .received(b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", now, &limits)
            .expect("fine");
        assert_eq!(exchange.phase, Phase::Body { left: None });
        exchange.sent(b"HTTP/1.1 100 Continue\r\n\r\n", 0, now);
        assert_eq!(exchange.phase, Phase::Body { left: None });
        exchange.sent(b"HTTP/1.1 200 OK\r\n\r\n", 0, now);
        assert_eq!(exchange.phase, Phase::Idle);
    }

    #[test]
    fn a_body_that_moves_earns_time_and_one_that_drips_does_not() {
        let (mut exchange, now, limits) = start();
        exchange
            .received(b"PUT / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", now, &limits)
            .expect("fine");
        let mut later = now;
        for _ in 0..20 {
            exchange.read_deadline(later, &limits);
            later += SECOND;
            exchange.received(b"x", later, &limits).expect("fine");
        }
        let left = exchange.read_deadline(later, &limits).expect("a deadline") - later;
        let (unearned, drops) = (limits.body - SECOND * 20, Duration::from_millis(10));
        assert!((unearned..unearned + drops).contains(&left), "{left:?}");
        exchange.received(&[0; 8 * 1024 * 20], later, &limits).expect("fine");
        let left = exchange.read_deadline(later, &limits).expect("a deadline") - later;
        assert!((limits.body..limits.body + drops).contains(&left), "{left:?}");
    }

    #[test]
    fn what_moved_before_a_pause_buys_a_bounded_one() {
        let (mut exchange, now, limits) = start();
        exchange.received(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n", now, &limits).expect("fine");
        exchange.write_deadline(now, &limits);
        for _ in 0..100 {
            exchange.sent(b"x", 65_536, now);
        }
        assert_eq!(exchange.write_deadline(now, &limits), Some(now + limits.body * 5));
    }

    #[test]
    fn time_in_which_the_server_did_not_read_is_not_counted() {
        let (mut exchange, now, limits) = start();
        exchange.received(b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", now, &limits).expect("fine");
        let later = now + SECOND * 3_600;
        assert_eq!(exchange.read_deadline(later, &limits), Some(later + limits.body));
    }

    #[test]
    fn an_upgraded_connection_has_no_deadline_and_http2_is_refused() {
        let (mut exchange, now, limits) = start();
        exchange.received(b"GET / HTTP/1.1\r\nupgrade: websocket\r\n\r\n", now, &limits).expect("fine");
        exchange.sent(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0, now);
        assert_eq!(exchange.read_deadline(now, &limits), None);
        assert_eq!(exchange.write_deadline(now, &limits), None);

        let (mut exchange, now, limits) = start();
        assert_eq!(exchange.received(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", now, &limits), Err(Fault::Http2));
    }

    #[test]
    fn a_head_above_the_limit_is_refused() {
        let (mut exchange, now, limits) = start();
        assert_eq!(exchange.received(&vec![b'x'; 70_000], now, &limits), Err(Fault::HeadTooLarge));
    }
}
