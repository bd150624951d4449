//! Posting events to the platform's endpoints, signed as Stripe signs, again until they are taken.
//!
//! It keeps true that an event is due until an endpoint answered 2xx, also across a restart, and that waiting
//! goes by the sandbox's clock: a test moves time instead of sleeping. Source: <https://docs.stripe.com/webhooks>.

use std::sync::{LazyLock, Weak};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::altered::{self, What};
use super::engine::Engine;
use super::error::StripeError;
use super::state::{Store, notes};
use super::tx::Caller;

/// A secret that was ours once and is no longer.
const FORMER_SECRET: &str = "whsec_former_secret_of_the_sandbox";
/// A secret that never was ours.
const FORGED_SECRET: &str = "whsec_guessed_by_somebody";
/// Stripe gives up after three days.
const GIVE_UP_AFTER: i64 = 3 * 86_400;
const LONGEST_WAIT: i64 = 12 * 3_600;
/// One flush never posts more than this, whatever the endpoint does.
const MOST_PER_FLUSH: usize = 10_000;
/// How often the courier looks whether the clock made something due.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// No connection is kept: the sandbox serves many runtimes in one test process, and a kept connection would
/// belong to one of them.
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    // Fails only when the process already chose a provider, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client without options that can fail")
});

/// `Stripe-Signature`: `t` is the time of signing, `v1` the HMAC-SHA256 of `t.payload`.
pub(crate) fn signature(secret: &str, at: i64, payload: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at}.{payload}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// One post, ready to go.
struct Parcel {
    delivery: Value,
    url: String,
    payload: String,
    signature: String,
}

/// Delivers in the background as long as the sandbox lives.
pub(crate) async fn courier(engine: Weak<Engine>) {
    loop {
        let Some(alive) = engine.upgrade() else { return };
        deliver_due(&alive).await;
        let wake = alive.wake.clone();
        drop(alive);
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Posts everything due by the clock, in order, until nothing is due; how many posts it took.
pub(crate) async fn deliver_due(engine: &Engine) -> usize {
    let _alone = engine.courier.lock().await;
    for posted in 0..MOST_PER_FLUSH {
        let Some(parcel) = next(engine) else { return posted };
        let taken = post(&parcel.url, parcel.payload, &parcel.signature).await;
        let taken = taken.is_ok_and(|status| (200..300).contains(&status));
        if let Err(error) = settle(engine, parcel.delivery, taken) {
            tracing::error!(%error, "a delivery could not be noted");
            return posted;
        }
    }
    MOST_PER_FLUSH
}

/// Posts a payload; the status answered.
///
/// # Errors
/// In words, why there was no answer.
pub(crate) async fn post(url: &str, payload: String, signature: &str) -> Result<u16, String> {
    let request = CLIENT
        .post(url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature)
        .body(payload);
    request.send().await.map(|response| response.status().as_u16()).map_err(|error| error.to_string())
}

fn next(engine: &Engine) -> Option<Parcel> {
    let found = engine.transact(Caller::default(), |tx| {
        let now = tx.now;
        Ok(pick(engine, tx.store, now))
    });
    found.ok().flatten()
}

fn pick(engine: &Engine, store: &Store, now: i64) -> Option<Parcel> {
    let due =
        store.rows(notes::DELIVERY).filter(|delivery| delivery["due"].as_i64().is_some_and(|due| due <= now));
    let with_address = due.filter(|delivery| url(engine, delivery).is_some());
    let delivery = with_address.min_by_key(|delivery| delivery["order"].as_i64())?.clone();
    let mut event = store.get("event", delivery["event"].as_str()?)?.clone();
    match delivery["altered"].as_str() {
        Some("amount") => altered::alter(&mut event["data"], What::Amount),
        Some("currency") => altered::alter(&mut event["data"], What::Currency),
        _ => {}
    }
    let payload = format!("{event:#}");
    let signature = signature(secret(engine, &delivery), now, &payload);
    Some(Parcel { url: url(engine, &delivery)?.to_owned(), delivery, payload, signature })
}

fn url<'a>(engine: &'a Engine, delivery: &Value) -> Option<&'a str> {
    let settings = &engine.settings;
    let connect = delivery["connect"] == true;
    if connect { settings.connect_webhook_url.as_deref() } else { settings.platform_webhook_url.as_deref() }
}

fn secret<'a>(engine: &'a Engine, delivery: &Value) -> &'a str {
    match delivery["signing"].as_str() {
        Some("forged") => FORGED_SECRET,
        Some("previous") => FORMER_SECRET,
        _ if delivery["connect"] == true => &engine.settings.connect_webhook_secret,
        _ => &engine.settings.webhook_secret,
    }
}

/// A header somebody without our secret would make.
pub(crate) fn forged_signature(at: i64, payload: &str) -> String {
    signature(FORGED_SECRET, at, payload)
}

/// Notes how a post went: done, or due again after a doubled wait, or given up.
fn settle(engine: &Engine, mut delivery: Value, taken: bool) -> Result<(), StripeError> {
    engine.transact(Caller::default(), |tx| {
        let id = delivery["id"].as_str().unwrap_or_default().to_owned();
        let since = delivery["since"].as_i64().unwrap_or(tx.now);
        if taken || tx.now - since > GIVE_UP_AFTER {
            tx.store.remove(notes::DELIVERY, &id);
            note_delivered(tx, &delivery, taken);
            return Ok(());
        }
        let attempts = delivery["attempts"].as_i64().unwrap_or_default();
        let wait = 1_i64
            .checked_shl(attempts.clamp(0, 40) as u32)
            .map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
        delivery["attempts"] = (attempts + 1).into();
        delivery["due"] = (tx.now + wait).into();
        tx.store.put(notes::DELIVERY, &id, delivery);
        Ok(())
    })
}

fn note_delivered(tx: &mut super::tx::Tx<'_>, delivery: &Value, taken: bool) {
    let id = delivery["event"].as_str().unwrap_or_default().to_owned();
    if let Some(mut event) = tx.store.get("event", &id).filter(|_| taken).cloned() {
        event["pending_webhooks"] = json!(0);
        tx.store.put("event", &id, event);
    }
}
