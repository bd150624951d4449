//! Answering the bank with what we know: gathered once, written down, sent once, in time.

use std::collections::HashMap;

use chrono::{Duration, SecondsFormat};
use serde_json::json;
use stripe_gateway::{Dispute as AtStripe, Evidence, StripeError};

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::identity;
use crate::kernel::{Denied, DisputeId, Fault, Instant, PublicId, Result};
use crate::outgoing::{self, Intent, Kind};
use crate::payments;

use super::super::model::{Dispute, DisputeState};
use super::super::store::{self, Fact};
use super::read;

/// How long before the bank's day we answer: late enough to say all, early enough to be repeated.
const BEFORE: Duration = Duration::days(2);
/// The most that one field may hold, with room to spare.
const MOST: usize = 15_000;

/// When to answer: two days before the bank's day, at once if that is past or unknown.
pub(super) fn best_time(read: &AtStripe, now: Instant) -> Instant {
    read.evidence_due.map_or(now, |due| due - BEFORE).max(now)
}

/// Whether it is time and nobody has answered.
pub(super) fn is_due(dispute: &Dispute, now: Instant) -> bool {
    dispute.state == DisputeState::NeedsResponse
        && dispute.evidence_sent_at.is_none()
        && dispute.evidence_due_at.is_none_or(|due| due - BEFORE <= now)
}

/// Sends the evidence, if the bank still waits for it.
pub async fn answer(app: &App, id: DisputeId) -> Result<()> {
    let dispute = store::dispute(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    if dispute.state != DisputeState::NeedsResponse || dispute.evidence_sent_at.is_some() {
        return Ok(());
    }
    let (evidence, intent) = prepared(app, &dispute).await?;
    let metadata = HashMap::from([
        ("dispute".to_owned(), id.to_string()),
        ("order".to_owned(), dispute.order.to_string()),
    ]);
    match app.stripe.submit_evidence(&intent.key, &dispute.stripe_id, evidence, metadata).await {
        Ok(read) => {
            let tx = app.begin().await?;
            outgoing::answered(&tx, &intent, &read.id).await?;
            store::set_evidence_sent(&tx, id).await?;
            tx.commit().await?;
            read::note(app, dispute.order, &read).await
        }
        Err(error) if error.is_uncertain() => Err(outgoing::away("answering a dispute", &error)),
        Err(error) => note_refused(app, &dispute, &intent, &error).await,
    }
}

/// The bank may have decided before we answered, and nobody told us: then there is nothing left to answer, and nobody is
/// called.
async fn note_refused(app: &App, dispute: &Dispute, intent: &Intent, error: &StripeError) -> Result<()> {
    let away = |error| Fault::away("reading a dispute that takes no answer", error);
    let read = app.stripe.dispute(&dispute.stripe_id).await.map_err(away)?;
    let tx = app.begin().await?;
    outgoing::refused(&tx, intent, error).await?;
    if read::state_of(read.status).is_some_and(DisputeState::is_final) {
        tx.commit().await?;
        return read::note(app, dispute.order, &read).await;
    }
    // Not asked again by itself: a person answers in Stripe's dashboard, or gives up.
    store::set_evidence_sent(&tx, dispute.id).await?;
    let id = dispute.id.to_string();
    let detail = json!({ "dispute": id, "said": error.to_string() });
    payments::store::open_case(&tx, "EVIDENCE_REFUSED", &id, detail).await?;
    tx.commit().await
}

/// The evidence as it was first written down, so that every try says the same under the same key.
async fn prepared(app: &App, dispute: &Dispute) -> Result<(Evidence, Intent)> {
    let gathered = gather(app, dispute).await?;
    let tx = app.begin().await?;
    store::freeze_evidence(&tx, dispute.id, &gathered).await?;
    let evidence = store::evidence(tx.conn(), dispute.id).await?.unwrap_or(gathered);
    let intent = outgoing::intend(&tx, Kind::Evidence, dispute.id.uuid()).await?;
    tx.commit().await?;
    Ok((evidence, intent))
}

/// All from our own rows.
async fn gather(app: &App, dispute: &Dispute) -> Result<Evidence> {
    let conn = app.db.read();
    let order = checkout::store::order(conn, dispute.order).await?.ok_or(Denied::NotFound)?;
    let lines = checkout::store::lines(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let buyer = match order.buyer {
        Some(buyer) => identity::store::accounts(app, &[buyer]).await?.remove(&buyer),
        None => None,
    };
    let rights = store::rights(conn, order.id).await?;
    let (plays, finished) = (store::plays(conn, order.id).await?, store::finished(conn, order.id).await?);
    let titles: Vec<&str> = lines.iter().map(|line| line.title.as_str()).collect();
    Ok(Evidence {
        product_description: short(format!("Digital teaching, usable at once: {}.", titles.join("; "))),
        customer_email_address: order.buyer_email.clone(),
        customer_name: buyer.map(|buyer| buyer.display_name),
        service_date: rights.first().map_or_else(|| day(order.placed_at), |first| day(first.at)),
        access_activity_log: short(activity(&rights, &plays, &finished)),
        refund_policy_disclosure: short(policy(&order, &store::consents(conn, order.id).await?)),
        refund_refusal_explanation: refusal(&order),
        uncategorized_text: short(receipt(&order, &store::letters(conn, order.id).await?)),
    })
}

fn activity(rights: &[Fact], plays: &[Fact], finished: &[Fact]) -> String {
    let list = |what: &str, facts: &[Fact]| -> String {
        let each = facts.iter().map(|fact| format!("{} {what}: {}\n", moment(fact.at), fact.what));
        each.collect()
    };
    let log =
        list("access given", rights) + &list("lesson finished", finished) + &list("lesson played", plays);
    if log.is_empty() { "No use is on record.".to_owned() } else { log }
}

fn policy(order: &Order, consents: &[Fact]) -> String {
    let mut text = format!(
        "The terms shown before payment let the buyer ask for the money back within {} days.\n",
        order.refund_window_days
    );
    for consent in consents {
        text.push_str(&format!("{} agreed to: {}\n", moment(consent.at), consent.what));
    }
    text
}

fn refusal(order: &Order) -> String {
    match order.refunded_minor {
        0 => "The buyer was given what was described, at once, and did not ask us for the money back."
            .to_owned(),
        part => format!("{} of {} were given back already.", order.money(part), order.total()),
    }
}

fn receipt(order: &Order, letters: &[Fact]) -> String {
    let mut text = format!(
        "Order {} of {}, {} paid on {}.\n",
        order.number,
        moment(order.placed_at),
        order.total(),
        order.paid_at.map(moment).unwrap_or_default()
    );
    for letter in letters {
        text.push_str(&format!("{} sent to {}: {}\n", moment(letter.at), order.buyer_email, letter.what));
    }
    text
}

fn day(at: Instant) -> String {
    at.date_naive().to_string()
}

fn moment(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn short(text: String) -> String {
    text.chars().take(MOST).collect()
}
