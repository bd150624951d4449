//! Rows that are read with nearly every question, kept from one to the next: who a session is of, creators, what they
//! sell, its outline and its prices, and what a search finds.
//!
//! Kept true: a row is shown again only after everything committed before the question is known ([`Changes`]), and nothing
//! has happened to its owner's things since before it was read. Whoever changes something finds it changed. Questions
//! alone use them: what changes something reads the database, but for who asks. A row says nothing about who may see it;
//! that is asked anew each time. Not here: whole answers (`http::answers`), which rows are kept (each loader says so),
//! people's rights, and how far they are, which changes without an event.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::app::App;
use crate::changes::{Changes, Owner};
use crate::config::KeptRowsUse;
use crate::kernel::{Fault, Instant, Page, Result};

/// Bytes of one kind of row that are kept at most.
const MOST: u64 = 8 * 1024 * 1024;
/// Longer than this nothing is shown again: what is changed by hand, in the database, has no event.
const LONGEST: TimeDelta = TimeDelta::minutes(1);
/// What keeping anything costs besides its own bytes, roughly.
const OVERHEAD: usize = 128;
/// How long a question waits to learn whether rows still hold, before it reads them.
const PATIENCE: Duration = Duration::from_secs(1);

/// Something that can be kept.
pub trait Keep: Clone + Debug + Send + Sync + 'static {
    /// Its bytes, roughly.
    fn weight(&self) -> usize;

    /// When time alone makes it untrue.
    fn until(&self) -> Option<Instant> {
        None
    }
}

impl<T: Keep> Keep for Arc<T> {
    fn weight(&self) -> usize {
        (**self).weight()
    }

    fn until(&self) -> Option<Instant> {
        (**self).until()
    }
}

impl<T: Keep> Keep for Option<T> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.as_ref().map_or(0, T::weight)
    }

    fn until(&self) -> Option<Instant> {
        self.as_ref().and_then(T::until)
    }
}

impl<T: Keep> Keep for Vec<T> {
    fn weight(&self) -> usize {
        self.iter().map(T::weight).sum()
    }

    fn until(&self) -> Option<Instant> {
        self.iter().filter_map(T::until).min()
    }
}

impl<T: Keep> Keep for Page<T> {
    fn weight(&self) -> usize {
        self.rows.weight()
    }

    fn until(&self) -> Option<Instant> {
        self.rows.until()
    }
}

/// By which something is found again.
pub trait Key: Clone + Debug + Eq + Hash + Send + Sync + 'static {}

impl<T: Clone + Debug + Eq + Hash + Send + Sync + 'static> Key for T {}

/// A row, whose it is, when it was read, and the last event that was known before that.
#[derive(Clone)]
struct Row<V> {
    value: V,
    of: Owner,
    since: Instant,
    known: i64,
}

impl<V: Keep> Row<V> {
    fn is_over(&self, now: Instant) -> bool {
        now - self.since >= LONGEST || self.value.until().is_some_and(|end| end <= now)
    }
}

#[derive(Clone)]
struct Roughly;

impl<K, V: Keep> Weighter<K, Row<V>> for Roughly {
    fn weight(&self, _: &K, row: &Row<V>) -> u64 {
        (size_of::<K>() + row.value.weight() + OVERHEAD) as u64
    }
}

/// One kind of rows, for the whole process (`App::kept`). `M` tells it from others with the same types.
struct Kind<M, K, V>(Cache<K, Row<V>, Roughly>, PhantomData<fn() -> M>);

impl<M, K: Key, V: Keep> Default for Kind<M, K, V> {
    fn default() -> Self {
        let rows = usize::try_from(MOST / 1024).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(rows, MOST, Roughly), PhantomData)
    }
}

/// One request's way to the rows that are kept.
pub struct KeptRows {
    app: App,
    mode: KeptRowsUse,
    /// Whether it is known what was committed before this request; asked once, when a row could be shown.
    knows: OnceCell<bool>,
}

