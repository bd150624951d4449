//! A round of comparing: read what Stripe moved, hold it against the book, say where they differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration};
use serde_json::{Value, json};

use crate::app::App;
use crate::kernel::{CreatorId, Fault, Instant, Result};
use crate::payments::store as money;
use crate::payouts;
use crate::queue::Job;

use super::model::{self, Source};
use super::store;

/// What moved within this time is left for the next round.
pub(super) const GRACE: Duration = Duration::hours(1);
/// Stripe may list a movement this late.
const OVERLAP: Duration = Duration::hours(1);
/// How much time is asked for at once.
const STRETCH: Duration = Duration::days(1);
/// Sources compared with one pair of statements.
const AT_ONCE: usize = 100;
/// When a difference is looked at again.
const LOOK_AGAIN: Duration = Duration::hours(2);
const MOVEMENTS: &str = "movements";
const COMPARED: &str = "compared";

/// What a round found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// New movements read.
    pub movements: u64,
    /// Sources whose two sides were compared.
    pub compared: usize,
    /// Differences found; on a first look, those of single sources have no case yet.
    pub differences: usize,
}

/// What becomes of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// It is looked at again: after a silence, what Stripe did meanwhile is only now being booked.
    First,
    /// It is a case.
    Last,
}

/// Reads, compares and notes. Running it again finds the same and opens nothing twice.
pub async fn reconcile(app: &App) -> Result<Round> {
    round(app, Look::Last).await
}

/// The same, as the timetable does it: a difference is a case if it is still there some time later.
pub async fn reconcile_patiently(app: &App) -> Result<Round> {
    round(app, Look::First).await
}

/// Looks again at sources that differed; gives how many still do. What has moved since the first look is not judged by this one,
/// however late it comes: it has a first look of its own in the next round.
pub async fn look_again(app: &App, sources: &[Source], first_until: Instant) -> Result<usize> {
    read_movements(app).await?;
    compare(app, sources, first_until, Look::Last).await
}

async fn round(app: &App, look: Look) -> Result<Round> {
    let mut round = Round { movements: read_movements(app).await?, ..Round::default() };
    let until = app.now() - GRACE;
    let since = money::mark(&app.db, COMPARED).await?.unwrap_or(DateTime::UNIX_EPOCH + OVERLAP);
    let touched: Vec<_> = store::touched(&app.db, since - OVERLAP, until).await?.into_iter().collect();
    for sources in touched.chunks(AT_ONCE) {
        round.compared += sources.len();
        round.differences += compare(app, sources, until, look).await?;
    }
    round.differences += balances(app).await?;
    for creator in store::paid_since(&app.db, since, until).await? {
        round.differences += transfers(app, creator, until).await?;
    }
    let tx = app.begin().await?;
    money::set_mark(&tx, COMPARED, until).await?;
    tx.commit().await?;
    Ok(round)
}

async fn compare(app: &App, sources: &[Source], until: Instant, look: Look) -> Result<usize> {
    let (stripe, book) = store::sides(&app.db, sources).await?;
    let found = model::differences(stripe, book, until);
    let count = found.len();
    if look == Look::Last {
        for difference in found {
            open_case(app, difference.kind, &difference.subject(), difference.detail).await?;
        }
    } else if count > 0 {
        let differ = |source: &&Source| found.iter().any(|difference| difference.source == source.0);
        let sources: Vec<&Source> = sources.iter().filter(differ).collect();
        let mut tx = app.begin().await?;
        let job = Job::new("reconciliation.look_again", json!({ "sources": sources, "until": until }));
        tx.enqueue(job.not_before(tx.now() + LOOK_AGAIN));
        tx.commit().await?;
    }
    Ok(count)
}

