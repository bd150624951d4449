//! What an offering needs before strangers may see it: words, something to learn, files that are ready, a price.
//!
//! A cover is recommended, not required. A payout account is not required either: money of a sale waits in the ledger
//! until there is one.

use crate::kernel::{PublishRequirement, RequirementCode};

use super::FEWEST_ITEMS;

/// What an offering has, counted in the transaction that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the description says anything.
    pub described: bool,
    /// What there is to learn.
    pub contents: Contents,
    /// Files in use that are not ready (any more).
    pub media_waiting: i64,
    /// Prices that can be had now.
    pub active_prices: i64,
}

/// What there is to learn, in the way of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// A course: lessons that have a body.
    Lessons(i64),
    /// A bundle: all its items, and those of them that strangers may see.
    Items {
        /// All.
        all: i64,
        /// Published.
        public: i64,
    },
    /// A membership plan: whether it has a perk or opens something.
    Perks(bool),
}

impl Contents {
    fn requirement(self) -> (bool, &'static str) {
        match self {
            Self::Lessons(taught) => {
                (taught > 0, "Add at least one lesson and give it a video, a recording, an article or files.")
            }
            Self::Items { all, public } => (
                all >= FEWEST_ITEMS && public == all,
                "Put at least two offerings into it, and publish each of them.",
            ),
            Self::Perks(some) => (some, "Name at least one perk, or something that members may learn."),
        }
    }
}

/// The whole list, also what is met.
pub fn requirements(has: Readiness) -> Vec<PublishRequirement> {
    let (has_contents, wanted) = has.contents.requirement();
    let one = |code, is_met, message: &str| PublishRequirement { code, message: message.to_owned(), is_met };
    vec![
        one(RequirementCode::Description, has.described, "Say in a few words what it is about."),
        one(RequirementCode::Outline, has_contents, wanted),
        one(
            RequirementCode::ReadyMedia,
            has.media_waiting == 0,
            "Wait until every file in use is ready, or replace those that failed.",
        ),
        one(
            RequirementCode::Price,
            has.active_prices > 0,
            "Add at least one price: free, one amount, pay what you want, or for a membership a recurring one.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let ready =
            Readiness { described: true, contents: Contents::Lessons(1), media_waiting: 0, active_prices: 1 };
        assert!(requirements(ready).iter().all(|one| one.is_met));
        let lacking = [
            (Readiness { described: false, ..ready }, RequirementCode::Description),
            (Readiness { contents: Contents::Lessons(0), ..ready }, RequirementCode::Outline),
            (
                Readiness { contents: Contents::Items { all: 1, public: 1 }, ..ready },
                RequirementCode::Outline,
            ),
            (
                Readiness { contents: Contents::Items { all: 3, public: 2 }, ..ready },
                RequirementCode::Outline,
            ),
            (Readiness { media_waiting: 2, ..ready }, RequirementCode::ReadyMedia),
            (Readiness { active_prices: 0, ..ready }, RequirementCode::Price),
        ];
        for (has, code) in lacking {
            let unmet: Vec<_> = requirements(has).into_iter().filter(|one| !one.is_met).collect();
            assert_eq!(unmet.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
        }
    }
}
