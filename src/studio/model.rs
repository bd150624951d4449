//! What is to be done before the first sale.

use crate::kernel::{PublishRequirement, RequirementCode};

/// How far a creator has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The bio says something.
    pub described: bool,
    /// There is a cover or a portrait.
    pub pictured: bool,
    /// Something is published.
    pub teaches: bool,
    /// Money can be paid out.
    pub payable: bool,
}

/// The steps to the first sale, in the order that makes sense; done or not.
pub fn onboarding(progress: Progress) -> Vec<PublishRequirement> {
    let step = |code, is_met, message: &str| PublishRequirement { code, message: message.to_owned(), is_met };
    vec![
        step(
            RequirementCode::Description,
            progress.described,
            "Say who you are and what you teach: write a bio with creatorUpdate.",
        ),
        step(
            RequirementCode::Cover,
            progress.pictured,
            "Show yourself: upload a cover or a portrait and choose it with creatorUpdate.",
        ),
        step(
            RequirementCode::PayoutAccount,
            progress.payable,
            "Say where your money goes: finish the page that payoutAccountLinkCreate opens. Free courses need none.",
        ),
        step(
            RequirementCode::Outline,
            progress.teaches,
            "Publish your first course with offeringPublish, and open your page with storefrontPublish.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_met_by_what_it_asks_for() {
        let met = |progress| onboarding(progress).iter().map(|step| step.is_met).collect::<Vec<_>>();
        assert_eq!(met(Progress::default()), [false; 4]);
        assert_eq!(met(Progress { payable: true, ..Default::default() }), [false, false, true, false]);
        assert_eq!(
            met(Progress { described: true, pictured: true, teaches: true, payable: true }),
            [true; 4]
        );
    }
}
