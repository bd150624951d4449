//! A Stripe of a few scripted answers: plain HTTP on loopback, every request kept for reading.
//!
//! Keeps true: answers are given in the order written, connections are kept open as Stripe keeps them, and a
//! connection can be cut or left hanging, which no HTTP framework would do for us.
//! Not here: any behaviour of Stripe; that is the sandbox's.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use stripe_gateway::{Settings, StripeGateway};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One scripted answer.
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, &'static str)>,
        body: String,
    },
    /// The request is read, then the connection is cut: nobody knows whether it was done.
    Cut,
    /// The request is read and never answered.
    Silence,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Which connection it came on, counted from one.
    pub connection: usize,
}

impl Seen {
    pub fn key(&self) -> Option<&str> {
        self.headers.get("idempotency-key").map(String::as_str)
    }
}

#[derive(Clone)]
pub struct Stub {
    address: std::net::SocketAddr,
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    pub async fn playing(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let stub = Self {
            address: listener.local_addr().expect("an address"),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            seen: Arc::default(),
        };
        let served = stub.clone();
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                tokio::spawn(served.clone().serve(stream, connection));
            }
        });
        stub
    }

    /// A gateway that waits milliseconds where the real one waits seconds.
    pub fn gateway(&self) -> StripeGateway {
        self.gateway_with(|_| {})
    }

    pub fn gateway_with(&self, change: impl FnOnce(&mut Settings)) -> StripeGateway {
        let mut settings = Settings::new("sk_test_stub", format!("http://{}/", self.address));
        settings.first_wait = Duration::from_millis(2);
        settings.longest_wait = Duration::from_millis(10);
        change(&mut settings);
        StripeGateway::connect(settings).expect("settings that can be used")
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic while held").clone()
    }

    async fn serve(self, stream: TcpStream, connection: usize) {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read_request(&mut stream, connection).await {
            self.seen.lock().expect("no panic while held").push(seen);
            let reply = self.script.lock().expect("no panic while held").pop_front();
            match reply {
                Some(Reply::Answer { status, headers, body }) => {
                    write_answer(&mut stream, status, &headers, &body).await;
                }
                Some(Reply::Silence) => std::future::pending::<()>().await,
                Some(Reply::Cut) | None => return,
            }
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let body = String::from_utf8(body).expect("form bodies are text");
    Some(Seen { method, target, headers, body, connection })
}

async fn write_answer(stream: &mut BufReader<TcpStream>, status: u16, headers: &[(&str, &str)], body: &str) {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // A client that has gone away shows in its own assertions.
    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes()).await;
}

pub fn json(status: u16, body: Value) -> Reply {
    Reply::Answer { status, headers: vec![("request-id", "req_stub")], body: body.to_string() }
}

pub fn with_headers(status: u16, headers: Vec<(&'static str, &'static str)>, body: &str) -> Reply {
    Reply::Answer { status, headers, body: body.to_owned() }
}

pub fn failure(status: u16) -> Reply {
    json(status, serde_json::json!({ "error": { "type": "api_error", "message": "try again" } }))
}
