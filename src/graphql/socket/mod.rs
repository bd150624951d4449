//! Live GraphQL: the `graphql-transport-ws` sub-protocol on the same address as HTTP.
//!
//! The library's own session keeps 13 of the protocol's 21 rules (docs/decisions/0003-own-graphql-transport.md); this
//! one keeps them all, under the same limits as HTTP. Only subscriptions run here. A token travels in the payload
//! of `connection_init` (or in the upgrade's headers), is looked at again at intervals, and ends the socket with
//! 4403 when it expires. Not here: what a subscription listens to.

mod close;
mod message;
mod operation;
mod places;
mod session;

use std::sync::Arc;

use poem::{
    FromRequest, IntoResponse, Request, Response,
    http::header,
    web::websocket::{WebSocket, WebSocketConfig},
};

pub use places::{Place, SocketLimits, Sockets};

use super::{
    api::{Api, Caller},
    codes::{Code, Refusal},
};

const PROTOCOL: &str = "graphql-transport-ws";

/// Whether a request asks to become a socket.
#[must_use]
pub fn wants_socket(request: &Request) -> bool {
    request.header(header::UPGRADE).is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Turns the request into a session that lives on its own.
///
/// # Errors
/// 400 for a broken handshake, 503 when there is no place for one more socket.
pub async fn upgrade(
    request: &Request,
    api: Arc<dyn Api>,
    caller: Caller,
    sockets: &Arc<Sockets>,
) -> Result<Response, Refusal> {
    let handshake = WebSocket::from_request_without_body(request).await.map_err(|_| {
        Refusal::envelope(Code::BadRequest, "The WebSocket handshake is not one of RFC 6455, version 13.")
    })?;
    let place = sockets.take_place(api.address(&caller))?;
    let speaks_it = request.header(header::SEC_WEBSOCKET_PROTOCOL).is_some_and(speaks_protocol);
    let bytes = sockets.limits().message_bytes;
    let config = WebSocketConfig::default()
        .read_buffer_size(8 * 1024)
        .write_buffer_size(8 * 1024)
        .max_write_buffer_size(16 * 1024 * 1024)
        .max_message_size(Some(bytes))
        .max_frame_size(Some(bytes));
    let upgraded = handshake.protocols([PROTOCOL]).config(config).on_upgrade(move |socket| async move {
        if speaks_it {
            session::Session::run(socket, api, caller, place).await;
        } else {
            close::Close::NO_PROTOCOL.say(socket).await;
            drop(place);
        }
    });
    Ok(upgraded.into_response())
}

fn speaks_protocol(offered: &str) -> bool {
    offered.split(',').any(|name| name.trim() == PROTOCOL)
}
