//! Subscriptions: begun by a Checkout Session, renewed, collected and ended by time, cancelled or resumed by us.
//!
//! It keeps true that every period has one invoice; that a card refused is tried again three times within a week,
//! after which the subscription is canceled (our account's setting among
//! <https://docs.stripe.com/billing/revenue-recovery/smart-retries>); and that what is canceled never comes back.
//! Things happen in the order and at the moment of their own due time, however far the clock was moved at once.
//! Several items, quantities, proration, pauses, schedules and subscriptions made without a Checkout Session are not
//! simulated.

use chrono::{DateTime, Months};
use serde_json::{Value, json};

use super::error::StripeError;
use super::events::{emit, emit_change};
use super::intents::only_simulated;
use super::invoices::{self, Collected};
use super::objects::{build, leave_out, list, merge_metadata, overlay, text};
use super::state::notes;
use super::tx::Tx;

/// A renewal's invoice can be changed for about an hour before it is finalized
/// (<https://docs.stripe.com/billing/invoices/subscription#sub-invoice-lifecycle>).
pub(crate) const DRAFT_FOR: i64 = 3600;
/// A trial's end is announced three days ahead (<https://docs.stripe.com/billing/subscriptions/trials>).
const ANNOUNCED: i64 = 3 * 86_400;
/// After how many days a refused card is tried again.
const RETRIES: &[i64] = &[3, 2, 2];

/// What a Checkout Session agreed to.
pub(crate) struct Start<'a> {
    pub customer: &'a str,
    pub price: &'a Value,
    /// `subscription_data` of the session.
    pub data: &'a Value,
    /// The kept card.
    pub method: &'a str,
    /// What paid the first invoice; none with a trial.
    pub intent: Option<&'a Value>,
}

/// A new subscription with its first invoice; their ids.
pub(crate) fn start(tx: &mut Tx<'_>, new: &Start<'_>) -> (Value, Value) {
    let id = tx.id("sub_1", 23);
    let trial = new.data["trial_period_days"].as_i64().map(|days| tx.now + days * 86_400);
    let every = months(new.price);
    let anchor = trial.unwrap_or(tx.now);
    let end = trial.unwrap_or_else(|| add(anchor, every, 1));
    let mut subscription = object(tx, &id, new, trial);
    subscription["items"] = items(tx, &id, new.price, (tx.now, end));
    let amount = if trial.is_some() { 0 } else { new.price["unit_amount"].as_i64().unwrap_or_default() };
    let invoice = invoices::draft(tx, &subscription, "subscription_create", amount);
    let invoice = invoices::finalize(tx, invoice);
    subscription["latest_invoice"] = invoice["id"].clone();
    tx.save(&subscription);
    emit(tx, "customer.subscription.created", &subscription);
    let invoice = invoices::set_paid(tx, invoice, new.intent);
    let warning = trial.map(|end| end - ANNOUNCED).filter(|at| *at > tx.now);
    let note = json!({
        "id": id, "anchor": anchor, "months": every, "count": i64::from(trial.is_none()), "attempts": 0,
        "step": if warning.is_some() { "announce" } else { "turn" }, "due": warning.unwrap_or(end),
    });
    put_note(tx, note);
    (subscription, invoice)
}

