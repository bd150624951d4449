//! What an offering costs. A price is never changed: it is archived and another is made, so that what was quoted and
//! what was paid stay true.

use crate::catalog::refusals::CatalogRefusal as No;
use crate::kernel::text::Checks;
use crate::kernel::{CreatorId, Currency, Instant, Money, OfferingId, PriceId};

use super::{BillingInterval, OfferingKind, OfferingStatus, PriceKind, Recurring, TaxBehavior};

/// Active prices an offering may have.
pub const MOST_PRICES: u64 = 5;
/// The dearest price, in minor units (100,000.00; 10,000,000 yen).
pub const LARGEST_MINOR: i64 = 10_000_000;

/// The longest trial, in days.
pub const LONGEST_TRIAL: i32 = 90;

/// A price.
#[derive(Clone, Debug)]
pub struct Price {
    /// Key.
    pub id: PriceId,
    /// Of what.
    pub offering: OfferingId,
    /// How it is priced.
    pub kind: PriceKind,
    /// Fixed amount, or the minimum; nothing when free.
    pub amount: Money,
    /// What most give, where the buyer decides.
    pub suggested: Option<Money>,
    /// What it used to be.
    pub compare_at: Option<Money>,
    /// How often it is due, for memberships.
    pub recurring: Option<Recurring>,
    /// Whether the tax is in the amount.
    pub tax_behavior: TaxBehavior,
    /// Offered until then.
    pub available_until: Option<Instant>,
    /// The one shown first.
    pub is_default: bool,
    /// Withdrawn at.
    pub archived_at: Option<Instant>,
}

impl Price {
    /// Whether it can be had at `now`, if its offering can.
    pub fn is_active(&self, now: Instant) -> bool {
        self.archived_at.is_none() && self.available_until.is_none_or(|until| until > now)
    }
}

/// An active price with what selling needs to know of its offering.
#[derive(Clone, Debug)]
pub struct PriceForSale {
    /// The price.
    pub price: Price,
    /// What it is for.
    pub offering: OfferingId,
    /// Of which kind that is.
    pub kind: OfferingKind,
    /// Who sells it.
    pub creator: CreatorId,
    /// What it is called now.
    pub title: String,
    /// Where it stands.
    pub status: OfferingStatus,
    /// Whether it can be bought: public, behind an open storefront.
    pub on_sale: bool,
}

/// What a creator asks for; amounts as they came in.
#[derive(Clone, Debug)]
pub enum NewPrice {
    /// Nothing.
    Free,
    /// One amount, once.
    OneTime {
        /// What it costs.
        amount: Money,
        /// What it used to cost.
        compare_at: Option<Money>,
        /// Offered until then.
        available_until: Option<Instant>,
    },
    /// The buyer decides.
    PayWhatYouWant {
        /// From here on; may be nothing.
        minimum: Money,
        /// What most give.
        suggested: Option<Money>,
    },
    /// The same amount again and again.
    Recurring {
        /// Each time.
        amount: Money,
        /// How often.
        interval: BillingInterval,
        /// Days before the first payment.
        trial_days: Option<i32>,
    },
}

/// A price whose amounts are possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How it is priced.
    pub kind: PriceKind,
    /// Fixed amount or minimum.
    pub amount: Money,
    /// What most give, in minor units.
    pub suggested_minor: Option<i64>,
    /// What it used to be, in minor units.
    pub compare_at_minor: Option<i64>,
    /// How often it is due, for memberships.
    pub recurring: Option<Recurring>,
    /// Offered until then.
    pub available_until: Option<Instant>,
}

impl NewPrice {
    /// Whether it is due again and again.
    pub fn is_recurring(&self) -> bool {
        matches!(self, Self::Recurring { .. })
    }

    /// Checks the amounts; `home` is the currency of what costs nothing.
    pub fn terms(&self, home: Currency, now: Instant, checks: &mut Checks) -> Terms {
        match self {
            NewPrice::Free => plain(PriceKind::Free, Money::new(0, home)),
            NewPrice::OneTime { amount, compare_at, available_until } => {
                checks.take(&["price", "oneTime", "amount"], charge(*amount));
                if let Some(old) = compare_at {
                    checks.take(&["price", "oneTime", "compareAt"], above(*old, *amount, false));
                }
                if available_until.is_some_and(|until| until <= now) {
                    checks.take(&["price", "oneTime", "availableUntil"], Err::<(), _>(No::UntilPast));
                }
                let compare_at_minor = compare_at.map(|old| old.minor);
                let available_until = *available_until;
                Terms { compare_at_minor, available_until, ..plain(PriceKind::OneTime, *amount) }
            }
            NewPrice::PayWhatYouWant { minimum, suggested } => {
                if minimum.minor != 0 {
                    checks.take(&["price", "payWhatYouWant", "minimum"], charge(*minimum));
                }
                if let Some(usual) = suggested {
                    let checked = charge(*usual).and_then(|()| above(*usual, *minimum, true));
                    checks.take(&["price", "payWhatYouWant", "suggested"], checked);
                }
                let suggested_minor = suggested.map(|usual| usual.minor);
                Terms { suggested_minor, ..plain(PriceKind::PayWhatYouWant, *minimum) }
            }
            NewPrice::Recurring { amount, interval, trial_days } => {
                checks.take(&["price", "recurring", "amount"], charge(*amount));
                if trial_days.is_some_and(|days| !(1..=LONGEST_TRIAL).contains(&days)) {
                    let wrong = Err::<(), _>(No::TrialOutOfRange(LONGEST_TRIAL));
                    checks.take(&["price", "recurring", "trialDays"], wrong);
                }
                let recurring = Some(Recurring { interval: *interval, trial_days: *trial_days });
                Terms { recurring, ..plain(PriceKind::Recurring, *amount) }
            }
        }
    }
}

