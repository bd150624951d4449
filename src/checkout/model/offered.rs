//! A price as a buyer meets it.

use uuid::Uuid;

use crate::checkout::refusals::CheckoutRefusal as No;
use crate::kernel::{CreatorId, Currency, Instant, Money, PriceId};

use super::LARGEST_TOTAL;

/// A price and what it is for.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Key.
    pub price: PriceId,
    /// How it is priced.
    pub pricing: Pricing,
    /// Fixed price or minimum.
    pub amount_minor: i64,
    /// Of the amount.
    pub currency: Currency,
    /// No longer offered, or only until then.
    pub until: Option<Instant>,
    /// What it is for.
    pub offering: Uuid,
    /// What that is called.
    pub title: String,
    /// Who sells it.
    pub creator: CreatorId,
    /// Whether the offering can be bought at all.
    pub on_sale: bool,
}

/// How something is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// Nothing.
    Free,
    /// One price, once.
    OneTime,
    /// The buyer decides, from a minimum on.
    PayWhatYouWant,
    /// Again and again; not sold yet.
    Recurring,
}

impl Offered {
    /// Whether it can be had now.
    pub fn check(&self, now: Instant) -> Result<(), No> {
        if !self.on_sale {
            return Err(No::NotOnSale);
        }
        if self.until.is_some_and(|end| end <= now) {
            return Err(No::PriceGone);
        }
        Ok(())
    }

    /// What is due for it.
    pub fn amount(&self, pay: Option<Money>) -> Result<i64, No> {
        match (self.pricing, pay) {
            (Pricing::PayWhatYouWant, None) => Err(No::AmountMissing),
            (Pricing::PayWhatYouWant, Some(pay)) => self.chosen(pay),
            (Pricing::Free | Pricing::OneTime, Some(_)) => Err(No::AmountFixed),
            (Pricing::Free | Pricing::OneTime, None) => Ok(self.amount_minor),
            (Pricing::Recurring, _) => Err(No::NotYet("A membership")),
        }
    }

    fn chosen(&self, pay: Money) -> Result<i64, No> {
        if pay.currency != self.currency {
            return Err(No::OtherCurrency(self.currency));
        }
        // Something between nothing and the smallest charge cannot be paid.
        let floor = if pay.minor == 0 { 0 } else { self.currency.floor_minor() };
        let least = self.amount_minor.max(floor);
        if pay.minor < least {
            return Err(No::BelowMinimum(Money::new(least, self.currency)));
        }
        if pay.minor > LARGEST_TOTAL {
            return Err(No::AboveMaximum(Money::new(LARGEST_TOTAL, self.currency)));
        }
        Ok(pay.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(pricing: Pricing, amount_minor: i64) -> Offered {
        Offered {
            price: PriceId(Uuid::from_u128(1)),
            pricing,
            amount_minor,
            currency: Currency::Eur,
            until: None,
            offering: Uuid::from_u128(2),
            title: "Ink & Brush".into(),
            creator: CreatorId(Uuid::from_u128(3)),
            on_sale: true,
        }
    }

    fn eur(minor: i64) -> Option<Money> {
        Some(Money::new(minor, Currency::Eur))
    }

    #[test]
    fn the_buyer_decides_only_where_asked() {
        assert_eq!(offered(Pricing::OneTime, 4900).amount(None), Ok(4900));
        assert_eq!(offered(Pricing::OneTime, 4900).amount(eur(1)), Err(No::AmountFixed));
        assert_eq!(offered(Pricing::PayWhatYouWant, 500).amount(None), Err(No::AmountMissing));
        assert_eq!(offered(Pricing::PayWhatYouWant, 500).amount(eur(900)), Ok(900));
        assert!(matches!(offered(Pricing::PayWhatYouWant, 500).amount(eur(499)), Err(No::BelowMinimum(_))));
        let dollars = Some(Money::new(900, Currency::Usd));
        assert_eq!(
            offered(Pricing::PayWhatYouWant, 500).amount(dollars),
            Err(No::OtherCurrency(Currency::Eur))
        );
    }

    #[test]
    fn nothing_or_something_that_can_be_charged() {
        assert_eq!(offered(Pricing::PayWhatYouWant, 0).amount(eur(0)), Ok(0));
        assert!(matches!(offered(Pricing::PayWhatYouWant, 0).amount(eur(1)), Err(No::BelowMinimum(_))));
        assert!(matches!(offered(Pricing::PayWhatYouWant, 0).amount(eur(-5)), Err(No::BelowMinimum(_))));
        assert!(matches!(
            offered(Pricing::PayWhatYouWant, 0).amount(eur(i64::MAX)),
            Err(No::AboveMaximum(_))
        ));
    }
}
