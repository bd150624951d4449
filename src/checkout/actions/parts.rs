//! What a bundle is made of when somebody asks its price, and what of the price falls on each item.

use crate::app::App;
use crate::catalog::{self, model::PriceForSale};
use crate::kernel::{Currency, Error, Fault, OfferingId, PublicId, Result};

use super::super::model::QuotePart;
use super::super::shares::divide;

/// An item of a bundle as it is on sale alone.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What.
    pub offering: OfferingId,
    title: String,
    /// What it costs alone in the bundle's currency, if it does.
    alone_minor: Option<i64>,
}

/// The items of a bundle, in order; `None` if one of them may not be seen by strangers, so that the bundle cannot be
/// sold.
pub(super) async fn items_of(app: &App, bundle: &PriceForSale) -> Result<Option<Vec<Item>>> {
    let ids = catalog::store::items(app.db.read(), bundle.offering.uuid().into()).await?;
    let offerings = catalog::store::offerings(app, &ids).await?;
    let prices = catalog::store::of_offerings(app, &ids).await?;
    let currency = bundle.price.amount.currency;
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(offering) = offerings.get(&id).filter(|offering| offering.is_public()) else {
            return Ok(None);
        };
        let alone = prices.get(&id).and_then(|prices| catalog::model::list_price(prices, currency));
        let alone_minor = alone.map(|price| price.minor);
        items.push(Item { offering: id, title: offering.title.clone(), alone_minor });
    }
    Ok(if items.is_empty() { None } else { Some(items) })
}

/// What of `amount_minor` falls on each item.
pub(super) fn divided(amount_minor: i64, currency: Currency, items: &[Item]) -> Result<Vec<QuotePart>> {
    let parts = divide(amount_minor, &weights(items)).ok_or_else(|| {
        let what = format!("{amount_minor} {currency} among {} items", items.len());
        Error::Fault(Fault::new("dividing a bundle", what))
    })?;
    let part = |(item, amount_minor): (&Item, i64)| QuotePart {
        offering: item.offering.uuid(),
        title: item.title.clone(),
        amount_minor,
    };
    Ok(items.iter().zip(parts).map(part).collect())
}

/// By what the items cost alone; equally, if one of them cannot be bought alone in this currency, or if all are free.
fn weights(items: &[Item]) -> Vec<u32> {
    let weight = |item: &Item| item.alone_minor.and_then(|minor| u32::try_from(minor).ok());
    let known: Option<Vec<u32>> = items.iter().map(weight).collect();
    known.filter(|all| all.iter().any(|one| *one > 0)).unwrap_or_else(|| vec![1; items.len()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn item(n: u128, alone_minor: Option<i64>) -> Item {
        Item { offering: OfferingId(Uuid::from_u128(n)), title: format!("Item {n}"), alone_minor }
    }

    fn amounts(amount: i64, alone: &[Option<i64>]) -> Vec<i64> {
        let items: Vec<_> = (1_u128..).zip(alone).map(|(n, minor)| item(n, *minor)).collect();
        divided(amount, Currency::Eur, &items).unwrap().into_iter().map(|part| part.amount_minor).collect()
    }

    #[test]
    fn items_weigh_what_they_cost_alone() {
        assert_eq!(amounts(5000, &[Some(4000), Some(3000), Some(0)]), [2857, 2143, 0]);
        assert_eq!(amounts(100, &[Some(0), Some(0), Some(0)]), [34, 33, 33], "all free");
        assert_eq!(amounts(100, &[Some(900), None]), [50, 50], "one has no price in this currency");
        assert_eq!(amounts(0, &[Some(900), Some(100)]), [0, 0], "a free bundle");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_line(
            amount in 0..=99_999_999_i64,
            alone in prop::collection::vec(prop::option::of(0..=10_000_000_i64), 1..=20),
        ) {
            let parts = amounts(amount, &alone);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }
    }
}
