//! Where Stripe and LiveKit tell us of events: bytes and signature in, an answer out. What they mean is the business of
//! `payments` and `workshops`.

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, handler};

use crate::app::App;
use crate::payments::actions::receive;
use crate::payments::model::{Delivery, Endpoint};
use crate::workshops::actions::{Heard, hear};

/// Stripe's events are a few kilobytes; nothing larger is one.
const LARGEST: usize = 256 * 1024;

/// Events about the platform's own account.
#[handler]
pub async fn platform(request: &Request, body: Body, Data(app): Data<&App>) -> StatusCode {
    take(app, Endpoint::Platform, request, body).await
}

/// Events about creators' accounts.
#[handler]
pub async fn connect(request: &Request, body: Body, Data(app): Data<&App>) -> StatusCode {
    take(app, Endpoint::Connect, request, body).await
}

/// Events about rooms of ours.
#[handler]
pub async fn livekit(request: &Request, body: Body, Data(app): Data<&App>) -> StatusCode {
    let Ok(body) = body.into_bytes_limit(LARGEST).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let Some(signature) = request.header("authorization") else { return StatusCode::BAD_REQUEST };
    match hear(app, &body, signature).await {
        Ok(Heard::Taken | Heard::Known) => StatusCode::OK,
        Ok(Heard::Refused(_)) => StatusCode::BAD_REQUEST,
        Ok(Heard::NoRooms) => StatusCode::NOT_FOUND,
        Err(cause) => {
            // LiveKit tries again a few times.
            tracing::error!(%cause, "what LiveKit told could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

async fn take(app: &App, endpoint: Endpoint, request: &Request, body: Body) -> StatusCode {
    let Ok(body) = body.into_bytes_limit(LARGEST).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let Some(signature) = request.header("stripe-signature") else { return StatusCode::BAD_REQUEST };
    match receive(app, endpoint, &body, signature).await {
        Ok(Delivery::Kept | Delivery::Known) => StatusCode::OK,
        Ok(Delivery::Refused(_)) => StatusCode::BAD_REQUEST,
        Err(cause) => {
            // Stripe tries again for three days.
            tracing::error!(%cause, "an event could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
