//! Following memberships: when an event says so, when a plan opens more, and every ten minutes in any case.

use chrono::Duration;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::App;
use crate::catalog;
use crate::kernel::{Error, Fault, Result};
use crate::payments::store::open_case;
use crate::queue::Job;
use crate::worker::Registry;

use super::{actions, letters, store};

/// Something we do not know is looked for this often, each time after twice the wait.
const MOST_TRIES: u32 = 6;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("memberships.read_subscription", read_subscription);
    registry.on("memberships.read_invoice", read_invoice);
    registry.on("memberships.include", include);
    registry.on("memberships.published", published);
    registry.on("memberships.reconsider", reconsider);
    registry.every(600, "memberships.sweep", |app| async move { actions::sweep(&app).await });
}

async fn read_subscription(app: App, payload: Value) -> Result<()> {
    let subscription = word(&payload, "object")?;
    let ours = actions::follow(&app, subscription).await?;
    if payload["event"] == "customer.subscription.trial_will_end" {
        warn(&app, subscription).await?;
    }
    known_or_later(&app, "memberships.read_subscription", &payload, ours).await
}

async fn read_invoice(app: App, payload: Value) -> Result<()> {
    let ours = actions::follow_invoice(&app, word(&payload, "object")?).await?;
    known_or_later(&app, "memberships.read_invoice", &payload, ours).await
}

async fn include(app: App, payload: Value) -> Result<()> {
    actions::include(&app, key(&payload, "plan")?).await
}

async fn reconsider(app: App, payload: Value) -> Result<()> {
    actions::reconsider(&app, key(&payload, "membership")?).await
}

/// Something was published: the plans that open it open it to their members.
async fn published(app: App, payload: Value) -> Result<()> {
    let offering = key(&payload, "offering")?;
    for plan in catalog::store::plans_with(app.db.read(), offering).await? {
        actions::include(&app, plan).await?;
    }
    Ok(())
}

async fn warn(app: &App, subscription: &str) -> Result<()> {
    let found = store::of_subscription(app.db.read(), subscription, app.stripe.livemode()).await?;
    let Some(membership) = found else { return Ok(()) };
    let mut tx = app.begin().await?;
    letters::trial_ends(&mut tx, &membership).await?;
    tx.commit().await
}

/// What is not ours yet may be soon: it is looked for again, and in the end a person must look. Never "thanks" and
/// forgotten.
async fn known_or_later(app: &App, job: &'static str, payload: &Value, ours: bool) -> Result<()> {
    if ours {
        return Ok(());
    }
    let tries = payload["tries"].as_u64().and_then(|tries| u32::try_from(tries).ok()).unwrap_or(0) + 1;
    let mut tx = app.begin().await?;
    if tries < MOST_TRIES {
        let mut again = payload.clone();
        again["tries"] = json!(tries);
        tx.enqueue(Job::new(job, again).not_before(tx.now() + Duration::minutes(1 << tries)));
    } else {
        let object = payload["object"].as_str().unwrap_or_default();
        open_case(&tx, "EVENT_UNKNOWN_OBJECT", object, payload.clone()).await?;
    }
    tx.commit().await
}

fn key<T: DeserializeOwned>(payload: &Value, name: &str) -> Result<T> {
    serde_json::from_value(payload[name].clone())
        .map_err(|cause| Error::Fault(Fault::new("reading a job", cause)))
}

fn word<'a>(payload: &'a Value, name: &str) -> Result<&'a str> {
    payload[name].as_str().ok_or_else(|| Error::Fault(Fault::new("reading a job", payload)))
}
