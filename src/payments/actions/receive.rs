//! Taking in what Stripe sends: prove it, keep it, say thanks. Nothing else happens while Stripe waits.

use serde_json::json;
use stripe_gateway::webhook::{Envelope, WebhookRefusal, verify};

use crate::app::App;
use crate::kernel::{Fault, Result};
use crate::queue::Job;

use super::super::model::{Delivery, Endpoint};
use super::super::store::{self, NewEvent};

/// Keeps a delivery to one of our two addresses. `Ok(Refused)` is the sender's fault, an error is ours.
pub async fn receive(app: &App, endpoint: Endpoint, raw_body: &[u8], header: &str) -> Result<Delivery> {
    let secrets: Vec<&str> = match (endpoint, &app.settings.stripe) {
        (_, None) => Vec::new(),
        (Endpoint::Platform, Some(stripe)) => stripe.webhook_secrets.iter().map(|s| s.reveal()).collect(),
        (Endpoint::Connect, Some(stripe)) => {
            stripe.connect_webhook_secrets.iter().map(|s| s.reveal()).collect()
        }
    };
    let envelope = match verify(raw_body, header, &secrets, app.now()) {
        Ok(envelope) => envelope,
        Err(cause @ WebhookRefusal::NoSecret) => return Err(Fault::new("taking in an event", cause).into()),
        Err(refusal) => {
            tracing::warn!(endpoint = endpoint.name(), %refusal, "a webhook was refused");
            alert(app, endpoint, refusal).await?;
            return Ok(Delivery::Refused(refusal));
        }
    };
    let Ok(payload) = std::str::from_utf8(raw_body) else {
        return Ok(Delivery::Refused(WebhookRefusal::NotAnEvent));
    };
    let kept = keep(app, endpoint, &[(&envelope, payload)]).await?;
    if kept == 0 {
        tracing::info!(event = envelope.id, "an event we have was delivered again");
        return Ok(Delivery::Known);
    }
    Ok(Delivery::Kept)
}

/// A person learns of deliveries that were not Stripe's: one case for each address, reason and day, however many
/// came. Strangers can post as often as they like, so all the others cost no more than a look.
async fn alert(app: &App, endpoint: Endpoint, refusal: WebhookRefusal) -> Result<()> {
    let kind = match refusal {
        WebhookRefusal::Forged => "EVENT_FORGED",
        WebhookRefusal::Stale | WebhookRefusal::Future => "EVENT_STALE",
        // Not even an attempt: anybody's browser can do that.
        WebhookRefusal::Malformed | WebhookRefusal::NoSecret => return Ok(()),
        WebhookRefusal::NotAnEvent => "EVENT_UNREADABLE",
    };
    let subject = format!("{} {}", endpoint.name(), app.now().format("%Y-%m-%d"));
    if store::is_case_known(app.db.read(), kind, &subject).await? {
        return Ok(());
    }
    let tx = app.begin().await?;
    store::open_case(&tx, kind, &subject, json!({ "first": refusal.to_string() })).await?;
    tx.commit().await
}

/// Puts events into the inbox, each once, and asks for them to be handled in this order; gives the number of new ones.
/// All of them or none.
pub(super) async fn keep(app: &App, endpoint: Endpoint, events: &[(&Envelope, &str)]) -> Result<usize> {
    let events: Vec<NewEvent> = events
        .iter()
        .map(|(envelope, payload)| NewEvent { envelope, payload, parked: misfit(app, endpoint, envelope) })
        .collect();
    let mut tx = app.begin().await?;
    let kept = store::keep(&tx, endpoint, &events).await?;
    if kept.is_empty() {
        return Ok(0);
    }
    for event in &events {
        let Some(id) = kept.get(&event.envelope.id) else { continue };
        match event.parked {
            Some(reason) => {
                let detail = json!({ "kind": event.envelope.kind, "reason": reason });
                store::open_case(&tx, "EVENT_MISFIT", &event.envelope.id, detail).await?;
            }
            None => tx.enqueue(Job::new("payments.handle_event", json!({ "event": id }))),
        }
    }
    tx.commit().await?;
    Ok(kept.len())
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
