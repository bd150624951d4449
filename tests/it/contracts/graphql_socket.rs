//! `graphql-transport-ws` as a client meets it, frame by frame.

use std::time::Duration;

use atelier::graphql::socket::SocketLimits;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        handshake::client::Response,
        http::{HeaderValue, StatusCode},
    },
};

use super::graphql_toy::ToyServer;

/// Longest wait for anything that must come.
const SOON: Duration = Duration::from_secs(5);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

#[derive(Debug, PartialEq)]
enum Heard {
    Said(Value),
    Closed(u16),
}

impl Client {
    async fn dial(
        server: &ToyServer,
        protocol: Option<&'static str>,
    ) -> tokio_tungstenite::tungstenite::Result<(Self, Response)> {
        let mut request = format!("ws://{}/graphql", server.address).into_client_request()?;
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
        }
        let (socket, response) = timeout(SOON, connect_async(request)).await.expect("an answer")?;
        Ok((Self(socket), response))
    }

    async fn connect(server: &ToyServer) -> Self {
        let (client, response) = Self::dial(server, Some("graphql-transport-ws")).await.expect("upgraded");
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        client
    }

    async fn open(server: &ToyServer, token: &str) -> Self {
        let mut client = Self::connect(server).await;
        client.say(json!({ "type": "connection_init", "payload": { "authorization": token } })).await;
        client.hears(json!({ "type": "connection_ack" })).await;
        client
    }

    async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        // A socket that is being closed may refuse; what is heard next decides.
        let _ = self.0.send(message).await;
    }

    async fn subscribe(&mut self, id: &str, document: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": document } })).await;
    }

    async fn hear(&mut self) -> Heard {
        loop {
            match timeout(SOON, self.0.next()).await.expect("something is said") {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Said(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map_or(1005, |f| f.code.into()));
                }
                Some(Ok(_)) => {}
                other => panic!("ended without a close frame: {other:?}"),
            }
        }
    }

    #[track_caller]
    fn hears(&mut self, expected: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move { assert_eq!(self.hear().await, Heard::Said(expected), "at {caller}") }
    }

    #[track_caller]
    fn is_closed(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move { assert_eq!(self.hear().await, Heard::Closed(code), "at {caller}") }
    }

    async fn hears_error(&mut self, id: &str, code: &str) -> Value {
        let Heard::Said(message) = self.hear().await else { panic!("closed instead of an error") };
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{message}");
        assert!(message["payload"][0]["extensions"]["requestId"].is_string(), "{message}");
        message
    }

    /// Nothing is waiting: a ping is answered by its own pong.
    async fn hears_nothing_more(&mut self) {
        self.say(json!({ "type": "ping", "payload": { "mark": 1 } })).await;
        self.hears(json!({ "type": "pong", "payload": { "mark": 1 } })).await;
    }
}

fn quick(change: impl FnOnce(&mut SocketLimits)) -> SocketLimits {
    let mut limits = SocketLimits::default();
    change(&mut limits);
    limits
}

#[tokio::test]
async fn a_subscription_says_each_result_and_then_complete() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("a", "subscription { count(to: 2) }").await;
    client.hears(json!({ "type": "next", "id": "a", "payload": { "data": { "count": 1 } } })).await;
    client.hears(json!({ "type": "next", "id": "a", "payload": { "data": { "count": 2 } } })).await;
    client.hears(json!({ "type": "complete", "id": "a" })).await;
    client.subscribe("a", "subscription { count(to: 1) }").await;
    client.hears(json!({ "type": "next", "id": "a", "payload": { "data": { "count": 1 } } })).await;
    client.hears(json!({ "type": "complete", "id": "a" })).await;
    client.hears_nothing_more().await;
}

#[tokio::test]
async fn operations_run_side_by_side_and_variables_reach_them() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("endless", "subscription { forever }").await;
    client.hears(json!({ "type": "next", "id": "endless", "payload": { "data": { "forever": 1 } } })).await;
    let payload = json!({ "query": "subscription S($to: Int!) { count(to: $to) }", "variables": { "to": 1 }, "operationName": "S" });
    client.say(json!({ "type": "subscribe", "id": "b", "payload": payload })).await;
    client.hears(json!({ "type": "next", "id": "b", "payload": { "data": { "count": 1 } } })).await;
    client.hears(json!({ "type": "complete", "id": "b" })).await;
    client.say(json!({ "type": "complete", "id": "endless" })).await;
    client.say(json!({ "type": "complete", "id": "never started" })).await;
    client.hears_nothing_more().await;
}

