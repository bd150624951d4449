//! A membership plan: what its members may learn and enjoy for as long as they pay.

use std::collections::HashSet;
use std::ops::Deref;

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::text::{self, Checks};
use crate::kernel::{AssetId, OfferingId, PlanId};

use super::{BillingInterval, Offering};

/// Perks a plan may name.
pub const MOST_PERKS: usize = 12;
/// Offerings a plan may name.
pub const MOST_INCLUDED: usize = 50;

/// A plan, without its perks and what it opens.
#[derive(Clone, Debug)]
pub struct MembershipPlan {
    /// Key; also the offering's.
    pub id: PlanId,
    /// What it has in common with everything on sale.
    pub offering: Offering,
}

impl Deref for MembershipPlan {
    type Target = Offering;
    fn deref(&self) -> &Offering {
        &self.offering
    }
}

/// How often a price is due, and how long it is free first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recurring {
    /// How often.
    pub interval: BillingInterval,
    /// Days before the first payment.
    pub trial_days: Option<i32>,
}

/// What a plan has beyond other offerings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanContents {
    /// Sentences.
    pub perks: Vec<String>,
    /// What it opens, in order.
    pub included: Included,
}

/// What a plan opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Included {
    /// Every course its creator has published, now and later.
    #[default]
    Everything,
    /// These.
    These(Vec<OfferingId>),
}

/// What a creator says of a plan; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct PlanText {
    /// At most 120 characters.
    pub title: Option<String>,
    /// Markdown, at most 20,000 characters.
    pub description: Option<String>,
    /// At most 12 sentences.
    pub perks: Option<Vec<String>>,
    /// Checked to be this creator's by the action.
    pub included: Option<Included>,
    /// Checked to be this creator's ready picture; `Some(None)` clears.
    pub cover: Option<Option<AssetId>>,
}

impl PlanText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let title =
            self.title.and_then(|title| checks.take(&["input", "title"], text::line("A title", &title, 120)));
        let description = self.description.and_then(|words| {
            let words = if words.trim().is_empty() { "" } else { &words };
            checks.take(&["input", "descriptionMarkdown"], text::prose("A description", words, 20_000))
        });
        let perks = self.perks.map(|perks| check_perks(&perks, checks));
        if let Some(Included::These(items)) = &self.included {
            check_included(items, checks);
        }
        Self { title, description, perks, ..self }
    }
}

fn check_perks(perks: &[String], checks: &mut Checks) -> Vec<String> {
    if perks.len() > MOST_PERKS {
        let too_many = Err::<(), _>(CatalogRefusal::TooManyOf("perks", MOST_PERKS));
        checks.take(&["input", "perks"], too_many);
    }
    let one = |(at, perk): (usize, &String)| {
        checks.take(&["input", "perks", &at.to_string()], text::line("A perk", perk, 200))
    };
    perks.iter().enumerate().filter_map(one).collect()
}

fn check_included(items: &[OfferingId], checks: &mut Checks) {
    if items.len() > MOST_INCLUDED {
        let too_many = Err::<(), _>(CatalogRefusal::TooManyOf("offerings", MOST_INCLUDED));
        checks.take(&["input", "includedOfferingIds"], too_many);
    }
    let mut seen = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        if !seen.insert(*item) {
            let twice = Err::<(), _>(CatalogRefusal::NamedTwice("offering"));
            checks.take(&["input", "includedOfferingIds", &at.to_string()], twice);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perks_are_sentences_and_not_too_many() {
        let checked = |perks: Vec<String>| {
            let mut checks = Checks::default();
            PlanText { perks: Some(perks), ..PlanText::default() }.checked(&mut checks);
            checks.done().is_ok()
        };
        assert!(checked(vec!["A call each month".into()]));
        assert!(!checked(vec!["  ".into()]));
        assert!(!checked(vec!["One".into(); MOST_PERKS + 1]));
    }
}
