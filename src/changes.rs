//! To whose things something has happened, and when: what answers and rows that are kept are compared with.
//!
//! Read from the event log, in commit order, by a cursor of this process. [`Changes::catch_up`] returns when everything
//! that was committed before it was called is known, whichever process committed it; callers who come while somebody
//! looks share the next look, so that a thousand of them cost the database a few small statements. On SQLite, where one
//! process answers, the process's own commits tell whether there is anything to look for; what another process changes
//! there (a command, beside the server) is noticed within [`UNASKED`]. Not here: what is kept (`http::answers`,
//! `kept_rows`), and who may see what.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as Locked, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::sleep_until;

use crate::db::Db;
use crate::events;
use crate::graphql::reads::Rests;
use crate::kernel::{CreatorId, Result, UserId};

/// Where one process has one database's answers to itself: how long it takes its own commits for all there are.
const UNASKED: Duration = Duration::from_secs(1);
/// Who look together are a crowd from this many on: then the next look waits until [`APART`] after the last one began,
/// so that more share it. Whoever asks while few do never waits for others.
const CROWD: u64 = 24;
/// How far apart looks for crowds begin: what sharing saves is a statement for each question, what it costs is this at most.
const APART: Duration = Duration::from_millis(1);
/// Events read at once; who is further behind takes everything for changed.
const AT_ONCE: u64 = 500;
/// Creators, and people, remembered at once; beyond, everything is taken for changed once.
const REMEMBERED: usize = 20_000;

/// Areas, and kinds, whose events change nothing that anybody sees who is not signed in. All others count, new ones too.
const QUIET: [&str; 21] = [
    "account.",
    "affiliate.",
    "affiliate_link.",
    "chat.",
    "checkout.",
    "commission.",
    "coupon.",
    "enrollment.completed",
    "gift.",
    "lesson.completed",
    "lesson.reopened",
    "membership.",
    "order.",
    "payout.",
    "payout_account.",
    "refund.",
    "refund_request.",
    "report.",
    "session.revoked",
    "transfer.",
    "waitlist.",
];

/// Somebody may be called otherwise. Quiet for all answers but those that name them.
const RENAMED: &str = "account.updated";

/// Whose something is: by whose events it may become otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// What a creator has, seen by anybody or not.
    Creator(CreatorId),
    /// What is written of a person.
    Person(UserId),
    /// What anybody may see, all creators' together.
    Everybody,
}

/// What this process knows of changes. Kept once (`App::kept`).
#[derive(Default)]
pub struct Changes {
    arrivals: AtomicU64,
    looks: Mutex<Looked>,
    known: Locked<Known>,
}

/// The last look at the event log.
#[derive(Default)]
struct Looked {
    /// Everybody who arrived up to here was there before it began.
    covers: u64,
    /// Of them, those whom the look before did not serve.
    served: u64,
    /// This process's own commits when it began.
    commits: u64,
    began: Option<Instant>,
}

#[derive(Default)]
struct Known {
    /// The last event that is known; none before the first look.
    cursor: Option<i64>,
    /// What was worked out before this event was known is taken for changed, whatever it rests on.
    floor: i64,
    /// The last change of anything.
    last: i64,
    creators: HashMap<CreatorId, Last>,
    people: HashMap<UserId, Last>,
}

/// The last events of one creator, or one person, that are known.
#[derive(Clone, Copy, Default)]
struct Last {
    /// Whoever can see what it did.
    at_all: i64,
    /// That anybody can see the effect of: of a person, that they are called otherwise.
    seen: i64,
}

impl Changes {
    /// Learns of everything that was committed before this call.
    pub async fn catch_up(&self, db: &Db) -> Result<()> {
        let own = self.arrivals.fetch_add(1, Ordering::SeqCst) + 1;
        let mut looked = self.looks.lock().await;
        if looked.covers >= own || looked.is_fresh(db) {
            return Ok(());
        }
        looked.wait_for_others().await;
        let (covers, commits) = (self.arrivals.load(Ordering::SeqCst), db.commits());
        let (served, began) = (covers - looked.covers, Some(Instant::now()));
        self.look(db).await?;
        *looked = Looked { covers, served, commits, began };
        Ok(())
    }