fn object(tx: &Tx<'_>, id: &str, new: &Start<'_>, trial: Option<i64>) -> Value {
    let mut subscription = build(
        "subscription",
        json!({
            "id": id, "billing_cycle_anchor": trial.unwrap_or(tx.now), "billing_cycle_anchor_config": null,
            "billing_mode": { "type": "flexible", "flexible": { "proration_discounts": "included" } },
            "billing_schedules": [], "billing_thresholds": null, "cancel_at": null, "cancel_at_period_end": false,
            "canceled_at": null, "created": tx.now, "currency": new.price["currency"], "customer": new.customer,
            "default_payment_method": new.method, "ended_at": null,
            "description": new.data.get("description").cloned().unwrap_or(Value::Null), "livemode": false,
            "managed_payments": null, "metadata": super::objects::members(&new.data["metadata"]),
            "next_pending_invoice_item_invoice": null, "pause_collection": null,
            "payment_settings": {
                "payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null, "pending_update": null, "start_date": tx.now,
            "status": if trial.is_some() { "trialing" } else { "active" }, "transfer_data": null,
            "trial_end": trial, "trial_start": trial.map(|_| tx.now),
            "trial_settings": { "end_behavior": { "missing_payment_method": "create_invoice" } },
        }),
    );
    leave_out(&mut subscription, &["presentment_details"]);
    subscription
}

fn items(tx: &mut Tx<'_>, id: &str, price: &Value, (start, end): (i64, i64)) -> Value {
    let item = tx.id("si_", 14);
    let mut item = build(
        "subscription_item",
        json!({
            "id": item, "billing_thresholds": null, "created": tx.now, "current_period_start": start,
            "current_period_end": end, "metadata": {}, "price": price, "quantity": 1, "subscription": id,
        }),
    );
    leave_out(&mut item, &["billed_until", "plan"]);
    list(&format!("/v1/subscription_items?subscription={id}"), vec![item], false)
}

fn months(price: &Value) -> i64 {
    let each = if price["recurring"]["interval"] == "year" { 12 } else { 1 };
    each * price["recurring"]["interval_count"].as_i64().unwrap_or(1)
}

/// Counted from the anchor, so that a month that begins on the 31st does not creep
/// (<https://docs.stripe.com/billing/subscriptions/billing-cycle>).
fn add(anchor: i64, months: i64, count: i64) -> i64 {
    let by = u32::try_from(months * count).unwrap_or(u32::MAX);
    let from = DateTime::from_timestamp(anchor, 0).unwrap_or_default();
    from.checked_add_months(Months::new(by)).map_or(i64::MAX, |to| to.timestamp())
}

fn put_note(tx: &mut Tx<'_>, note: Value) {
    let due = note["due"].as_i64().unwrap_or(i64::MAX);
    *tx.next_due = (*tx.next_due).min(due);
    let id = text(&note, "id").to_owned();
    tx.store.put(notes::SUBSCRIPTION, &id, note);
}

/// When a refused invoice is tried next, after so many attempts.
pub(crate) fn next_attempt(now: i64, attempts: i64) -> Option<i64> {
    let index = usize::try_from(attempts - 1).ok()?;
    RETRIES.get(index).map(|days| now + days * 86_400)
}

/// Everything that became due, each in its own moment.
pub(crate) fn advance(tx: &mut Tx<'_>) {
    let present = tx.now;
    while let Some((due, id)) = soonest(tx) {
        if due > present {
            *tx.next_due = (*tx.next_due).min(due);
            break;
        }
        tx.now = due;
        step(tx, &id);
    }
    tx.now = present;
}

fn soonest(tx: &Tx<'_>) -> Option<(i64, String)> {
    let all = tx.store.rows(notes::SUBSCRIPTION);
    all.filter_map(|note| Some((note["due"].as_i64()?, text(note, "id").to_owned()))).min()
}

fn step(tx: &mut Tx<'_>, id: &str) {
    let note = tx.note(notes::SUBSCRIPTION, id);
    let Ok(subscription) = tx.load("subscription", id, "id") else {
        return tx.store.remove(notes::SUBSCRIPTION, id);
    };
    match text(&note, "step") {
        "announce" => {
            emit(tx, "customer.subscription.trial_will_end", &subscription);
            let end = subscription["trial_end"].clone();
            go_on(tx, note, json!({ "step": "turn", "due": end }));
        }
        "turn" if subscription["cancel_at_period_end"] == true => {
            end(tx, subscription, "cancellation_requested");
        }
        "turn" => turn(tx, note, subscription),
        _ => collect(tx, note, subscription),
    }
}

fn go_on(tx: &mut Tx<'_>, mut note: Value, change: Value) {
    overlay(&mut note, change);
    put_note(tx, note);
}

/// The next period begins: the subscription moves on, its invoice is drawn up and collected an hour later.
fn turn(tx: &mut Tx<'_>, note: Value, before: Value) {
    let mut subscription = before.clone();
    let count = note["count"].as_i64().unwrap_or_default() + 1;
    let part = |name: &str| note[name].as_i64().unwrap_or_default();
    let end = add(part("anchor"), part("months"), count);
    overlay(
        &mut subscription["items"]["data"][0],
        json!({ "current_period_start": tx.now, "current_period_end": end }),
    );
    subscription["status"] = "active".into();
    let amount = subscription["items"]["data"][0]["price"]["unit_amount"].as_i64().unwrap_or_default();
    let invoice = invoices::draft(tx, &subscription, "subscription_cycle", amount);
    subscription["latest_invoice"] = invoice["id"].clone();
    save_changed(tx, &before, &subscription);
    let due = tx.now + DRAFT_FOR;
    go_on(tx, note, json!({ "step": "collect", "due": due, "count": count, "attempts": 0 }));
}

fn collect(tx: &mut Tx<'_>, note: Value, before: Value) {
    let mut subscription = before.clone();
    let Ok(mut invoice) = tx.load("invoice", text(&subscription, "latest_invoice"), "invoice") else {
        return;
    };
    if invoice["status"] == "draft" {
        invoice = invoices::finalize(tx, invoice);
    }
    let attempts = note["attempts"].as_i64().unwrap_or_default() + 1;
    let method = text(&subscription, "default_payment_method").to_owned();
    match invoices::collect(tx, invoice, &method) {
        Collected::Paid => {
            subscription["status"] = "active".into();
            save_changed(tx, &before, &subscription);
            let end = period_end(&subscription);
            go_on(tx, note, json!({ "step": "turn", "due": end, "attempts": 0 }));
        }
        Collected::Failed => match next_attempt(tx.now, attempts) {
            Some(next) => {
                subscription["status"] = "past_due".into();
                save_changed(tx, &before, &subscription);
                go_on(tx, note, json!({ "due": next, "attempts": attempts }));
            }
            None => end(tx, subscription, "payment_failed"),
        },
    }
}

fn period_end(subscription: &Value) -> i64 {
    subscription["items"]["data"][0]["current_period_end"].as_i64().unwrap_or(i64::MAX)
}

fn save_changed(tx: &mut Tx<'_>, before: &Value, after: &Value) {
    tx.save(after);
    let changed = super::customers::changed(before, after);
    if changed != json!({}) {
        emit_change(tx, "customer.subscription.updated", after, changed);
    }
}

fn end(tx: &mut Tx<'_>, mut subscription: Value, reason: &str) {
    let since = subscription["canceled_at"].as_i64().unwrap_or(tx.now);
    overlay(&mut subscription, json!({ "status": "canceled", "canceled_at": since, "ended_at": tx.now }));
    subscription["cancellation_details"]["reason"] = reason.into();
    tx.save(&subscription);
    tx.store.remove(notes::SUBSCRIPTION, text(&subscription, "id"));
    invoices::give_up(tx, text(&subscription, "latest_invoice"));
    emit(tx, "customer.subscription.deleted", &subscription);
}

/// `POST /v1/subscriptions/{id}`: to end with its period or go on after all, another card, metadata.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["cancel_at_period_end", "default_payment_method", "expand", "metadata"])?;
    let before = tx.load("subscription", id, "id")?;
    if before["status"] == "canceled" {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(StripeError::invalid(message));
    }
    let mut subscription = before.clone();
    if let Some(wanted) = params["cancel_at_period_end"].as_bool() {
        cancel_later(tx, &mut subscription, wanted);
    }
    if let Some(method) = params["default_payment_method"].as_str() {
        tx.load("payment_method", method, "default_payment_method")?;
        subscription["default_payment_method"] = method.into();
    }
    if let Some(metadata) = params.get("metadata") {
        subscription["metadata"] = merge_metadata(&subscription["metadata"], metadata);
    }
    save_changed(tx, &before, &subscription);
    Ok(subscription)
}

