//! Mail over SMTP: the one adapter, for a real mail server and for the sandbox's mailbox alike.
//!
//! Every letter carries a Message-ID made of its own key, so that one sent twice after a crash is recognisably the
//! same. Nothing waits longer than ten seconds for a mail server.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

/// A letter on its way out.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// For the reader's calendar.
    pub calendar: Option<CalendarPart>,
    /// Left part of the Message-ID: the same letter, the same id.
    pub message_id: String,
}

/// What mail programs hand to a calendar by themselves (RFC 6047, section 2.4).
#[derive(Clone, Debug)]
pub struct CalendarPart {
    /// `REQUEST` or `CANCEL`.
    pub method: String,
    /// An iCalendar object.
    pub text: String,
}

impl CalendarPart {
    fn part(self) -> Result<SinglePart, String> {
        let kind = format!("text/calendar; charset=utf-8; method={}", self.method);
        let kind = ContentType::parse(&kind).map_err(|cause| cause.to_string())?;
        Ok(SinglePart::builder().header(kind).body(self.text))
    }
}

/// Why a letter did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The server is away or busy: try again later.
    #[error("the mail server could not take the letter now: {0}")]
    Temporary(String),
    /// The server, or the address, said no for good.
    #[error("the letter was refused: {0}")]
    Refused(String),
}

/// The mail server cannot be reached as configured.
#[derive(Debug, thiserror::Error)]
#[error("{setting} cannot be used: {why}")]
pub struct MailerSetup {
    setting: &'static str,
    why: String,
}

/// The mail server an address names; nothing is connected yet.
pub fn server(smtp_url: &str) -> Result<AsyncSmtpTransportBuilder, String> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url).map_err(|cause| cause.to_string())
}

/// Whom letters are from: `Atelier <hello@example.com>`.
pub fn sender(from: &str) -> Result<Mailbox, String> {
    from.parse().map_err(|cause: lettre::address::AddressError| cause.to_string())
}

/// Sends letters. Clones share one pool of connections.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// For `smtp://…` or `smtps://…` (user and password inside the address); connects when first used.
    pub fn connect(smtp_url: &str, from: &str) -> Result<Self, MailerSetup> {
        let transport = server(smtp_url)
            .map_err(|why| MailerSetup { setting: "SMTP_URL", why })?
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(4))
            .build();
        let from = sender(from).map_err(|why| MailerSetup { setting: "MAIL_FROM", why })?;
        Ok(Self { transport, from })
    }

    /// Hands a letter to the mail server.
    pub async fn send(&self, letter: Letter) -> Result<(), MailerError> {
        let message = self.compose(letter).map_err(MailerError::Refused)?;
        match timeout(PATIENCE, self.transport.send(message)).await {
            Err(_) => Err(MailerError::Temporary("no answer within ten seconds".to_owned())),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(cause)) if cause.is_permanent() => Err(MailerError::Refused(cause.to_string())),
            Ok(Err(cause)) => Err(MailerError::Temporary(cause.to_string())),
        }
    }

    fn compose(&self, letter: Letter) -> Result<Message, String> {
        let to: Mailbox =
            letter.to.parse().map_err(|cause: lettre::address::AddressError| cause.to_string())?;
        let mut words = MultiPart::alternative_plain_html(letter.text, letter.html);
        if let Some(calendar) = letter.calendar {
            words = words.singlepart(calendar.part()?);
        }
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{}>", letter.message_id, self.from.email.domain())))
            .multipart(words)
            .map_err(|cause| cause.to_string())
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}
