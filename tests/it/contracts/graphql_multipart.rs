//! Subscriptions over plain HTTP, part by part, as Apollo's clients read them.

use std::{sync::atomic::Ordering, time::Duration};

use atelier::graphql::socket::SocketLimits;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::graphql_toy::{ToyServer, client};

const MIXED: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";
/// Longest wait for anything that must come.
const SOON: Duration = Duration::from_secs(5);

/// A stream, read as Apollo's client does: what stands before a boundary is a message.
struct Parts {
    response: reqwest::Response,
    buffer: String,
    is_first: bool,
}

impl Parts {
    async fn of(server: &ToyServer, document: &str, token: &str) -> Self {
        let response = ask(server, document, token).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"].to_str().expect("text");
        assert_eq!(content_type, "multipart/mixed;boundary=graphql;subscriptionSpec=1.0");
        Self { response, buffer: String::new(), is_first: true }
    }

    /// The next part, or none at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((message, rest)) = self.buffer.split_once("\r\n--graphql") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.buffer = rest;
                if self.is_first {
                    assert_eq!(message, "", "nothing stands before the first boundary");
                    self.is_first = false;
                    continue;
                }
                let (head, body) = message.split_once("\r\n\r\n").expect("a head and a body");
                assert_eq!(head.trim().to_lowercase(), "content-type: application/json");
                return Some(serde_json::from_str(body).expect("JSON"));
            }
            match timeout(SOON, self.response.chunk()).await.expect("something comes").expect("readable") {
                Some(bytes) => self.buffer.push_str(std::str::from_utf8(&bytes).expect("text")),
                None => {
                    assert_eq!(self.buffer, "--\r\n", "ended as the format says");
                    return None;
                }
            }
        }
    }

    /// The next part that is not a sign of life.
    async fn payload(&mut self) -> Option<Value> {
        loop {
            match self.next().await {
                Some(part) if part == json!({}) => {}
                other => return other,
            }
        }
    }
}

fn ask(server: &ToyServer, document: &str, token: &str) -> reqwest::RequestBuilder {
    let request = client().post(server.url()).header("accept", MIXED).json(&json!({ "query": document }));
    if token.is_empty() { request } else { request.bearer_auth(token) }
}

fn quick(change: impl FnOnce(&mut SocketLimits)) -> SocketLimits {
    let mut limits = SocketLimits::default();
    change(&mut limits);
    limits
}

#[tokio::test]
async fn each_result_is_a_part_and_then_it_ends() {
    let server = ToyServer::start().await;
    let mut parts = Parts::of(&server, "subscription { count(to: 2) }", "good").await;
    assert_eq!(parts.payload().await, Some(json!({ "payload": { "data": { "count": 1 } } })));
    assert_eq!(parts.payload().await, Some(json!({ "payload": { "data": { "count": 2 } } })));
    assert_eq!(parts.payload().await, None);
    let mut parts = Parts::of(&server, "subscription { broken }", "good").await;
    assert_eq!(parts.payload().await, Some(json!({ "payload": { "data": { "broken": 1 } } })));
    let failed = parts.payload().await.expect("a failed result");
    assert_eq!(failed["payload"]["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!failed.to_string().contains("hunter2"), "masked like everywhere");
    assert_eq!(parts.payload().await, None);
}

#[tokio::test]
async fn it_says_that_it_lives() {
    let server = ToyServer::start_sockets(quick(|limits| limits.ping = Duration::from_millis(20))).await;
    let mut parts = Parts::of(&server, "subscription { forever }", "good").await;
    let mut signs = 0;
    while signs < 3 {
        signs += usize::from(parts.next().await == Some(json!({})));
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_as_everywhere() {
    let server = ToyServer::start().await;
    for (document, token, status, code) in [
        ("subscription { count(to: 1) }", "stolen", 401, "UNAUTHENTICATED"),
        ("subscription { nothing }", "good", 200, "VALIDATION_FAILED"),
        ("subscription { count(to: ", "good", 200, "PARSE_FAILED"),
    ] {
        let response = ask(&server, document, token).send().await.expect("an answer");
        if response.headers()["content-type"].to_str().expect("text").starts_with("multipart") {
            // What only the schema can refuse comes as the one part there is.
            let mut parts = Parts { response, buffer: String::new(), is_first: true };
            let refused = parts.payload().await.expect("a reason");
            assert_eq!(
                (&refused["payload"], &refused["errors"][0]["extensions"]["code"]),
                (&Value::Null, &json!(code))
            );
            assert_eq!(parts.payload().await, None);
            continue;
        }
        assert_eq!(response.status(), status, "{document}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{document}");
    }
    let mut parts = Parts::of(&server, "subscription { refused }", "good").await;
    let refused = parts.payload().await.expect("a reason");
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(parts.payload().await, None);
    // Queries are answered as ever, and a subscription needs a client that takes parts.
    let answer: Value =
        ask(&server, "{ fast }", "good").send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(answer["data"]["fast"], 2);
    let plain = client().post(server.url()).json(&json!({ "query": "subscription { count(to: 1) }" }));
    let plain: Value = plain.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(plain["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[tokio::test]
async fn it_never_outlives_its_token_or_the_process() {
    let server = ToyServer::start_sockets(quick(|limits| limits.recheck = Duration::from_millis(20))).await;
    let mut short = Parts::of(&server, "subscription { forever }", "short").await;
    assert!(short.payload().await.expect("a result")["payload"]["data"].is_object());
    let mut revoked = Parts::of(&server, "subscription { forever }", "good").await;
    assert!(revoked.payload().await.expect("a result")["payload"]["data"].is_object());
    server.toy.revoked.store(true, Ordering::Relaxed);
    let ended = revoked.payload().await.expect("a reason");
    assert_eq!(ended["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(revoked.payload().await, None);

    let server = ToyServer::start().await;
    let mut short = Parts::of(&server, "subscription { forever }", "short").await;
    short.payload().await.expect("a result");
    assert_eq!(
        short.payload().await.expect("a reason")["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    let mut open = Parts::of(&server, "subscription { forever }", "studio").await;
    open.payload().await.expect("a result");
    assert_eq!(server.sockets.open(), 1, "it has a place among the sockets");
    assert!(server.sockets.stop(SOON).await || server.sockets.open() == 0);
    assert_eq!(open.payload().await, None);
}

#[tokio::test]
async fn places_are_counted() {
    let server = ToyServer::start_sockets(quick(|limits| limits.sockets = 1)).await;
    let mut open = Parts::of(&server, "subscription { forever }", "good").await;
    open.payload().await.expect("a result");
    let refused = ask(&server, "subscription { forever }", "good").send().await.expect("an answer");
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
}
