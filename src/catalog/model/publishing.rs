//! What a course needs before strangers may see it.
//!
//! A cover is recommended, not required. A payout account is not required either: money of a sale waits in the ledger
//! until there is one.

use crate::kernel::{PublishRequirement, RequirementCode};

/// What a course has, counted in the transaction that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the description says anything.
    pub described: bool,
    /// Lessons that have a body.
    pub taught_lessons: i64,
    /// Files in use that are not ready (any more).
    pub media_waiting: i64,
    /// Prices that can be had now.
    pub active_prices: i64,
}

/// The whole list, also what is met.
pub fn requirements(has: Readiness) -> Vec<PublishRequirement> {
    let one = |code, is_met, message: &str| PublishRequirement { code, message: message.to_owned(), is_met };
    vec![
        one(RequirementCode::Description, has.described, "Say in a few words what the course is about."),
        one(
            RequirementCode::Outline,
            has.taught_lessons > 0,
            "Add at least one lesson and give it a video, a recording, an article or files.",
        ),
        one(
            RequirementCode::ReadyMedia,
            has.media_waiting == 0,
            "Wait until every file in use is ready, or replace those that failed.",
        ),
        one(
            RequirementCode::Price,
            has.active_prices > 0,
            "Add at least one price: free, one amount, or pay what you want.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let ready = Readiness { described: true, taught_lessons: 1, media_waiting: 0, active_prices: 1 };
        assert!(requirements(ready).iter().all(|one| one.is_met));
        let lacking = [
            (Readiness { described: false, ..ready }, RequirementCode::Description),
            (Readiness { taught_lessons: 0, ..ready }, RequirementCode::Outline),
            (Readiness { media_waiting: 2, ..ready }, RequirementCode::ReadyMedia),
            (Readiness { active_prices: 0, ..ready }, RequirementCode::Price),
        ];
        for (has, code) in lacking {
            let unmet: Vec<_> = requirements(has).into_iter().filter(|one| !one.is_met).collect();
            assert_eq!(unmet.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
        }
    }
}
