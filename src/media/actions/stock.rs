//! Stock-taking: what lies in the bucket without a row, and what is shown to people but does not lie there.
//!
//! Kept true: what is young stays, since its row may not be written yet; a bucket most of which has no row is not
//! emptied, since then the database is the wrong one; nothing is asked of the store object by object. A key is made
//! for one verification and never used again, so what has no owner after two days will not get one.
//! Not here: quarantine (`q/`), which the sweep of uploads empties.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::Duration;
use media_store::StoredObject;
use serde_json::json;

use crate::app::App;
use crate::kernel::{Fault, Instant, Result};
use crate::media::jobs;
use crate::media::store::stock;
use crate::queue::Job;

use super::store_failed;

/// Where everything lies that is served.
const SERVED: &str = "m/";
/// What is younger is not looked at: it may be under way.
const YOUNG: Duration = Duration::hours(2);
/// What has no row is kept this long.
const KEPT: Duration = Duration::hours(48);
/// A deleted file owns its bytes until its own job has removed them, and a day more.
const DELETED: Duration = Duration::days(8);
/// How many keys are named.
const NAMED: usize = 3;
/// How many rows are read at once.
const ROWS: u64 = 1000;
/// Fewer objects without a row on one page say nothing about the database.
const FEW: usize = 100;

/// Some keys that should not be as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Odd {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Vec<String>,
}

impl Odd {
    fn add(&mut self, key: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(key.to_owned());
        }
    }
}

/// What a look at bucket and rows found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Objects without a row.
    pub unowned: Odd,
    /// Rows that are shown, without their object.
    pub missing: Odd,
    /// Whether most of a page of the bucket has no row: then nothing is removed.
    pub is_strange: bool,
}

/// Compares the bucket with the rows, both ways. Changes nothing. `now` is the store's time.
pub async fn take_stock(app: &App, now: Instant) -> Result<Stock> {
    let (mut stock, mut lying, mut after) = (Stock::default(), HashSet::new(), String::new());
    loop {
        let page = page(app, &after).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.key);
        let unowned = unowned(app, &page, now - YOUNG).await?;
        unowned.iter().for_each(|key| stock.unowned.add(key));
        stock.is_strange |= is_strange(unowned.len(), page.len());
        lying.extend(page.iter().map(|object| mark(&object.key)));
    }
    stock.missing = missing(app, &lying, now - YOUNG).await?;
    Ok(stock)
}

/// Removes what has lain without a row for two days among the next thousand objects or so; a job goes on behind them.
pub async fn remove_unowned(app: &App, after: &str) -> Result<()> {
    let page = page(app, after).await?;
    let unowned = unowned(app, &page, app.now() - KEPT).await?;
    if is_strange(unowned.len(), page.len()) {
        let says =
            format!("{} of {} objects have no row; is this their database?", unowned.len(), page.len());
        return Err(Fault::new("removing objects without a row", says).into());
    }
    for key in &unowned {
        let deleted = app.media.delete(key).await;
        deleted.map_err(|error| store_failed("removing an object without a row", error))?;
        tracing::info!(key, "an object without a row was removed");
    }
    // Only an empty page is the end: a store may give fewer than it was asked for.
    match page.last() {
        Some(last) => go_on(app, &last.key).await,
        None => Ok(()),
    }
}

async fn go_on(app: &App, after: &str) -> Result<()> {
    let mut tx = app.begin().await?;
    tx.enqueue(Job::new(jobs::REMOVE_UNOWNED, json!({ "after": after })));
    tx.commit().await
}

async fn page(app: &App, after: &str) -> Result<Vec<StoredObject>> {
    let listed = app.media.list_after(SERVED, after).await;
    listed.map_err(|error| store_failed("listing the bucket", error))
}

/// The keys of a page without an owner, of objects that came before `before`.
async fn unowned(app: &App, page: &[StoredObject], before: Instant) -> Result<Vec<String>> {
    let old = page.iter().filter(|object| object.last_modified.is_some_and(|came| came < before));
    let old: Vec<&str> = old.map(|object| object.key.as_str()).collect();
    let asked: HashSet<&str> = old.iter().flat_map(|key| [*key, whole_of(key)]).collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    let owned = stock::owned(&app.db, &asked, app.now() - DELETED).await?;
    let has_owner = |key: &str| owned.contains(key) || owned.contains(whole_of(key));
    Ok(old.into_iter().filter(|key| !has_owner(key)).map(str::to_owned).collect())
}

async fn missing(app: &App, lying: &HashSet<u64>, since: Instant) -> Result<Odd> {
    let mut missing = Odd::default();
    for owner in stock::OWNERS {
        let mut after = String::new();
        loop {
            let keys = stock::shown(&app.db, owner, &after, since, ROWS).await?;
            keys.iter().filter(|key| !lying.contains(&mark(key))).for_each(|key| missing.add(key));
            let Some(last) = keys.last() else { break };
            after.clone_from(last);
        }
    }
    Ok(missing)
}

/// The picture of which this is a smaller size; anything else is whole already.
pub(super) fn whole_of(key: &str) -> &str {
    let Some((whole, width)) = key.rsplit_once('-') else { return key };
    let is_size = pictures::WIDTHS.iter().any(|known| width == known.to_string());
    if is_size { whole } else { key }
}

/// A key in eight bytes, so that a million of them are remembered in little memory. That two keys share a mark is less
/// likely than a wrong answer of the store.
fn mark(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

fn is_strange(unowned: usize, all: usize) -> bool {
    unowned > FEW && unowned * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::model::key_of_size;

    #[test]
    fn a_bucket_of_another_database_is_not_emptied() {
        assert!(is_strange(1000, 1000) && is_strange(101, 200) && is_strange(101, 101));
        assert!(!is_strange(100, 100), "a few are no sign");
        assert!(!is_strange(400, 1000), "most are known");
    }

    #[test]
    fn a_size_belongs_to_its_picture() {
        assert_eq!(whole_of("m/a/b/c-320"), "m/a/b/c");
        for whole in ["m/a/b/c", "m/a/b/c-321", "m/a/b/c-0320", "m/a/0198-c5a0/c", ""] {
            assert_eq!(whole_of(whole), whole);
        }
        for width in pictures::WIDTHS {
            assert_eq!(whole_of(&key_of_size("m/a", width)), "m/a");
        }
    }

    #[test]
    fn the_first_few_are_named_and_all_are_counted() {
        let mut odd = Odd::default();
        (0..5).for_each(|number| odd.add(&number.to_string()));
        assert_eq!((odd.count, odd.first.join(" ")), (5, "0 1 2".to_owned()));
    }
}