#[tokio::test]
async fn the_subprotocol_is_required() {
    let server = ToyServer::start().await;
    for protocol in [None, Some("graphql-ws"), Some("chat, soap")] {
        // A client that asked for another protocol may give up on the handshake by itself.
        if let Ok((mut client, _)) = Client::dial(&server, protocol).await {
            client.is_closed(4406).await;
        }
    }
    let (_, response) =
        Client::dial(&server, Some("chat, graphql-transport-ws")).await.expect("one of two fits");
    assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
}

#[tokio::test]
async fn a_client_that_never_introduces_itself_is_closed() {
    let server = ToyServer::start_sockets(quick(|l| l.init = Duration::from_millis(50))).await;
    Client::connect(&server).await.is_closed(4408).await;
    let mut talking = Client::connect(&server).await;
    talking.say(json!({ "type": "ping" })).await;
    talking.hears(json!({ "type": "pong" })).await;
    talking.is_closed(4408).await;
}

#[tokio::test]
async fn introducing_oneself_twice_is_once_too_often() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.say(json!({ "type": "connection_init" })).await;
    client.is_closed(4429).await;

    let mut hasty = Client::connect(&server).await;
    hasty.say(json!({ "type": "connection_init" })).await;
    hasty.say(json!({ "type": "connection_init" })).await;
    loop {
        match hasty.hear().await {
            Heard::Said(message) => assert_eq!(message["type"], "connection_ack"),
            Heard::Closed(code) => break assert_eq!(code, 4429),
        }
    }
}

#[tokio::test]
async fn nothing_runs_before_the_introduction() {
    let server = ToyServer::start().await;
    let mut client = Client::connect(&server).await;
    client.subscribe("a", "subscription { count(to: 1) }").await;
    client.is_closed(4401).await;
}

#[tokio::test]
async fn an_id_in_use_cannot_be_used_again() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("same", "subscription { forever }").await;
    client.hears(json!({ "type": "next", "id": "same", "payload": { "data": { "forever": 1 } } })).await;
    client.subscribe("same", "subscription { forever }").await;
    client.is_closed(4409).await;
}

#[tokio::test]
async fn whatever_is_not_a_message_closes_with_4400() {
    let server = ToyServer::start().await;
    let nonsense = [
        "",
        "hello",
        "[]",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"start","id":"1","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"ping","payload":"x"}"#,
        r#"{"type":"connection_init","payload":"x"}"#,
    ];
    for text in nonsense {
        let mut client = Client::open(&server, "Bearer good").await;
        client.send(Message::text(text)).await;
        assert_eq!(client.hear().await, Heard::Closed(4400), "{text}");
    }
    let mut client = Client::open(&server, "Bearer good").await;
    client.send(Message::binary(br#"{"type":"ping"}"#.to_vec())).await;
    client.is_closed(4400).await;
}

#[tokio::test]
async fn a_message_above_the_limit_closes_with_1009() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.send(Message::text("x".repeat(300 * 1024))).await;
    client.is_closed(1009).await;
}

#[tokio::test]
async fn a_refused_document_is_an_error_and_the_socket_lives_on() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    let bomb: String =
        (0..31).map(|n| format!("fragment F{n} on Changes {{ ...F{} ...F{} }} ", n + 1, n + 1)).collect();
    let cases = [
        ("subscription { nope }".to_owned(), "VALIDATION_FAILED"),
        ("subscription {".to_owned(), "PARSE_FAILED"),
        ("subscription { a: count(to: 1) b: count(to: 1) }".to_owned(), "QUERY_TOO_COMPLEX"),
        (
            format!("subscription {{ ...F0 }} {bomb} fragment F31 on Changes {{ forever }}"),
            "QUERY_TOO_COMPLEX",
        ),
        (format!("subscription {{ count(to: 1) }} # {}", "x".repeat(40_000)), "LIMIT_EXCEEDED"),
        ("subscription($to: Int!) { count(to: $to) }".to_owned(), "BAD_REQUEST"),
        ("{ fast }".to_owned(), "BAD_REQUEST"),
        ("mutation { rename(title: \"x\") }".to_owned(), "BAD_REQUEST"),
        ("subscription { refused }".to_owned(), "FORBIDDEN"),
    ];
    for (document, code) in cases {
        client.subscribe("r", &document).await;
        client.hears_error("r", code).await;
    }
    client.hears_nothing_more().await;
}

