//! What the answer to one request rests on: whose things were read, and until when they stay so by themselves.
//!
//! Resolvers of public fields note it while they run; `http::answers` keeps an answer only if something was noted, and
//! shows it again only while none of it has changed. Not here: what has changed (`changes`).

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kernel::{CreatorId, Instant, UserId};

/// What one answer rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rests {
    /// On everything public: a list over all creators, or that something is not there.
    pub on_everything: bool,
    /// On what these creators have.
    pub on: BTreeSet<CreatorId>,
    /// On what these people are called.
    pub people: BTreeSet<UserId>,
    /// It becomes untrue by itself then.
    pub until: Option<Instant>,
    /// It becomes untrue at a moment that nobody noted.
    pub passes: bool,
}

/// Notes of one request.
#[derive(Debug, Default)]
pub struct Reads(Mutex<Rests>);

impl Reads {
    /// Something of this creator was read.
    pub fn of(&self, creator: CreatorId) {
        self.rests().on.insert(creator);
    }

    /// What somebody is called was read.
    pub fn person(&self, user: UserId) {
        self.rests().people.insert(user);
    }

    /// Something was read that any creator may change.
    pub fn everything(&self) {
        self.rests().on_everything = true;
    }

    /// What was read changes by itself at this moment.
    pub fn until(&self, end: Instant) {
        let mut rests = self.rests();
        rests.until = Some(rests.until.map_or(end, |before| before.min(end)));
    }

    /// What was read changes by itself, and it is not known when.
    pub fn never(&self) {
        self.rests().passes = true;
    }

    /// All notes, if there are any and the answer may be kept.
    pub fn noted(&self) -> Option<Rests> {
        let rests = self.rests();
        (!rests.passes && (rests.on_everything || !rests.on.is_empty())).then(|| rests.clone())
    }

    fn rests(&self) -> MutexGuard<'_, Rests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nothing_noted_is_nothing_to_rest_on() {
        let reads = Reads::default();
        reads.until(DateTime::UNIX_EPOCH);
        assert_eq!(reads.noted(), None);
    }

    #[test]
    fn what_passes_unnoticed_is_not_kept() {
        let reads = Reads::default();
        reads.everything();
        assert!(reads.noted().is_some());
        reads.never();
        assert_eq!(reads.noted(), None);
    }

    #[test]
    fn the_first_end_counts() {
        let reads = Reads::default();
        let (soon, late) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + Duration::days(1));
        let creator = CreatorId(Uuid::from_u128(7));
        reads.until(late);
        reads.until(soon);
        reads.until(late);
        reads.of(creator);
        reads.of(creator);
        let rests = Rests { on: BTreeSet::from([creator]), until: Some(soon), ..Rests::default() };
        assert_eq!(reads.noted(), Some(rests));
    }
}
