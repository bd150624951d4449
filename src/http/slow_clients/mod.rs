//! Ends connections whose clients keep us waiting, and counts how many there are.
//!
//! The server waits for ever for a client that sends a byte a second. This wrapper around the accepted socket gives
//! every request a time from its first unanswered byte: so long for its head, so long for its body unless it moves
//! at a pace worth waiting for, so long to take the answer. An upload of an hour is fine; a minute of dripping is not.
//! WebSockets, once upgraded, are left to their own session.

mod exchange;

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use poem::{
    http::uri::Scheme,
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use self::exchange::{Exchange, Fault};
use super::limits::{ConnectionLimits, Crowd, Seat};

/// An acceptor whose connections have deadlines and places.
pub struct Patient<A> {
    inner: A,
    limits: Arc<ConnectionLimits>,
    crowd: Arc<Crowd>,
}

impl<A> Patient<A> {
    /// Wraps an acceptor.
    #[must_use]
    pub fn new(inner: A, limits: ConnectionLimits) -> Self {
        let crowd = Crowd::new(limits.connections, limits.connections_per_address);
        Self { inner, limits: Arc::new(limits), crowd }
    }

    /// Who is connected, for metrics.
    #[must_use]
    pub fn crowd(&self) -> Arc<Crowd> {
        Arc::clone(&self.crowd)
    }
}

/// After a failed accept, usually for want of descriptors: trying again at once would only spin.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

impl<A: Acceptor> Acceptor for Patient<A> {
    type Io = PatientIo<A::Io>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            let (io, local, remote, scheme) = match self.inner.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            };
            let peer = remote.as_socket_addr().map(|peer| peer.ip().to_canonical());
            let address = peer.filter(|peer| !self.limits.proxies.contains(peer));
            // Over the limit: closed at once, which costs less than saying why.
            if let Some(seat) = self.crowd.enter(address) {
                return Ok((PatientIo::new(io, Arc::clone(&self.limits), seat), local, remote, scheme));
            }
        }
    }
}

/// A connection with deadlines.
pub struct PatientIo<T> {
    io: T,
    limits: Arc<ConnectionLimits>,
    exchange: Exchange,
    reading: Alarm,
    writing: Alarm,
    /// Whoever waits to read, to be told when its deadline changes.
    reader: Option<Waker>,
    _seat: Seat,
}

impl<T: AsyncWrite + Unpin> PatientIo<T> {
    fn new(io: T, limits: Arc<ConnectionLimits>, seat: Seat) -> Self {
        let exchange = Exchange::new(Instant::now());
        Self {
            io,
            limits,
            exchange,
            reading: Alarm::default(),
            writing: Alarm::default(),
            reader: None,
            _seat: seat,
        }
    }

    fn end(&mut self, fault: Fault, cx: &mut Context<'_>) -> io::Error {
        if self.exchange.can_say_last_word() {
            // If there is no room for a last word, there is none.
            let _ = Pin::new(&mut self.io).poll_write(cx, fault.last_word());
        }
        let kind = if fault == Fault::Slow { io::ErrorKind::TimedOut } else { io::ErrorKind::InvalidData };
        io::Error::new(kind, "the client broke a limit of the connection")
    }

    /// Takes note of so many bytes written, of which these are the first.
    fn sent(&mut self, first: &[u8], written: usize) {
        if self.exchange.sent(first, written, Instant::now())
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
    }

    fn wait_to_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let deadline = self.exchange.write_deadline(Instant::now(), &self.limits);
        ready!(self.writing.poll(deadline, cx));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client does not take its answer"))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for PatientIo<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut this.io).poll_read(cx, buffer);
        let now = Instant::now();
        match outcome {
            Poll::Ready(Ok(())) => {
                let bytes = &buffer.filled()[before..];
                let noted = this.exchange.received(bytes, now, &this.limits);
                Poll::Ready(noted.map_err(|fault| this.end(fault, cx)))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let deadline = this.exchange.read_deadline(now, &this.limits);
                this.reader = Some(cx.waker().clone());
                ready!(this.reading.poll(deadline, cx));
                Poll::Ready(Err(this.end(Fault::Slow, cx)))
            }
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for PatientIo<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.io).poll_write(cx, bytes) {
            Poll::Ready(Ok(written)) => {
                this.sent(&bytes[..written], written);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => this.wait_to_write(cx).map(Err),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.io).poll_write_vectored(cx, slices) {
            Poll::Ready(Ok(written)) => {
                let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| &slice[..]);
                this.sent(&first[..written.min(first.len())], written);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => this.wait_to_write(cx).map(Err),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

/// A timer that is set again only when its deadline moves.
#[derive(Default)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    /// Ready once the deadline has passed; never without one.
    fn poll(&mut self, deadline: Option<Instant>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = deadline else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}
