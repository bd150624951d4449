//! Waiting for one's turn at something that many in this process change at once, so that who waits holds nothing that
//! others need. Other processes are waited for at the database's own locks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Mutex as Turn;

/// Who is at what, by name. Clones are the same.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, Weak<Turn<()>>>>>);

impl Turns {
    /// The turns at one thing; kept for as long as somebody has or awaits one.
    pub fn at(&self, key: &str) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one_persons_turn_and_another_is_anothers() {
        let turns = Turns::default();
        let (tea, milk) = (turns.at("tea"), turns.at("milk"));
        let mine = tea.try_lock().expect("nobody has it");
        assert!(turns.at("tea").try_lock().is_err());
        assert!(milk.try_lock().is_ok());
        drop(mine);
        assert!(turns.at("tea").try_lock().is_ok());
        drop((tea, milk));
        turns.at("more");
        assert_eq!(turns.0.lock().expect("not poisoned").len(), 1, "what nobody awaits is forgotten");
    }
}
