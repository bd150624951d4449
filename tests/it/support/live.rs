//! Following: subscriptions over `graphql-transport-ws`, frame by frame, as any client would.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Answer, Person};

/// Longest wait for anything that must come.
const SOON: Duration = Duration::from_secs(20);

/// One subscription on a socket of its own.
pub struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What is heard next.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A result's data.
    Next(Value),
    /// The subscription was refused or taken away: the first error's code.
    Error(String),
    /// It ended by itself.
    Complete,
    /// The socket was closed with this code.
    Closed(u16),
}

impl Person {
    /// Opens a socket and subscribes.
    pub async fn follows(&self, document: &str, variables: Value) -> Live {
        let address = self.market.url().replace("http://", "ws://");
        let mut request = format!("{address}/graphql").into_client_request().unwrap();
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (socket, _) = timeout(SOON, connect_async(request)).await.expect("an answer").expect("a socket");
        let mut live = Live(socket);
        let token = self.token().map(|token| json!({ "authorization": format!("Bearer {token}") }));
        live.say(json!({ "type": "connection_init", "payload": token })).await;
        assert_eq!(live.message().await.expect("an open socket")["type"], "connection_ack");
        let payload = json!({ "query": document, "variables": variables });
        live.say(json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
        live
    }
}

impl Live {
    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("an open socket");
    }

    async fn message(&mut self) -> Result<Value, u16> {
        loop {
            match timeout(SOON, self.0.next()).await.expect("something is said") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                _ => return Err(1006),
            }
        }
    }

    /// The next thing that is said.
    pub async fn hears(&mut self) -> Heard {
        match self.message().await {
            Err(code) => Heard::Closed(code),
            Ok(message) if message["type"] == "next" => Heard::Next(message["payload"]["data"].clone()),
            Ok(message) if message["type"] == "error" => {
                Heard::Error(message["payload"][0]["extensions"]["code"].as_str().unwrap_or("?").to_owned())
            }
            Ok(message) => {
                assert_eq!(message["type"], "complete", "{message:#}");
                Heard::Complete
            }
        }
    }

    /// The next result; anything else is wrong.
    pub async fn next(&mut self) -> Value {
        match self.hears().await {
            Heard::Next(data) => data,
            other => panic!("{other:?} instead of a result"),
        }
    }

    /// The first result or refusal, as if it had been an answer.
    pub async fn is_told(&mut self) -> Answer {
        let body = match self.message().await.expect("an open socket") {
            said if said["type"] == "error" => json!({ "errors": said["payload"] }),
            said => said["payload"].clone(),
        };
        Answer { status: 200, body }
    }
}
