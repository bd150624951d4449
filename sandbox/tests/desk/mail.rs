//! What is sent is what is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Letter, Tokio1Executor};
use sandbox::clock::{Clock, SharedClock};
use sandbox::mail::{MailSettings, Mailbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A clock of its own that starts at a round moment.
pub struct StoryClock(AtomicI64);

impl StoryClock {
    pub fn shared() -> SharedClock {
        Arc::new(StoryClock(AtomicI64::new(1_800_000_000)))
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).expect("in range")
    }

    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_seconds().max(0), Ordering::SeqCst);
    }
}

pub fn in_memory(clock: SharedClock) -> Mailbox {
    Mailbox::open(MailSettings { folder: None, clock }).expect("a free port")
}

pub async fn send(mailbox: &Mailbox, to: &str, subject: &str, text: &str, html: &str) {
    let mailer = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mailbox.smtp_url()).unwrap().build();
    mailer.send(letter(to, subject, text, html)).await.expect("accepted");
}

fn letter(to: &str, subject: &str, text: &str, html: &str) -> Letter {
    let body = MultiPart::alternative_plain_html(text.to_owned(), html.to_owned());
    let builder = Letter::builder().from("Atelier <post@atelier.example>".parse().unwrap());
    builder.to(to.parse().unwrap()).subject(subject).multipart(body).unwrap()
}

#[tokio::test]
async fn a_letter_is_kept_with_its_code_and_links() {
    let mailbox = in_memory(StoryClock::shared());
    let text = "Grüße!\n\n.Your code: 042817\nor https://atelier.example/confirm?t=a&b=c\n";
    let html = "<p>Grüße! <a href=\"https://atelier.example/confirm?t=a&amp;b=c\">Confirm</a></p>";
    send(&mailbox, "ada@example.com", "Ihr Code für heute", text, html).await;

    let all = mailbox.messages(None);
    assert_eq!(all.len(), 1);
    let kept = &all[0];
    assert_eq!((kept.to.as_str(), kept.subject.as_str()), ("ada@example.com", "Ihr Code für heute"));
    assert_eq!(kept.text.trim_end(), text.trim_end());
    assert_eq!(kept.html.as_deref().map(str::trim_end), Some(html));
    assert_eq!(kept.code.as_deref(), Some("042817"));
    assert_eq!(kept.links, ["https://atelier.example/confirm?t=a&b=c"]);
    assert_eq!(kept.sent_at.timestamp(), 1_800_000_000);
    assert_eq!(mailbox.message(&kept.id).as_ref(), Some(kept));
}

#[tokio::test]
async fn the_newest_comes_first_and_each_address_sees_its_own() {
    let mailbox = in_memory(StoryClock::shared());
    for (to, subject) in
        [("ada@example.com", "one"), ("bob@example.com", "two"), ("ada@example.com", "three")]
    {
        send(&mailbox, to, subject, "text", "<p>text</p>").await;
    }
    let subjects = |to| mailbox.messages(to).into_iter().map(|message| message.subject).collect::<Vec<_>>();
    assert_eq!(subjects(None), ["three", "two", "one"]);
    assert_eq!(subjects(Some("ADA@example.com")), ["three", "one"]);
    assert_eq!(subjects(Some("nobody@example.com")), Vec::<String>::new());
}

#[tokio::test]
async fn letters_outlive_a_restart_and_a_line_cut_by_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let settings = MailSettings { folder: Some(folder.path().join("mail")), clock: StoryClock::shared() };
        Mailbox::open(settings).unwrap()
    };
    let mailbox = open();
    send(&mailbox, "ada@example.com", "kept", "text", "<p>text</p>").await;
    let before = mailbox.messages(None);
    drop(mailbox);
    let file = folder.path().join("mail/mail.jsonl");
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{whole}{{\"id\":\"cut")).unwrap();

    let mailbox = open();
    assert_eq!(mailbox.messages(None), before);
    send(&mailbox, "ada@example.com", "newer", "text", "<p>text</p>").await;
    drop(mailbox);
    assert_eq!(open().messages(None).len(), 2);
}

#[tokio::test]
async fn one_letter_to_two_is_two_letters() {
    let mailbox = in_memory(StoryClock::shared());
    let mut client = Client::greeted(&mailbox).await;
    for recipient in ["ada@example.com", "bob@example.com"] {
        client.says(&format!("RCPT TO:<{recipient}>\r\n"), "250").await;
    }
    client.says("DATA\r\n", "354").await;
    client.says("Subject: Both\r\n\r\nHello\r\n.\r\n", "250").await;
    client.says("QUIT\r\n", "221").await;
    let to: Vec<String> = mailbox.messages(None).into_iter().map(|message| message.to).collect();
    assert_eq!(to, ["bob@example.com", "ada@example.com"]);
}

#[tokio::test]
async fn a_letter_that_is_too_long_is_refused_for_good_and_not_kept() {
    let mailbox = in_memory(StoryClock::shared());
    let mut client = Client::greeted(&mailbox).await;
    client.says("RCPT TO:<ada@example.com>\r\n", "250").await;
    client.says("DATA\r\n", "354").await;
    let line = format!("{}\r\n", "x".repeat(998));
    client.writes(&line.repeat(2200)).await;
    client.says("\r\n.\r\n", "552").await;
    assert_eq!(mailbox.messages(None).len(), 0);
}

#[tokio::test]
async fn dropping_the_mailbox_ends_its_connections() {
    let mailbox = in_memory(StoryClock::shared());
    let address = mailbox.smtp_url().replace("smtp://", "");
    let mut client = Client::greeted(&mailbox).await;
    drop(mailbox);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(StdDuration::from_secs(5), client.0.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection must end with the mailbox");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn the_sixty_fifth_connection_is_asked_to_come_later() {
    let mailbox = in_memory(StoryClock::shared());
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(Client::greeted(&mailbox).await);
    }
    let address = mailbox.smtp_url().replace("smtp://", "");
    let mut refused = Client(TcpStream::connect(address).await.unwrap());
    assert!(refused.hears().await.starts_with("421"));
}

struct Client(TcpStream);

impl Client {
    async fn greeted(mailbox: &Mailbox) -> Client {
        let address = mailbox.smtp_url().replace("smtp://", "");
        let mut client = Client(TcpStream::connect(address).await.unwrap());
        assert!(client.hears().await.starts_with("220"));
        client.says("HELO test.example\r\n", "250").await;
        client.says("MAIL FROM:<post@atelier.example>\r\n", "250").await;
        client
    }

    async fn writes(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    async fn says(&mut self, line: &str, answer: &str) {
        self.writes(line).await;
        let heard = self.hears().await;
        assert!(heard.starts_with(answer), "{line:.40?} was answered {heard}");
    }

    async fn hears(&mut self) -> String {
        let mut buffer = [0; 1024];
        let reading = self.0.read(&mut buffer);
        let read =
            tokio::time::timeout(StdDuration::from_secs(10), reading).await.expect("an answer").unwrap();
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    }
}
