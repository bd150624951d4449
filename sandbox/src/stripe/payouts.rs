//! Payouts: money from the platform's or a creator's balance to a bank.
//!
//! It keeps true that a payout leaves the balance when it is made, that the bank has it two days later, that a bank may
//! send it back for five days after that (<https://docs.stripe.com/payouts#payout-failures>), and that an account with
//! a schedule is paid out by itself (<https://docs.stripe.com/connect/manage-payout-schedule>). An account whose
//! schedule nobody set is not paid out by itself here, though Stripe would do it daily: stories that are about
//! something else keep their money where it was. Instant payouts and bank holidays are not simulated.

use chrono::{DateTime, Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use super::balance::{Movement, available, book, held, usable};
use super::error::StripeError;
use super::events::{emit, emit_connected};
use super::intents::only_simulated;
use super::lists::page;
use super::objects::{build, members, overlay, text};
use super::state::notes;
use super::tx::Tx;

const SIMULATED: &[&str] =
    &["amount", "currency", "description", "expand", "metadata", "method", "statement_descriptor"];
const DAY: i64 = 86_400;
/// A bank has the money two days later.
const ARRIVES_AFTER: i64 = 2 * DAY;
/// A bank may send it back for so long after that.
const MAY_FAIL_FOR: i64 = 5 * DAY;

/// `POST /v1/payouts`, in the name of the platform or of the account the request speaks for.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let (amount, currency) = (params["amount"].as_i64().unwrap_or_default(), text(params, "currency"));
    let account = tx.caller.account.clone();
    if let Some(account) = &account {
        let known = tx.load("account", account, "account")?;
        if known["payouts_enabled"] != true {
            let message = "Cannot create payouts: this account has requirements that need to be collected.";
            return Err(StripeError::invalid(message).code("payouts_not_allowed"));
        }
    }
    let currency = currency.to_lowercase();
    let usable = match &account {
        Some(account) => usable(tx, account, &currency),
        None => available(tx, &currency),
    };
    make(tx, account.as_deref(), amount, &currency, Wish { automatic: false, params, usable })
}

struct Wish<'a> {
    automatic: bool,
    params: &'a Value,
    /// What may leave the balance.
    usable: i64,
}