fn plain(kind: PriceKind, amount: Money) -> Terms {
    let none = None;
    Terms {
        kind,
        amount,
        suggested_minor: none,
        compare_at_minor: none,
        recurring: None,
        available_until: None,
    }
}

/// An amount that can be charged.
fn charge(amount: Money) -> Result<(), No> {
    let least = Money::new(amount.currency.floor_minor(), amount.currency);
    if amount.minor < least.minor {
        return Err(No::BelowFloor(least));
    }
    if amount.minor > LARGEST_MINOR {
        return Err(No::AboveCeiling(Money::new(LARGEST_MINOR, amount.currency)));
    }
    Ok(())
}

/// A second amount that makes sense beside the first.
fn above(second: Money, first: Money, or_equal: bool) -> Result<(), No> {
    if second.currency != first.currency {
        return Err(No::OtherCurrency(first.currency));
    }
    if second.minor > LARGEST_MINOR {
        return Err(No::AboveCeiling(Money::new(LARGEST_MINOR, second.currency)));
    }
    if second.minor > first.minor || (or_equal && second.minor == first.minor) {
        Ok(())
    } else {
        Err(No::NotAbove(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Code;

    const EUR: Currency = Currency::Eur;

    fn problems(price: &NewPrice) -> Vec<(String, Code)> {
        let mut checks = Checks::default();
        price.terms(EUR, Instant::UNIX_EPOCH, &mut checks);
        match checks.done() {
            Ok(()) => Vec::new(),
            Err(crate::kernel::Error::Refused(list)) => {
                list.into_vec().into_iter().map(|p| (p.path[1..].join("."), p.code)).collect()
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn once(minor: i64, compare: Option<i64>, until: Option<i64>) -> NewPrice {
        NewPrice::OneTime {
            amount: Money::new(minor, EUR),
            compare_at: compare.map(|minor| Money::new(minor, EUR)),
            available_until: until.and_then(|second| Instant::from_timestamp(second, 0)),
        }
    }

    #[test]
    fn a_price_is_neither_too_small_nor_too_large() {
        assert_eq!(problems(&once(100, None, None)), []);
        assert_eq!(problems(&once(LARGEST_MINOR, None, None)), []);
        assert_eq!(problems(&once(99, None, None)), [("oneTime.amount".into(), Code::AmountBelowMinimum)]);
        assert_eq!(problems(&once(-5, None, None)), [("oneTime.amount".into(), Code::AmountBelowMinimum)]);
        assert_eq!(
            problems(&once(LARGEST_MINOR + 1, None, None)),
            [("oneTime.amount".into(), Code::OutOfRange)]
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = problems(&once(50, Some(50), Some(-1)));
        let places: Vec<_> = wrong.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["oneTime.amount", "oneTime.compareAt", "oneTime.availableUntil"]);
    }

    #[test]
    fn the_buyer_may_be_let_decide_from_nothing_on() {
        let price = |minimum, suggested| NewPrice::PayWhatYouWant {
            minimum: Money::new(minimum, EUR),
            suggested: Some(Money::new(suggested, EUR)),
        };
        assert_eq!(problems(&price(0, 500)), []);
        assert_eq!(problems(&price(500, 500)), []);
        assert_eq!(problems(&price(50, 500)), [("payWhatYouWant.minimum".into(), Code::AmountBelowMinimum)]);
        assert_eq!(problems(&price(600, 500)), [("payWhatYouWant.suggested".into(), Code::OutOfRange)]);
    }

    #[test]
    fn other_currencies_do_not_mix() {
        let mixed = NewPrice::OneTime {
            amount: Money::new(500, EUR),
            compare_at: Some(Money::new(900, Currency::Jpy)),
            available_until: None,
        };
        assert_eq!(problems(&mixed), [("oneTime.compareAt".into(), Code::CurrencyUnsupported)]);
    }
}