    async fn look(&self, db: &Db) -> Result<()> {
        let Some(cursor) = self.known(|known| known.cursor) else {
            let newest = events::last(db).await?;
            self.known(|known| known.cursor = Some(newest));
            return Ok(());
        };
        let new = events::since(db, cursor, AT_ONCE).await?;
        if new.len() as u64 == AT_ONCE {
            let newest = events::last(db).await?;
            self.known(|known| (known.cursor, known.floor) = (Some(newest), newest));
            return Ok(());
        }
        self.known(|known| new.iter().for_each(|event| known.learn(event)));
        Ok(())
    }

    /// An event up to which everything is known, without looking: what is read from now on is at least as new as that.
    pub async fn so_far(&self, db: &Db) -> Result<i64> {
        if let Some(cursor) = self.known(|known| known.cursor) {
            return Ok(cursor);
        }
        self.catch_up(db).await?;
        Ok(self.known(|known| known.cursor).unwrap_or_default())
    }

    /// Whether what an answer rests on is as it was at this event, as far as is known.
    pub fn is_as_at(&self, rests: &Rests, sequence: i64) -> bool {
        self.known(|known| {
            let changed = |creator| known.creators.get(creator).is_some_and(|last| last.seen > sequence);
            let renamed = |user| known.people.get(user).is_some_and(|last| last.seen > sequence);
            known.floor <= sequence
                && (!rests.on_everything || known.last <= sequence)
                && !rests.on.iter().any(changed)
                && !rests.people.iter().any(renamed)
        })
    }

    /// Whether nothing at all has happened to what is this owner's since this event, as far as is known.
    pub fn is_untouched(&self, owner: Owner, sequence: i64) -> bool {
        self.known(|known| {
            let last = match owner {
                Owner::Creator(creator) => known.creators.get(&creator).map(|last| last.at_all),
                Owner::Person(user) => known.people.get(&user).map(|last| last.at_all),
                Owner::Everybody => Some(known.last),
            };
            known.floor <= sequence && last.is_none_or(|last| last <= sequence)
        })
    }

    fn known<T>(&self, with: impl FnOnce(&mut Known) -> T) -> T {
        with(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Looked {
    /// Nothing can have been committed since, where nobody else commits.
    fn is_fresh(&self, db: &Db) -> bool {
        let recent = self.began.is_some_and(|at| at.elapsed() < UNASKED);
        db.is_sqlite() && recent && self.commits == db.commits()
    }

    /// While crowds come, a moment longer than the way to the database takes.
    async fn wait_for_others(&self) {
        if let Some(began) = self.began.filter(|_| self.served >= CROWD) {
            sleep_until((began + APART).into()).await;
        }
    }
}

impl Last {
    fn learn(&mut self, sequence: i64, is_seen: bool) {
        self.at_all = sequence;
        self.seen = if is_seen { sequence } else { self.seen };
    }
}

impl Known {
    fn learn(&mut self, event: &events::Told) {
        let sequence = event.sequence;
        self.cursor = Some(sequence);
        if self.creators.len() >= REMEMBERED || self.people.len() >= REMEMBERED {
            self.forget(sequence);
        }
        // Of no creator: somebody's own portrait.
        let own_file = event.creator.is_none() && event.kind.starts_with("asset.");
        let is_seen = !own_file && !QUIET.iter().any(|area| event.kind.starts_with(area));
        if let Some(user) = event.user {
            self.people.entry(user).or_default().learn(sequence, event.kind == RENAMED);
        }
        if let Some(creator) = event.creator {
            self.creators.entry(creator).or_default().learn(sequence, is_seen);
        } else if is_seen {
            // Of nobody in particular.
            self.forget(sequence);
        }
        self.last = if is_seen { sequence } else { self.last };
    }

    /// Everything may be different.
    fn forget(&mut self, sequence: i64) {
        self.creators.clear();
        self.people.clear();
        self.floor = sequence;
    }
}