impl KeptRows {
    /// For a request.
    pub fn new(app: App) -> Self {
        // A copy of the database may be older than what has happened.
        let whole = app.settings.visitors.url.is_none();
        let mode = if whole { app.settings.kept_rows } else { KeptRowsUse::No };
        Self { app, mode, knows: OnceCell::new() }
    }

    /// From here on everything is read: the request changes something, or goes on for long.
    #[must_use]
    pub fn no_more(self) -> Self {
        Self { mode: KeptRowsUse::No, ..self }
    }

    /// The row at this key, if it is kept and known to hold: nearly all rows of a page are found so, and nothing is waited for.
    pub fn at_hand<M, K, V>(&self, key: &K) -> Option<V>
    where
        M: 'static,
        K: Key,
        V: Keep,
    {
        if self.mode != KeptRowsUse::Yes || self.knows.get() != Some(&true) {
            return None;
        }
        let row = self.app.kept::<Kind<M, K, V>>().0.get(key)?;
        (!row.is_over(self.app.now()) && self.holds(&row)).then_some(row.value)
    }

    /// The row at this key as it is: kept, or read. `whose` it is decides how long it is kept; nobody's never is.
    ///
    /// In a box: reading takes kilobytes for its state, and every field that may read something would carry them along.
    pub fn find<'a, M, K, V>(
        &'a self,
        key: K,
        whose: impl Fn(&V) -> Option<Owner> + Send + Sync + 'a,
        read: impl Future<Output = Result<V>> + Send + 'a,
    ) -> BoxFuture<'a, Result<V>>
    where
        M: 'static,
        K: Key,
        V: Keep,
    {
        if self.mode == KeptRowsUse::No {
            return Box::pin(read);
        }
        Box::pin(async move {
            let kind = self.app.kept::<Kind<M, K, V>>();
            if let Some(row) = self.still_true(kind.0.get(&key)).await {
                if self.mode == KeptRowsUse::Proved {
                    self.prove(&key, &row, &read.await?).await?;
                }
                return Ok(row.value);
            }
            let known = self.app.kept::<Changes>().so_far(self.app.shared_db()).await?;
            let since = self.app.now();
            let value = read.await?;
            if let Some(of) = whose(&value) {
                kind.0.insert(key, Row { value: value.clone(), of, since, known });
            }
            Ok(value)
        })
    }

    /// Everybody shares one look at the log, so nobody may look by a way that strangers can fill.
    async fn still_true<V: Keep>(&self, row: Option<Row<V>>) -> Option<Row<V>> {
        let row = row.filter(|row| !row.is_over(self.app.now()))?;
        let changes = self.app.kept::<Changes>();
        let learns = async {
            let told = timeout(PATIENCE, changes.catch_up(self.app.shared_db())).await;
            matches!(told, Ok(Ok(())))
        };
        let knows = *self.knows.get_or_init(|| learns).await;
        (knows && self.holds(&row)).then_some(row)
    }

    /// Whether nothing has happened to what is its owner's since it was read, as far as is known.
    fn holds<V>(&self, row: &Row<V>) -> bool {
        self.app.kept::<Changes>().is_untouched(row.of, row.known)
    }

    /// What was kept and what is there now differ only if something has happened in between.
    async fn prove<K: Key, V: Keep>(&self, key: &K, row: &Row<V>, read: &V) -> Result<()> {
        let (kept, is) = (format!("{:?}", row.value), format!("{read:?}"));
        if kept == is {
            return Ok(());
        }
        let changes = self.app.kept::<Changes>();
        changes.catch_up(self.app.shared_db()).await?;
        if !changes.is_untouched(row.of, row.known) {
            return Ok(());
        }
        Err(Fault::new("reading a row that is kept", format!("{key:?}: kept {kept}, but there is {is}"))
            .into())
    }
}
