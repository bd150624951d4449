//! Why a socket ends, as the client is told.
//!
//! Codes of `graphql-transport-ws` (4400 and up) and of RFC 6455, section 7.4. Clients treat 4400, 4401, 4406, 4409
//! and 4429 as their own mistake and give up; after 4403 they fetch a new token, after 1001 they just come again.

use std::{borrow::Cow, time::Duration};

use futures_util::{SinkExt, StreamExt};
use poem::web::websocket::{Message, WebSocketStream};

use super::super::codes::{Code, Refusal};

/// A close code and its reason; code 0 means that there is nobody left to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(super) const GONE: Close = Close::fixed(0, "");
    pub(super) const GOING_AWAY: Close = Close::fixed(1001, "Going away");
    pub(super) const NO_ANSWER: Close = Close::fixed(1001, "No answer to ping");
    pub(super) const UNAUTHORIZED: Close = Close::fixed(4401, "Unauthorized");
    pub(super) const EXPIRED: Close = Close::fixed(4403, "Token expired");
    pub(super) const NO_PROTOCOL: Close = Close::fixed(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Close = Close::fixed(4408, "Connection initialisation timeout");
    pub(super) const TOO_MANY_INITS: Close = Close::fixed(4429, "Too many initialisation requests");
    pub(super) const TOO_MANY_MESSAGES: Close = Close::fixed(4429, "Too many messages");

    const fn fixed(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    pub(super) fn bad_message(reason: &'static str) -> Self {
        Self::fixed(4400, reason)
    }

    pub(super) fn duplicate(id: &str) -> Self {
        // A reason has at most 123 bytes (RFC 6455, 5.5.1).
        let id: String = id.chars().filter(char::is_ascii_graphic).take(64).collect();
        Self { code: 4409, reason: Cow::Owned(format!("Subscriber for {id} already exists")) }
    }

    /// A refused token closes with 4403, which clients answer with a new token; trouble of ours with 1011.
    pub(super) fn not_admitted(refusal: &Refusal) -> Self {
        match refusal.code {
            Code::RateLimited | Code::LimitExceeded => Self::TOO_MANY_MESSAGES,
            Code::Internal | Code::Unavailable | Code::Timeout => Self::fixed(1011, "Try again later"),
            _ => Self::fixed(4403, "Forbidden"),
        }
    }

    /// The library's words are the only thing that tells its errors apart here.
    pub(super) fn unreadable(error: &std::io::Error) -> Self {
        let words = error.to_string().to_ascii_lowercase();
        match () {
            () if words.contains("too long") || words.contains("too big") => {
                Self::fixed(1009, "Message too big")
            }
            () if words.contains("utf-8") || words.contains("utf8") => Self::fixed(1007, "Text is not UTF-8"),
            () if error.kind() == std::io::ErrorKind::Other => Self::fixed(1002, "WebSocket protocol error"),
            () => Self::GONE,
        }
    }

    /// Says goodbye and gives the client a moment to hear it.
    pub(super) async fn say(self, mut socket: WebSocketStream) {
        if self.code == 0 {
            return;
        }
        let goodbye = async {
            let frame = Message::close_with(self.code, self.reason);
            if socket.send(frame).await.is_ok() {
                // Unread bytes would turn the close into a reset that may overtake the frame.
                while let Some(Ok(_)) = socket.next().await {}
            }
        };
        // Whoever does not take the goodbye in time is cut off.
        let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
    }
}
