//! The words of `graphql-transport-ws`: what a client may say, and how our answers are written.
//!
//! Strict as the protocol asks: whatever is not one of five messages with its fields ends the socket with 4400.
//! Source: the PROTOCOL.md of the graphql-ws library, which defines the sub-protocol.

use async_graphql::{ServerError, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::super::respond::Answer;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum ClientMessage {
    /// Opens the conversation; the payload carries the token.
    Init(Option<Value>),
    /// Asks for a sign of life; the payload comes back.
    Ping(Option<Json>),
    /// Answers our ping.
    Pong,
    /// Starts an operation under an id the client chose.
    Subscribe { id: String, payload: Map<String, Json> },
    /// Ends an operation.
    Complete(String),
}

/// Longest id of an operation; clients use UUIDs or counters.
const LONGEST_ID: usize = 128;

/// Reads one text frame.
///
/// The error is the reason sent with close code 4400; it never repeats what the client said.
pub(super) fn read(text: &str) -> Result<ClientMessage, &'static str> {
    let Ok(Json::Object(mut message)) = serde_json::from_str(text) else {
        return Err("A message is one JSON object");
    };
    let Some(Json::String(kind)) = message.remove("type") else {
        return Err("A message has a `type`");
    };
    let payload = message.remove("payload").filter(|payload| !payload.is_null());
    match kind.as_str() {
        "connection_init" => match payload {
            None => Ok(ClientMessage::Init(None)),
            Some(Json::Object(fields)) => Value::from_json(Json::Object(fields))
                .map(|value| ClientMessage::Init(Some(value)))
                .map_err(|_| "The payload of `connection_init` is malformed"),
            Some(_) => Err("The payload of `connection_init` is an object"),
        },
        "ping" => object_or_none(payload).map(ClientMessage::Ping),
        "pong" => object_or_none(payload).map(|_| ClientMessage::Pong),
        "subscribe" => match (id(&mut message)?, payload) {
            (id, Some(Json::Object(payload))) if payload.get("query").is_some_and(Json::is_string) => {
                Ok(ClientMessage::Subscribe { id, payload })
            }
            _ => Err("The payload of `subscribe` has a `query`"),
        },
        "complete" => id(&mut message).map(ClientMessage::Complete),
        _ => Err("Unknown `type` of message"),
    }
}

fn object_or_none(payload: Option<Json>) -> Result<Option<Json>, &'static str> {
    match payload {
        None | Some(Json::Object(_)) => Ok(payload),
        Some(_) => Err("A payload is an object"),
    }
}

fn id(message: &mut Map<String, Json>) -> Result<String, &'static str> {
    match message.remove("id") {
        Some(Json::String(id)) if !id.is_empty() && id.len() <= LONGEST_ID => Ok(id),
        _ => Err("A message about an operation has its `id`, a string of 1 to 128 bytes"),
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a Json>,
    },
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

pub(super) fn ack() -> String {
    write(&ServerMessage::ConnectionAck)
}

pub(super) fn pong(payload: Option<&Json>) -> String {
    write(&ServerMessage::Pong { payload })
}

pub(super) fn next(id: &str, answer: &Answer) -> String {
    write(&ServerMessage::Next { id, payload: answer })
}

pub(super) fn error(id: &str, errors: &[ServerError]) -> String {
    write(&ServerMessage::Error { id, payload: errors })
}

pub(super) fn complete(id: &str) -> String {
    write(&ServerMessage::Complete { id })
}

fn write(message: &ServerMessage<'_>) -> String {
    // Only a map with keys that are not strings could fail, and answers have none.
    serde_json::to_string(message).unwrap_or_default()
}