fn make(
    tx: &mut Tx<'_>,
    account: Option<&str>,
    amount: i64,
    currency: &str,
    wish: Wish<'_>,
) -> Result<Value, StripeError> {
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(StripeError::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    if wish.usable < amount {
        let message = "You have insufficient funds in your Stripe account for this payout.";
        return Err(StripeError::invalid(message).code("balance_insufficient").param("amount"));
    }
    let id = tx.id("po_1", 23);
    let arrives = tx.now + ARRIVES_AFTER;
    let mut payout = build(
        "payout",
        json!({
            "id": id, "amount": amount, "arrival_date": arrives, "automatic": wish.automatic,
            "balance_transaction": null, "created": tx.now, "currency": currency, "status": "pending",
            "description": wish.params["description"], "metadata": members(&wish.params["metadata"]),
            "statement_descriptor": wish.params["statement_descriptor"], "trace_id": null,
            "reconciliation_status": if wish.automatic { "in_progress" } else { "not_applicable" },
        }),
    );
    if account.is_none() {
        let booked = book(tx, &movement(&payout, "payout", -amount, tx.now));
        payout["balance_transaction"] = booked["id"].clone();
    }
    tx.save(&payout);
    let note = json!({ "account": account, "amount": amount, "currency": currency, "due": arrives });
    tx.store.put(notes::PAYOUT, &id, note);
    *tx.next_due = (*tx.next_due).min(arrives);
    tell(tx, "payout.created", &payout, account);
    Ok(payout)
}

fn movement<'a>(payout: &'a Value, kind: &'static str, amount: i64, now: i64) -> Movement<'a> {
    Movement { source: payout, kind, category: kind, amount, fee: 0, fee_name: "", available_on: now }
}

fn tell(tx: &mut Tx<'_>, kind: &str, payout: &Value, account: Option<&str>) {
    match account {
        Some(account) => emit_connected(tx, kind, payout, account, None),
        None => emit(tx, kind, payout),
    }
}

/// `GET /v1/payouts/{payout}`: each by the account it belongs to.
pub(crate) fn read(tx: &Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let payout = tx.load("payout", id, "payout")?;
    if is_callers(tx, &payout) { Ok(payout) } else { Err(StripeError::missing("payout", id, "payout")) }
}

/// `GET /v1/payouts`.
pub(crate) fn list(tx: &Tx<'_>, url: &str, params: &Value) -> Result<Value, StripeError> {
    page(tx, "payout", url, params, |payout| {
        is_callers(tx, payout) && params.get("status").is_none_or(|status| payout["status"] == *status)
    })
}

fn is_callers(tx: &Tx<'_>, payout: &Value) -> bool {
    let note = tx.note(notes::PAYOUT, text(payout, "id"));
    note["account"].as_str() == tx.caller.account.as_deref()
}

/// The control call: an account's bank receives money at once, even money that is not usable yet.
///
/// # Errors
/// That the account does not hold that much.
pub(crate) fn pay_out(
    tx: &mut Tx<'_>,
    account: &str,
    amount: i64,
    currency: &str,
) -> Result<Value, StripeError> {
    tx.load("account", account, "account")?;
    let wish = Wish { automatic: true, params: &json!({}), usable: held(tx, account, currency) };
    let payout = make(tx, Some(account), amount, currency, wish)?;
    Ok(arrive(tx, text(&payout, "id")))
}

/// What time does: payouts arrive, and accounts with a schedule are paid out.
pub(crate) fn pass_time(tx: &mut Tx<'_>) {
    let waiting = tx.store.rows("payout").filter(|payout| payout["status"] == "pending");
    let waiting: Vec<(String, i64)> = waiting
        .map(|payout| (text(payout, "id").to_owned(), payout["arrival_date"].as_i64().unwrap_or_default()))
        .collect();
    for (id, arrives) in waiting {
        if arrives <= tx.now {
            arrive(tx, &id);
        } else {
            *tx.next_due = (*tx.next_due).min(arrives);
        }
    }
    let schedules: Vec<Value> = tx.store.rows(notes::SCHEDULE).cloned().collect();
    for note in schedules {
        if note["next"].as_i64().is_some_and(|next| next <= tx.now) {
            empty(tx, text(&note, "account"));
            plan(tx, text(&note, "account"), text(&note, "interval"));
        } else {
            *tx.next_due = (*tx.next_due).min(note["next"].as_i64().unwrap_or(i64::MAX));
        }
    }
}

fn arrive(tx: &mut Tx<'_>, id: &str) -> Value {
    let Ok(mut payout) = tx.load("payout", id, "payout") else { return Value::Null };
    payout["status"] = "paid".into();
    if payout["automatic"] == true {
        payout["reconciliation_status"] = "completed".into();
    }
    tx.save(&payout);
    let note = tx.note(notes::PAYOUT, id);
    tell(tx, "payout.updated", &payout, note["account"].as_str());
    tell(tx, "payout.paid", &payout, note["account"].as_str());
    payout
}

/// Everything an account may use leaves for its bank.
fn empty(tx: &mut Tx<'_>, account: &str) {
    if tx.load("account", account, "account").is_ok_and(|account| account["payouts_enabled"] == true) {
        let mut currencies: Vec<String> = tx
            .store
            .rows("transfer")
            .filter(|transfer| transfer["destination"] == account)
            .map(|transfer| text(transfer, "currency").to_owned())
            .collect();
        currencies.sort();
        currencies.dedup();
        for currency in currencies {
            let amount = usable(tx, account, &currency);
            let wish = Wish { automatic: true, params: &json!({}), usable: amount };
            if amount > 0 && make(tx, Some(account), amount, &currency, wish).is_err() {
                tracing::warn!(account, "a payout by schedule was not possible");
            }
        }
    }
}

/// Keeps an account's schedule and when it is due next; `manual` ends it.
pub(crate) fn plan(tx: &mut Tx<'_>, account: &str, interval: &str) {
    match next(interval, tx.now) {
        Some(next) => {
            let note = json!({ "account": account, "interval": interval, "next": next });
            tx.store.put(notes::SCHEDULE, account, note);
            *tx.next_due = (*tx.next_due).min(next);
        }
        None => tx.store.remove(notes::SCHEDULE, account),
    }
}

/// The midnight at which a schedule is due after a moment: each, on Mondays, on the first.
fn next(interval: &str, now: i64) -> Option<i64> {
    let today = DateTime::from_timestamp(now, 0)?.date_naive();
    let fits = |day: &NaiveDate| match interval {
        "daily" => true,
        "weekly" => day.weekday() == Weekday::Mon,
        "monthly" => day.day() == 1,
        _ => false,
    };
    let days = (1..=31).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
    let day = days.into_iter().find(|day| fits(day))?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

/// The bank sends a payout back, before or after it said it had it.
///
/// # Errors
/// That it is too late, or that it failed already.
pub(crate) fn fail(tx: &mut Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let mut payout = tx.load("payout", id, "payout")?;
    let last = payout["arrival_date"].as_i64().unwrap_or_default() + MAY_FAIL_FOR;
    if payout["status"] == "failed" || tx.now > last {
        return Err(StripeError::invalid(format!("Payout {id} can no longer fail.")));
    }
    overlay(
        &mut payout,
        json!({
            "status": "failed", "failure_code": "account_closed",
            "failure_message": "The bank account has been closed.",
        }),
    );
    let mut note = tx.note(notes::PAYOUT, id);
    let account = note["account"].as_str().map(str::to_owned);
    if account.is_none() {
        let amount = payout["amount"].as_i64().unwrap_or_default();
        let undone = book(tx, &movement(&payout, "payout_failure", amount, tx.now));
        payout["failure_balance_transaction"] = undone["id"].clone();
    }
    note["amount"] = 0.into();
    tx.store.put(notes::PAYOUT, id, note);
    tx.save(&payout);
    tell(tx, "payout.updated", &payout, account.as_deref());
    tell(tx, "payout.failed", &payout, account.as_deref());
    Ok(payout)
}
