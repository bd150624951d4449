//! What an offering needs before strangers may see it: words, something to learn, a venue where one has to
//! come, files that are ready, a price.
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
    /// Whether the place one can come to is said; `None` where there is nowhere to come to.
    pub venue: Option<bool>,
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
    /// A workshop: sessions to come that were not called off.
    Sessions(i64),
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
    /// Whether it is enough to be published.
    fn is_enough(self) -> bool {
        match self {
            Self::Lessons(taught) => taught > 0,
            Self::Sessions(to_come) => to_come > 0,
            Self::Items { all, public } => all >= FEWEST_ITEMS && public == all,
            Self::Perks(some) => some,
        }
    }

    fn code(self) -> RequirementCode {
        match self {
            Self::Sessions(_) => RequirementCode::Session,
            Self::Lessons(_) | Self::Items { .. } | Self::Perks(_) => RequirementCode::Outline,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Lessons(_) => {
                "Add at least one lesson and give it a video, a recording, an article or files."
            }
            Self::Sessions(_) => "Add at least one session that is still to come.",
            Self::Items { .. } => "Put at least two offerings into it, and publish each of them.",
            Self::Perks(_) => "Name at least one perk, or something that members may learn.",
        }
    }

    /// What an edit must leave, in a few words; sessions pass by themselves.
    fn kept(self) -> Option<&'static str> {
        match self {
            Self::Lessons(_) => Some("a lesson with content"),
            Self::Sessions(_) => None,
            Self::Items { .. } => Some("at least two items that are published"),
            Self::Perks(_) => Some("a perk or something it opens"),
        }
    }
}

/// The whole list, also what is met.
pub fn requirements(has: Readiness) -> Vec<PublishRequirement> {
    let one = |code, is_met, message: &str| PublishRequirement { code, message: message.to_owned(), is_met };
    let venue = |is_said| one(RequirementCode::Description, is_said, "Say where it takes place: the venue.");
    let described = one(RequirementCode::Description, has.described, "Say in a few words what it is about.");
    let rest = [
        one(has.contents.code(), has.contents.is_enough(), has.contents.wanted()),
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
    ];
    std::iter::once(described).chain(has.venue.map(venue)).chain(rest).collect()
}

/// What an edit may not take from something published, if it is missing now. Prices may lapse by themselves, sessions
/// pass, and files and items may be closed by the platform or put away: none of it stops an edit.
pub fn needed_while_published(has: Readiness) -> Option<&'static str> {
    let contents = has.contents.kept().filter(|_| !has.contents.is_enough());
    let description = (!has.described).then_some("a description");
    let venue = (has.venue == Some(false)).then_some("a venue");
    contents.or(description).or(venue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let ready = Readiness {
            described: true,
            contents: Contents::Lessons(1),
            venue: None,
            media_waiting: 0,
            active_prices: 1,
        };
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
            (Readiness { venue: Some(false), ..ready }, RequirementCode::Description),
            (Readiness { media_waiting: 2, ..ready }, RequirementCode::ReadyMedia),
            (Readiness { active_prices: 0, ..ready }, RequirementCode::Price),
        ];
        for (has, code) in lacking {
            let unmet: Vec<_> = requirements(has).into_iter().filter(|one| !one.is_met).collect();
            assert_eq!(unmet.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
        }
    }
}