/// Source: <https://docs.stripe.com/billing/subscriptions/cancel#canceling-at-the-end-of-the-current-billing-period>.
fn cancel_later(tx: &Tx<'_>, subscription: &mut Value, wanted: bool) {
    let end = period_end(subscription);
    let since = subscription["canceled_at"].as_i64().unwrap_or(tx.now);
    let reason = if wanted { Value::from("cancellation_requested") } else { Value::Null };
    overlay(
        subscription,
        json!({
            "cancel_at_period_end": wanted, "cancel_at": wanted.then_some(end),
            "canceled_at": wanted.then_some(since),
        }),
    );
    subscription["cancellation_details"]["reason"] = reason;
}

/// `DELETE /v1/subscriptions/{id}`: ends it now.
pub(crate) fn cancel(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["expand"])?;
    let subscription = tx.load("subscription", id, "id")?;
    if subscription["status"] == "canceled" {
        return Err(StripeError::missing("subscription", id, "id"));
    }
    end(tx, subscription, "cancellation_requested");
    tx.load("subscription", id, "id")
}

/// Whether a subscription passes the filter of a list; canceled ones only when asked for.
pub(crate) fn is_listed(subscription: &Value, params: &Value) -> bool {
    let status = match params["status"].as_str() {
        None => subscription["status"] != "canceled",
        Some("all") => true,
        Some("ended") => subscription["status"] == "canceled",
        Some(wanted) => subscription["status"] == wanted,
    };
    let price = &subscription["items"]["data"][0]["price"]["id"];
    status
        && super::lists::equal(subscription, params, &["customer"])
        && params.get("price").is_none_or(|wanted| price == wanted)
}
