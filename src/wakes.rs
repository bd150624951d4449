//! "Something about this changed: look." How what is committed here reaches those who follow it live, in this process and
//! (through PostgreSQL, see `db`) in every other. Workers are woken for new jobs the same way, in this process alone.
//!
//! A wake-up carries no content and may come twice or, rarely, not at all: whoever is woken reads what is true from the
//! database, and looks by itself now and then. Not here: who may see what.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

/// Everybody in this process who waits for something, by topic. Clones are the same.
#[derive(Clone, Default)]
pub struct Wakes(Arc<Mutex<Waiting>>);

type Waiting = HashMap<String, Vec<Weak<Notify>>>;

/// Waits for wake-ups about one topic: what is said while it is busy is kept for it, once.
pub struct Woken(Arc<Notify>);

impl Woken {
    /// Returns when something was said since the last time.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}

impl Wakes {
    /// Begins to listen for a topic.
    pub fn about(&self, topic: &str) -> Woken {
        let new = Arc::new(Notify::new());
        let mut waiting = self.waiting();
        waiting.retain(|_, some| {
            some.retain(|one| one.strong_count() > 0);
            !some.is_empty()
        });
        waiting.entry(topic.to_owned()).or_default().push(Arc::downgrade(&new));
        Woken(new)
    }

    /// Wakes who waits for a topic.
    pub fn say(&self, topic: &str) {
        self.waiting()
            .get(topic)
            .into_iter()
            .flatten()
            .filter_map(Weak::upgrade)
            .for_each(|one| one.notify_one());
    }

    /// Wakes everybody: something may have been missed.
    pub fn say_all(&self) {
        self.waiting().values().flatten().filter_map(Weak::upgrade).for_each(|one| one.notify_one());
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_is_said_while_one_is_busy_is_kept_once() {
        let wakes = Wakes::default();
        let (tea, milk, more) = (wakes.about("tea"), wakes.about("milk"), wakes.about("tea"));
        assert!(tea.woken().now_or_never().is_none());
        wakes.say("tea");
        wakes.say("tea");
        assert!(tea.woken().now_or_never().is_some());
        assert!(tea.woken().now_or_never().is_none());
        assert!(more.woken().now_or_never().is_some(), "each for itself");
        assert!(milk.woken().now_or_never().is_none());
        wakes.say_all();
        assert!(tea.woken().now_or_never().is_some() && milk.woken().now_or_never().is_some());
        drop((tea, more));
        wakes.say("tea");
        assert!(wakes.about("tea").woken().now_or_never().is_none());
        assert_eq!(wakes.waiting().len(), 2);
    }
}
