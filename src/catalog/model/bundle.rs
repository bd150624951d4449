//! Several offerings sold together, at a price of their own.

use std::collections::HashSet;
use std::ops::Deref;

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::text::{self, Checks};
use crate::kernel::{AssetId, BundleId, Currency, Money, OfferingId};

use super::{Offering, Price};

/// Items a bundle may have.
pub const MOST_ITEMS: usize = 20;
/// Items it needs before it can be sold.
pub const FEWEST_ITEMS: i64 = 2;

/// A bundle, without its items.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Key; also the offering's.
    pub id: BundleId,
    /// What it has in common with everything on sale.
    pub offering: Offering,
}

impl Deref for Bundle {
    type Target = Offering;
    fn deref(&self) -> &Offering {
        &self.offering
    }
}

/// How much less `together` is than the items one by one, each at its first fixed price in the same currency. `None` if
/// an item has no such price, or if nothing is saved.
pub fn savings(together: &Price, items: &[Vec<Price>]) -> Option<Money> {
    let currency = together.amount.currency;
    let mut apart = 0;
    for prices in items {
        apart += list_price(prices, currency)?.minor;
    }
    let saved = apart - together.amount.minor;
    (saved > 0).then(|| Money::new(saved, currency))
}

/// What one thing costs in a currency: the first of its active prices there; where the buyer decides, what most give.
pub fn list_price(prices: &[Price], currency: Currency) -> Option<Money> {
    let price = prices.iter().find(|price| price.amount.currency == currency)?;
    Some(price.suggested.unwrap_or(price.amount))
}

/// What a creator says of a bundle; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct BundleText {
    /// At most 120 characters.
    pub title: Option<String>,
    /// Markdown, at most 20,000 characters.
    pub description: Option<String>,
    /// In order; checked to be this creator's by the action.
    pub items: Option<Vec<OfferingId>>,
    /// Checked to be this creator's ready picture; `Some(None)` clears.
    pub cover: Option<Option<AssetId>>,
}

impl BundleText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let title =
            self.title.and_then(|title| checks.take(&["input", "title"], text::line("A title", &title, 120)));
        let description = self.description.and_then(|words| {
            let words = if words.trim().is_empty() { "" } else { &words };
            checks.take(&["input", "descriptionMarkdown"], text::prose("A description", words, 20_000))
        });
        if let Some(items) = &self.items {
            check_items(items, checks);
        }
        Self { title, description, ..self }
    }
}

fn check_items(items: &[OfferingId], checks: &mut Checks) {
    if items.len() > MOST_ITEMS {
        let too_many = Err::<(), _>(CatalogRefusal::TooManyOf("items", MOST_ITEMS));
        checks.take(&["input", "itemIds"], too_many);
    }
    let mut seen = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        if !seen.insert(*item) {
            let twice = Err::<(), _>(CatalogRefusal::NamedTwice("offering"));
            checks.take(&["input", "itemIds", &at.to_string()], twice);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(n: u128) -> OfferingId {
        OfferingId(Uuid::from_u128(n))
    }

    fn problems(items: Vec<OfferingId>) -> usize {
        let mut checks = Checks::default();
        let words = BundleText { items: Some(items), ..BundleText::default() };
        words.checked(&mut checks);
        match checks.done() {
            Ok(()) => 0,
            Err(crate::kernel::Error::Refused(list)) => list.into_vec().len(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_bundle_names_each_item_once_and_not_too_many() {
        assert_eq!(problems((0..20).map(item).collect()), 0);
        assert_eq!(problems((0..21).map(item).collect()), 1);
        assert_eq!(problems(vec![item(1), item(2), item(1)]), 1);
    }
}
