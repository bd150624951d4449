//! Moving money when it is due, and reading what Stripe says of it.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, Result};
use crate::worker::Registry;

use super::actions;
use super::store::Position;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("payouts.read_account", read_account);
    registry.on("payouts.send", send);
    registry.on("payouts.send_all", send_all);
    registry.on("payouts.reverse", reverse);
    registry.on("payouts.read_transfer", read_transfer);
    registry.on("payouts.read_payout", read_payout);
    registry.on("payouts.read_own_payout", read_own_payout);
    registry.every(3600, "payouts.reread", |app| async move { actions::reread(&app).await });
    registry.every(3600, "payouts.release", |app| async move { actions::release(&app).await });
    registry.every(3600, "payouts.transfer", |app| async move { actions::send_all(&app, None).await });
    registry.every(
        86_400,
        "payouts.return_unclaimed",
        |app| async move { actions::return_unclaimed(&app).await },
    );
    registry.every(600, "payouts.sweep", |app| async move { actions::sweep(&app).await });
}

async fn read_account(app: App, payload: Value) -> Result<()> {
    actions::read_account(&app, text(&payload, "account")?).await
}

async fn send(app: App, payload: Value) -> Result<()> {
    let order = id(&payload, "order")?;
    let payee = id(&payload, "payee")?;
    actions::send(&app, Position { order, payee }).await
}

async fn send_all(app: App, payload: Value) -> Result<()> {
    actions::send_all(&app, Some(id(&payload, "payee")?)).await
}

async fn reverse(app: App, payload: Value) -> Result<()> {
    actions::reverse(&app, id(&payload, "reversal")?).await
}

async fn read_transfer(app: App, payload: Value) -> Result<()> {
    actions::read_transfer(&app, text(&payload, "object")?).await
}

async fn read_payout(app: App, payload: Value) -> Result<()> {
    actions::read_payout(&app, text(&payload, "object")?, text(&payload, "account")?).await
}

async fn read_own_payout(app: App, payload: Value) -> Result<()> {
    actions::read_own_payout(&app, text(&payload, "object")?).await
}

fn text<'a>(payload: &'a Value, name: &str) -> Result<&'a str> {
    payload[name].as_str().ok_or_else(|| Error::Fault(Fault::new("reading a job", payload)))
}

fn id<T: std::str::FromStr>(payload: &Value, name: &str) -> Result<T> {
    text(payload, name)?.parse().map_err(|_| Error::Fault(Fault::new("reading a job", payload)))
}
