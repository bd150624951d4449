//! What somebody looks for.

use uuid::Uuid;

use crate::kernel::Money;

use super::{Kind, MOST_WORDS, words};

/// Words that all must be there, each of them or what may have been meant by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(Vec<Vec<String>>);

/// From this length on the beginning of a word is enough.
const SHORTEST_BEGINNING: usize = 3;

impl Question {
    /// What was typed; none if there is no word in it.
    pub fn typed(text: &str) -> Option<Self> {
        let mut asked: Vec<Vec<String>> = Vec::new();
        for word in words(text) {
            if asked.len() < MOST_WORDS && !asked.iter().any(|known| known.contains(&word)) {
                asked.push(vec![word]);
            }
        }
        (!asked.is_empty()).then_some(Self(asked))
    }

    /// Each word as it was typed, and then what may have been meant.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().filter_map(|part| part.split_first().map(|(typed, meant)| (typed.as_str(), meant)))
    }

    /// The same question with what may have been meant by each word; none if that adds nothing.
    pub fn meaning(&self, meant: impl Fn(&str) -> Vec<String>) -> Option<Self> {
        let widened: Vec<Vec<String>> = self
            .parts()
            .map(|(typed, _)| std::iter::once(typed.to_owned()).chain(meant(typed)).collect())
            .collect();
        widened.iter().any(|part| part.len() > 1).then_some(Self(widened))
    }

    /// Whether what begins like a typed word is meant, too.
    pub fn is_beginning(typed: &str) -> bool {
        typed.chars().count() >= SHORTEST_BEGINNING
    }

    /// For cursors: words hold neither blanks nor bars.
    pub fn written(&self) -> String {
        self.0.iter().map(|part| part.join("|")).collect::<Vec<_>>().join(" ")
    }

    /// What [`Question::written`] wrote.
    pub fn read(written: &str) -> Option<Self> {
        let part = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let parts: Vec<_> = written.split(' ').map(part).collect();
        let is_plain = |word: &String| !word.is_empty() && word.chars().all(char::is_alphanumeric);
        parts.iter().flatten().all(is_plain).then_some(Self(parts))
    }
}

/// Which hits are wanted; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one of these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// In one of these niches.
    pub niche_slugs: Option<Vec<String>>,
    /// BCP 47.
    pub language: Option<String>,
    /// Can be had for so much now, or less.
    pub price_max: Option<Money>,
    /// Can be had for nothing now.
    pub free_only: bool,
}

/// One thing that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The key of the offering or the creator.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// How well it fits; more is better.
    pub score: i64,
}

impl Hit {
    /// Where it stands in the answers to a question.
    pub fn key(&self, question: &Question) -> Vec<String> {
        vec![self.score.to_string(), self.id.to_string(), question.written()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_goes_through_a_cursor_unchanged() {
        let typed = Question::typed("Sourdogh  bread, BREAD").unwrap();
        assert_eq!(typed.written(), "sourdogh bread");
        let meant = typed.meaning(|word| if word == "sourdogh" { vec!["sourdough".into()] } else { vec![] });
        let meant = meant.unwrap();
        assert_eq!(meant.written(), "sourdogh|sourdough bread");
        assert_eq!(Question::read(&meant.written()), Some(meant));
        assert_eq!(Question::typed(" \u{0} 🥖 \"*\" "), None);
        assert_eq!(Question::read("a' OR"), None);
        assert_eq!(typed.meaning(|_| vec![]), None);
    }
}
