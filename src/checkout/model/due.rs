//! What is due for a thing at its price.

use crate::catalog::model::{BillingInterval, Price, PriceKind};
use crate::checkout::refusals::CheckoutRefusal as No;
use crate::kernel::Money;

use super::{LARGEST_TOTAL, RecurringDue};

/// What a buyer pays who offers `pay`; only where the buyer decides may something be offered, and there it must be.
pub fn due(price: &Price, pay: Option<Money>) -> Result<i64, No> {
    match (price.kind, pay) {
        (PriceKind::PayWhatYouWant, None) => Err(No::AmountMissing),
        (PriceKind::PayWhatYouWant, Some(pay)) => chosen(price.amount, pay),
        (PriceKind::Free | PriceKind::OneTime, Some(_)) => Err(No::AmountFixed),
        (PriceKind::Free | PriceKind::OneTime, None) => Ok(price.amount.minor),
        (PriceKind::Recurring, Some(_)) => Err(No::AmountFixed),
        (PriceKind::Recurring, None) => {
            Ok(if recurring(price)?.trial_days.is_some() { 0 } else { price.amount.minor })
        }
    }
}

/// What is due again and again at a recurring price.
pub fn recurring(price: &Price) -> Result<RecurringDue, No> {
    let terms = price.recurring.ok_or(No::PriceGone)?;
    Ok(RecurringDue {
        amount_minor: price.amount.minor,
        yearly: terms.interval == BillingInterval::Year,
        trial_days: terms.trial_days.and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0),
    })
}

fn chosen(minimum: Money, pay: Money) -> Result<i64, No> {
    if pay.currency != minimum.currency {
        return Err(No::OtherCurrency(minimum.currency));
    }
    // Something between nothing and the smallest charge cannot be paid.
    let floor = if pay.minor == 0 { 0 } else { pay.currency.floor_minor() };
    let least = minimum.minor.max(floor);
    if pay.minor < least {
        return Err(No::BelowMinimum(Money::new(least, pay.currency)));
    }
    if pay.minor > LARGEST_TOTAL {
        return Err(No::AboveMaximum(Money::new(LARGEST_TOTAL, pay.currency)));
    }
    Ok(pay.minor)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::catalog::model::TaxBehavior;
    use crate::kernel::{Currency, OfferingId, PriceId};

    fn price(kind: PriceKind, minor: i64) -> Price {
        Price {
            id: PriceId(Uuid::from_u128(1)),
            offering: OfferingId(Uuid::from_u128(2)),
            kind,
            amount: Money::new(minor, Currency::Eur),
            suggested: None,
            compare_at: None,
            recurring: None,
            tax_behavior: TaxBehavior::Inclusive,
            available_until: None,
            is_default: true,
            archived_at: None,
        }
    }

    fn eur(minor: i64) -> Option<Money> {
        Some(Money::new(minor, Currency::Eur))
    }

    #[test]
    fn the_buyer_decides_only_where_asked() {
        assert_eq!(due(&price(PriceKind::OneTime, 4900), None), Ok(4900));
        assert_eq!(due(&price(PriceKind::OneTime, 4900), eur(1)), Err(No::AmountFixed));
        let open = price(PriceKind::PayWhatYouWant, 500);
        assert_eq!(due(&open, None), Err(No::AmountMissing));
        assert_eq!(due(&open, eur(900)), Ok(900));
        assert!(matches!(due(&open, eur(499)), Err(No::BelowMinimum(_))));
        let dollars = Some(Money::new(900, Currency::Usd));
        assert_eq!(due(&open, dollars), Err(No::OtherCurrency(Currency::Eur)));
    }

    #[test]
    fn nothing_or_something_that_can_be_charged() {
        let open = price(PriceKind::PayWhatYouWant, 0);
        assert_eq!(due(&open, eur(0)), Ok(0));
        assert!(matches!(due(&open, eur(1)), Err(No::BelowMinimum(_))));
        assert!(matches!(due(&open, eur(-5)), Err(No::BelowMinimum(_))));
        assert!(matches!(due(&open, eur(i64::MAX)), Err(No::AboveMaximum(_))));
    }
}
