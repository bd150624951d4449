//! Taking in what Stripe sends: prove it, keep it, say thanks. Nothing else happens while Stripe waits.

use serde_json::json;
use stripe_gateway::webhook::{Envelope, WebhookRefusal, verify};

use crate::app::App;
use crate::kernel::{Fault, Refusal, Result};
use crate::queue::Job;

use super::super::model::Endpoint;
use super::super::refusals::PaymentRefusal as No;
use super::super::store;

/// Keeps a delivery to one of our two addresses. A refusal is the sender's fault, a fault is ours: Stripe tries again.
pub async fn receive_event(app: &App, endpoint: Endpoint, raw_body: &[u8], header: &str) -> Result<()> {
    let envelope = match verify(raw_body, header, &secrets(app, endpoint), app.now()) {
        Ok(envelope) => envelope,
        Err(cause @ WebhookRefusal::NoSecret) => return Err(Fault::new("taking in an event", cause).into()),
        Err(refusal) => {
            tracing::warn!(endpoint = endpoint.name(), %refusal, "a delivery was refused");
            return Err(No::Delivery(refusal).at::<_, String>([]).into());
        }
    };
    let text = std::str::from_utf8(raw_body);
    let payload = text.map_err(|_| No::Delivery(WebhookRefusal::NotAnEvent).at::<_, String>([]))?;
    keep(app, endpoint, &envelope, payload).await.map(drop)
}

fn secrets(app: &App, endpoint: Endpoint) -> Vec<&str> {
    let Some(stripe) = &app.settings.stripe else { return Vec::new() };
    let secrets = match endpoint {
        Endpoint::Platform => &stripe.webhook_secrets,
        Endpoint::Connect => &stripe.connect_webhook_secrets,
    };
    secrets.iter().map(|secret| secret.reveal()).collect()
}

/// Puts an event into the inbox and asks for it to be handled; false if it is there already.
pub(super) async fn keep(app: &App, endpoint: Endpoint, event: &Envelope, payload: &str) -> Result<bool> {
    let misfit = misfit(app, endpoint, event);
    let mut tx = app.begin().await?;
    let Some(id) = store::keep(&tx, endpoint, event, payload, misfit).await? else { return Ok(false) };
    match misfit {
        Some(reason) => {
            let detail = json!({ "kind": event.kind, "reason": reason });
            store::open_case(&tx, "EVENT_MISFIT", &event.id, detail).await?;
        }
        None => tx.enqueue(Job::new("payments.handle_event", json!({ "event": id }))),
    }
    tx.commit().await?;
    Ok(true)
}

/// Rightly signed, and still not for this address or this mode.
fn misfit(app: &App, endpoint: Endpoint, event: &Envelope) -> Option<&'static str> {
    match endpoint {
        _ if event.livemode != app.stripe.livemode() => Some("it is of the other mode (live or test)"),
        Endpoint::Platform if event.account.is_some() => Some("it is about a connected account"),
        Endpoint::Connect if event.account.is_none() => Some("it is about no connected account"),
        _ => None,
    }
}