/// Reads what Stripe moved since the last time. The first time: everything.
async fn read_movements(app: &App) -> Result<u64> {
    let now = app.now();
    let reached = money::mark(&app.db, MOVEMENTS).await?;
    let mut from = reached.map_or(DateTime::UNIX_EPOCH, |reached| reached - OVERLAP);
    let mut new = 0;
    while from <= now {
        let until = if reached.is_some() { from + STRETCH } else { now + STRETCH };
        new += stretch(app, from, until).await?;
        let tx = app.begin().await?;
        money::set_mark(&tx, MOVEMENTS, until.min(now)).await?;
        tx.commit().await?;
        from = until;
    }
    Ok(new)
}

async fn stretch(app: &App, from: Instant, until: Instant) -> Result<u64> {
    let (mut behind, mut new) = (None, 0);
    loop {
        let page = app.stripe.movements(from, until, behind).await;
        let page = page.map_err(|error| Fault::away("listing balance transactions", error))?;
        let tx = app.begin().await?;
        new += store::keep(&tx, &page.movements).await?;
        tx.commit().await?;
        behind = page.movements.last().map(|movement| movement.id.clone());
        if !page.has_more || behind.is_none() {
            return Ok(new);
        }
    }
}

/// Our balance at Stripe against the book. A difference that single sources explain has its cases there already.
async fn balances(app: &App) -> Result<usize> {
    let stripe = match still_balance(app).await? {
        Some(stripe) => stripe,
        // Money moves all the time; the next round tries again.
        None => return Ok(0),
    };
    let (moved, booked) = (store::moved(&app.db).await?, store::booked(&app.db).await?);
    let mut found = 0;
    for currency in stripe.keys().chain(moved.keys()).collect::<BTreeSet<_>>() {
        let of = |sums: &BTreeMap<String, i64>| sums.get(currency).copied().unwrap_or(0);
        if of(&stripe) == of(&moved) {
            continue;
        }
        found += 1;
        let detail = json!({ "currency": currency, "stripe": { "balance": of(&stripe), "movements": of(&moved) },
            "book": of(&booked) });
        open_case(app, "BALANCE_DIFFERS", &format!("{currency} {}", app.now().format("%Y-%m-%d")), detail)
            .await?;
    }
    Ok(found)
}

/// The balance, if nothing moved while it was read.
async fn still_balance(app: &App) -> Result<Option<BTreeMap<String, i64>>> {
    for _ in 0..3 {
        read_movements(app).await?;
        let balance =
            app.stripe.balance().await.map_err(|error| Fault::away("reading the balance", error))?;
        if read_movements(app).await? == 0 {
            return Ok(Some(balance));
        }
    }
    Ok(None)
}

/// What a creator was sent, at Stripe and in the book. Also asks for what happened on their account meanwhile.
async fn transfers(app: &App, creator: CreatorId, until: Instant) -> Result<usize> {
    let Some(account) = payouts::store::account(app.db.read(), creator).await? else { return Ok(0) };
    let mut tx = app.begin().await?;
    tx.enqueue(Job::new("payments.catch_up_account", json!({ "account": account.stripe_account })));
    tx.commit().await?;
    let sent = app.stripe.sent_to(&account.stripe_account).await;
    let sent = sent.map_err(|error| Fault::away("listing transfers", error))?;
    if sent.newest.is_some_and(|newest| newest >= until) {
        return Ok(0);
    }
    let book = store::sent(&app.db, creator).await?;
    let mut found = 0;
    for currency in sent.left.keys().chain(book.keys()).collect::<BTreeSet<_>>() {
        let of = |sums: &BTreeMap<String, i64>| sums.get(currency).copied().unwrap_or(0);
        if of(&sent.left) != of(&book) {
            found += 1;
            let detail = json!({ "account": account.stripe_account, "currency": currency,
                "stripe": of(&sent.left), "book": of(&book) });
            open_case(app, "TRANSFERS_DIFFER", &format!("{creator} {currency}"), detail).await?;
        }
    }
    Ok(found)
}

async fn open_case(app: &App, kind: &str, subject: &str, detail: Value) -> Result<()> {
    let tx = app.begin().await?;
    money::open_case(&tx, kind, subject, detail).await?;
    tx.commit().await
}
