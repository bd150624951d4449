//! Clients that drip, stall or never read: all are ended, while others are served as if they were not there.

use std::time::{Duration, Instant};

use atelier::{
    graphql::socket::SocketLimits,
    http::limits::{ConnectionLimits, HttpLimits},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use super::graphql_toy::{ToyServer, client};

/// Small enough for a test, large enough for a busy machine to serve the honest.
fn impatient() -> ConnectionLimits {
    ConnectionLimits {
        head: Duration::from_millis(400),
        body: Duration::from_millis(400),
        idle: Duration::from_millis(400),
        bytes_per_second: 8 * 1024,
        ..ConnectionLimits::default()
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    SaysNothing,
    DripsItsHead,
    DripsEmptyLines,
    DripsItsBody,
    DripsChunks,
    StopsInItsBody,
    FallsSilentAfterAnAnswer,
}

const KINDS: [Kind; 7] = [
    Kind::SaysNothing,
    Kind::DripsItsHead,
    Kind::DripsEmptyLines,
    Kind::DripsItsBody,
    Kind::DripsChunks,
    Kind::StopsInItsBody,
    Kind::FallsSilentAfterAnAnswer,
];

impl Kind {
    fn opening(self) -> &'static str {
        match self {
            Kind::SaysNothing | Kind::DripsEmptyLines => "",
            Kind::DripsItsHead => "POST /graphql HTTP/1.1\r\nhost: a\r\n",
            Kind::DripsItsBody | Kind::StopsInItsBody => {
                "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{"
            }
            Kind::DripsChunks => "POST /upload HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n",
            Kind::FallsSilentAfterAnAnswer => "GET /graphql?query={fast} HTTP/1.1\r\nhost: a\r\n\r\n",
        }
    }

    fn drop_of(self) -> &'static str {
        match self {
            Kind::DripsItsHead => "x",
            Kind::DripsEmptyLines => "\r\n",
            Kind::DripsItsBody => " ",
            Kind::DripsChunks => "1\r\nx\r\n",
            Kind::SaysNothing | Kind::StopsInItsBody | Kind::FallsSilentAfterAnAnswer => "",
        }
    }

    /// Drips until the server ends it; says how long that took.
    async fn drip(self, server: std::net::SocketAddr) -> Duration {
        let started = Instant::now();
        let (mut reading, mut writing) = TcpStream::connect(server).await.expect("connected").into_split();
        let _ = writing.write_all(self.opening().as_bytes()).await;
        let mut drops = interval(Duration::from_millis(20));
        let mut heard = [0; 1024];
        loop {
            tokio::select! {
                read = reading.read(&mut heard) => match read {
                    Ok(0) | Err(_) => return started.elapsed(),
                    Ok(_) => {}
                },
                _ = drops.tick() => {
                    // The end is noticed by reading.
                    let _ = writing.write_all(self.drop_of().as_bytes()).await;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_dripping_clients_are_ended_and_nobody_else_notices() {
    let server = ToyServer::start_connections(impatient()).await;
    let drippers: Vec<_> = KINDS
        .into_iter()
        .cycle()
        .take(50)
        .map(|kind| (kind, tokio::spawn(kind.drip(server.address))))
        .collect();
    let canary = client();
    let mut answered = 0;
    while drippers.iter().any(|(_, task)| !task.is_finished()) && answered < 10_000 {
        let asked = canary.post(server.url()).json(&json!({ "query": "{ fast }" }));
        let response =
            timeout(Duration::from_secs(2), asked.send()).await.expect("in time").expect("answered");
        assert_eq!(response.status(), 200);
        answered += 1;
    }
    for (kind, task) in drippers {
        let took = timeout(Duration::from_secs(10), task)
            .await
            .unwrap_or_else(|_| panic!("{kind:?} is still there"))
            .expect("no panic");
        assert!(took < Duration::from_secs(4), "{kind:?} stayed {took:?}");
    }
    drop(canary);
    assert!(server.crowd.empty(Duration::from_secs(5)).await, "every place was given back");
}

#[tokio::test]
async fn a_client_that_never_reads_its_answers_is_ended() {
    let server = ToyServer::start_connections(impatient()).await;
    let text = "x".repeat(200_000);
    let body =
        json!({ "query": "query($t: String!) { echo(text: $t) }", "variables": { "t": text } }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut greedy = TcpStream::connect(server.address).await.expect("connected");
    let asked = timeout(Duration::from_secs(20), async {
        while greedy.write_all(request.as_bytes()).await.is_ok() {}
    });
    asked.await.expect("the server hung up on it");
    assert!(server.crowd.empty(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn an_upload_may_outlast_every_limit_as_long_as_it_moves() {
    let server = ToyServer::start_connections(impatient()).await;
    let started = Instant::now();
    let parts =
        futures_util::stream::unfold((0, interval(Duration::from_millis(50))), |(n, mut pause)| async move {
            pause.tick().await;
            (n < 20).then(|| (Ok::<_, std::io::Error>(vec![b'x'; 4 * 1024]), (n + 1, pause)))
        });
    let upload = client()
        .post(format!("http://{}/upload", server.address))
        .body(reqwest::Body::wrap_stream(parts))
        .timeout(Duration::from_secs(20));
    let response = upload.send().await.expect("answered");
    assert_eq!(response.text().await.expect("counted"), (20 * 4 * 1024).to_string());
    assert!(started.elapsed() > impatient().body, "the upload outlasted the limit");
}

#[tokio::test]
async fn a_socket_outlives_the_limits_of_requests() {
    use futures_util::StreamExt;
    let sockets = SocketLimits { init: Duration::from_secs(1), ..SocketLimits::default() };
    let server = ToyServer::start_with(HttpLimits::default(), sockets, impatient()).await;
    let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(
        format!("ws://{}/graphql", server.address),
    )
    .expect("an address");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a word"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("upgraded");
    // Silence is broken only by the session itself, when its own time for an introduction has passed.
    let heard = timeout(Duration::from_secs(10), socket.next()).await.expect("something");
    let Some(Ok(tokio_tungstenite::tungstenite::Message::Close(Some(frame)))) = heard else {
        panic!("cut off without a word: {heard:?}");
    };
    assert_eq!(u16::from(frame.code), 4408);
}

#[tokio::test]
async fn connections_are_counted_per_address() {
    let limits = ConnectionLimits { connections_per_address: 3, ..ConnectionLimits::default() };
    let server = ToyServer::start_connections(limits).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(TcpStream::connect(server.address).await.expect("connected"));
    }
    let mut fourth = TcpStream::connect(server.address).await.expect("the system accepts it");
    let heard = timeout(Duration::from_secs(5), fourth.read(&mut [0; 16])).await.expect("in time");
    assert!(matches!(heard, Ok(0) | Err(_)), "a fourth connection was served");
    kept.clear();
    assert!(server.crowd.empty(Duration::from_secs(5)).await);
    let answer =
        client().post(server.url()).json(&json!({ "query": "{ fast }" })).send().await.expect("served again");
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_head_above_the_limit_is_told_so() {
    let server = ToyServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("connected");
    let head = format!("GET /graphql HTTP/1.1\r\nhost: a\r\nx-long: {}", "x".repeat(70_000));
    let _ = stream.write_all(head.as_bytes()).await;
    let mut heard = vec![0; 12];
    timeout(Duration::from_secs(5), stream.read_exact(&mut heard))
        .await
        .expect("in time")
        .expect("a last word");
    assert_eq!(heard, b"HTTP/1.1 431");
}
