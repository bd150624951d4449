//! Documents that were read before: clients send the same few all day.
//!
//! Kept by their whole text, so that nobody gets another's; only those that passed every limit, and within a bound of
//! memory, whatever strangers send. Not here: what a document weighs, which depends on the variables sent with it.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Bytes that all of them take, roughly.
const ROOM: u64 = 4 * 1024 * 1024;
/// What a document takes besides its text, roughly, for each of its bytes: most words of it are a field, which takes some 400.
const FOR_A_BYTE: u64 = 40;
/// How many there is room for, if they are as long as most.
const MANY: usize = 128;

#[derive(Clone)]
struct Bytewise;

impl Weighter<Arc<str>, Arc<ExecutableDocument>> for Bytewise {
    fn weight(&self, text: &Arc<str>, _: &Arc<ExecutableDocument>) -> u64 {
        1 + text.len() as u64 * FOR_A_BYTE
    }
}

/// Texts and what they say.
pub(super) struct Parsed(Cache<Arc<str>, Arc<ExecutableDocument>, Bytewise>);

impl Default for Parsed {
    fn default() -> Self {
        Self(Cache::with_weighter(MANY, ROOM, Bytewise))
    }
}

impl Parsed {
    pub(super) fn find(&self, text: &str) -> Option<Arc<ExecutableDocument>> {
        self.0.get(text)
    }

    pub(super) fn keep(&self, text: &str, document: &Arc<ExecutableDocument>) {
        self.0.insert(text.into(), Arc::clone(document));
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;

    fn parsed(text: &str) -> Arc<ExecutableDocument> {
        Arc::new(scan::parse(text).unwrap_or_else(|_| panic!("{text} is GraphQL")))
    }

    #[test]
    fn a_document_is_found_by_its_whole_text_only() {
        let kept = Parsed::default();
        kept.keep("{ viewer { id } }", &parsed("{ viewer { id } }"));
        assert!(kept.find("{ viewer { id } }").is_some());
        assert!(kept.find("{ viewer { id }  }").is_none());
    }

    #[test]
    fn strangers_cannot_fill_the_memory() {
        let kept = Parsed::default();
        for number in 0..5_000 {
            let text = format!("{{ viewer {{ a{number}: id }} }} # {}", "x".repeat(500));
            kept.keep(&text, &parsed(&text));
        }
        assert!(kept.0.weight() <= ROOM, "{} bytes", kept.0.weight());
        assert!(!kept.0.is_empty());
    }
}
