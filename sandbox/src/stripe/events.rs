//! The events Stripe tells: made in the same commit as the change they tell of, in the version of that moment.
//!
//! An event holds a copy of its object as it was; later changes never reach into it
//! (<https://docs.stripe.com/api/events>). Posting them is `delivery`'s work.

use rand::RngExt;
use serde_json::{Value, json};

use super::contract::check_object;
use super::faults::EventFault;
use super::objects::build;
use super::settings::API_VERSION;
use super::state::notes;
use super::tx::Tx;

/// Events can be listed for 30 days.
pub(crate) const LISTED_FOR: i64 = 30 * 86_400;
/// How long a `late` event stays away unless the plan says otherwise: a day.
const LATE_BY: i64 = 86_400;
/// How often a stormy event is posted, and within how many seconds unless the plan says otherwise.
const STORM: (usize, i64) = (3, 10);
/// How many events an out-of-order one lets pass.
const LET_PASS: i64 = 3;

/// Tells the platform that something happened to an object of its own.
pub(crate) fn emit(tx: &mut Tx<'_>, kind: &str, object: &Value) {
    record(tx, kind, object, None, None);
}

/// As [`emit`], naming the members that changed with their former values.
pub(crate) fn emit_change(tx: &mut Tx<'_>, kind: &str, object: &Value, before: Value) {
    record(tx, kind, object, Some(before), None);
}

/// Tells the platform, at its connect endpoint, that something happened on a connected account.
pub(crate) fn emit_connected(
    tx: &mut Tx<'_>,
    kind: &str,
    object: &Value,
    account: &str,
    before: Option<Value>,
) {
    record(tx, kind, object, before, Some(account));
}

fn record(tx: &mut Tx<'_>, kind: &str, object: &Value, before: Option<Value>, account: Option<&str>) {
    let mut data = json!({ "object": object });
    if let Some(before) = before {
        data["previous_attributes"] = before;
    }
    let id = tx.id("evt_1", 23);
    let mut event = build(
        "event",
        json!({
            "id": id, "api_version": API_VERSION, "created": tx.now, "data": data, "livemode": false,
            "pending_webhooks": 1, "request": tx.request_member(), "type": kind,
        }),
    );
    if let Some(account) = account {
        event["account"] = account.into();
    }
    for value in [&event, object] {
        if let Some(breach) = check_object(value) {
            tx.violations.record(format!("event {kind}: {breach}"));
        }
    }
    let fault = tx.faults.for_event(kind);
    tx.store.put("event", &id, event.clone());
    schedule(tx, &event, fault);
}

/// Queues the event for its endpoint, bent by a fault if the plan holds one.
fn schedule(tx: &mut Tx<'_>, event: &Value, fault: Option<EventFault>) {
    match fault {
        Some(EventFault::Lost) => {}
        Some(EventFault::Doubled) => {
            queue(tx, event, json!({}));
            queue(tx, event, json!({}));
        }
        Some(EventFault::Late { seconds }) => {
            let due = tx.now + seconds.unwrap_or(LATE_BY);
            queue(tx, event, json!({ "due": due }));
        }
        Some(EventFault::Storm { seconds }) => {
            for _ in 0..STORM.0 {
                let (due, order) = (
                    tx.now + tx.rng.random_range(0..=seconds.unwrap_or(STORM.1)),
                    tx.rng.random_range(0..i64::MAX / 2),
                );
                queue(tx, event, json!({ "due": due, "order": order }));
            }
        }
        Some(EventFault::Reordered) => {
            let order = position(tx) + 10 * LET_PASS + 5;
            queue(tx, event, json!({ "order": order }));
        }
        Some(EventFault::BadSignature) => queue(tx, event, json!({ "signing": "forged" })),
        Some(EventFault::OldSecret) => queue(tx, event, json!({ "signing": "previous" })),
        Some(EventFault::OtherAmount) => queue(tx, event, json!({ "altered": "amount" })),
        Some(EventFault::OtherCurrency) => queue(tx, event, json!({ "altered": "currency" })),
        None => queue(tx, event, json!({})),
    }
}

/// One delivery: due at once, in order, signed properly - unless `bent` says otherwise.
pub(crate) fn queue(tx: &mut Tx<'_>, event: &Value, bent: Value) {
    let (id, order) = (tx.id("dlv_", 16), position(tx));
    let mut delivery = json!({
        "id": id, "event": event["id"], "connect": event.get("account").is_some(),
        "due": tx.now, "since": tx.now, "order": order, "attempts": 0, "signing": "proper", "altered": null,
    });
    super::objects::overlay(&mut delivery, bent);
    tx.store.put(notes::DELIVERY, &id, delivery);
}

/// Deliveries go in the order of their events; the gaps leave room for one to be put out of order.
fn position(tx: &Tx<'_>) -> i64 {
    i64::try_from(tx.store.count("event")).unwrap_or(i64::MAX / 20) * 10
}