#[tokio::test]
async fn a_fault_in_a_stream_is_masked() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("b", "subscription { broken }").await;
    client.hears(json!({ "type": "next", "id": "b", "payload": { "data": { "broken": 1 } } })).await;
    let Heard::Said(failed) = client.hear().await else { panic!("closed") };
    assert_eq!(failed["payload"]["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!failed.to_string().contains("hunter2"), "{failed}");
    client.hears(json!({ "type": "complete", "id": "b" })).await;
}

#[tokio::test]
async fn a_socket_runs_ten_operations_and_not_eleven() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    for n in 0..10 {
        client.subscribe(&n.to_string(), "subscription { forever }").await;
        let Heard::Said(first) = client.hear().await else { panic!("closed") };
        assert_eq!(first["type"], "next");
    }
    client.subscribe("eleventh", "subscription { forever }").await;
    client.hears_error("eleventh", "LIMIT_EXCEEDED").await;
    client.say(json!({ "type": "complete", "id": "0" })).await;
    client.subscribe("eleventh", "subscription { forever }").await;
    client.hears(json!({ "type": "next", "id": "eleventh", "payload": { "data": { "forever": 1 } } })).await;
}

#[tokio::test]
async fn a_refused_token_closes_with_4403_and_no_token_is_anonymous() {
    let server = ToyServer::start().await;
    for token in ["Bearer stolen", "stolen", "Bearer banned"] {
        let mut client = Client::connect(&server).await;
        client.say(json!({ "type": "connection_init", "payload": { "Authorization": token } })).await;
        client.is_closed(4403).await;
    }
    let mut anonymous = Client::connect(&server).await;
    anonymous.say(json!({ "type": "connection_init" })).await;
    anonymous.hears(json!({ "type": "connection_ack" })).await;
}

#[tokio::test]
async fn a_socket_does_not_outlive_its_token() {
    let server = ToyServer::start().await;
    Client::open(&server, "Bearer short").await.is_closed(4403).await;

    let server = ToyServer::start_sockets(quick(|l| l.recheck = Duration::from_millis(20))).await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("a", "subscription { forever }").await;
    client.hears(json!({ "type": "next", "id": "a", "payload": { "data": { "forever": 1 } } })).await;
    server.toy.revoked.store(true, std::sync::atomic::Ordering::Relaxed);
    client.is_closed(4403).await;
}

#[tokio::test]
async fn a_chatterbox_is_closed() {
    let server = ToyServer::start_sockets(quick(|l| l.messages_per_second = 20)).await;
    let mut client = Client::open(&server, "Bearer good").await;
    for _ in 0..200 {
        client.say(json!({ "type": "pong" })).await;
    }
    client.is_closed(4429).await;
}

#[tokio::test]
async fn a_client_that_no_longer_answers_pings_is_closed() {
    let server = ToyServer::start_sockets(quick(|l| l.ping = Duration::from_millis(20))).await;
    let client = Client::open(&server, "Bearer good").await;
    // Not reading means not answering pings; the session gives its place back.
    timeout(SOON, async {
        while server.sockets.open() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the session ended");
    drop(client);
}

#[tokio::test]
async fn places_are_counted_per_address_and_given_back() {
    let server = ToyServer::start_sockets(quick(|l| l.sockets_per_address = 2)).await;
    let first = Client::open(&server, "Bearer good").await;
    let _second = Client::open(&server, "Bearer good").await;
    match Client::dial(&server, Some("graphql-transport-ws")).await {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        }
        other => panic!("a third socket was let in: {}", other.is_ok()),
    }
    drop(first);
    timeout(SOON, async {
        while server.sockets.open() > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the place was given back");
    Client::open(&server, "Bearer good").await;
}

#[tokio::test]
async fn a_graceful_stop_closes_every_socket_with_1001() {
    let server = ToyServer::start().await;
    let mut client = Client::open(&server, "Bearer good").await;
    client.subscribe("a", "subscription { forever }").await;
    client.hears(json!({ "type": "next", "id": "a", "payload": { "data": { "forever": 1 } } })).await;
    let sockets = server.sockets.clone();
    let stopped = tokio::spawn(async move { sockets.stop(SOON).await });
    client.is_closed(1001).await;
    drop(client);
    assert!(stopped.await.expect("stopped"), "all sockets ended");
    assert!(Client::dial(&server, Some("graphql-transport-ws")).await.is_err(), "no new ones while stopping");
}
