//! Coupons and the rules on them. Pure.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::kernel::money::basis_points_of;
use crate::kernel::text::Checks;
use crate::kernel::{Code, CouponId, CreatorId, Currency, Instant, Money, OfferingId, UserId};

use super::refusals::CouponRefusal as No;

/// The whole, in basis points.
pub const WHOLE: i32 = 10_000;
/// Offerings a coupon may be limited to.
pub const MOST_OFFERINGS: usize = 100;
/// The largest limit, and the largest amount off in minor units.
const LARGEST: i64 = 10_000_000;
/// The furthest end.
const FURTHEST: Duration = Duration::days(3660);

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// A part of the price, in basis points.
    Percent(u32),
    /// An amount, from all it applies to together.
    Amount(Money),
}

/// A code that takes something off.
#[derive(Clone, Debug)]
pub struct Coupon {
    /// Key.
    pub id: CouponId,
    /// Whose.
    pub creator: CreatorId,
    /// As its creator wrote it.
    pub code: String,
    /// What it takes off.
    pub discount: Discount,
    /// How often it may be used; none = without end.
    pub max_redemptions: Option<i32>,
    /// How often one customer may use it.
    pub per_customer_limit: Option<i32>,
    /// Uses that were taken and not released.
    pub redemption_count: i32,
    /// Good from then on.
    pub starts_at: Option<Instant>,
    /// Good until then.
    pub ends_at: Option<Instant>,
    /// Switched off at.
    pub disabled_at: Option<Instant>,
}

/// Why a code takes nothing off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// This creator has no such code.
    Unknown,
    /// Not yet.
    NotYet,
    /// No longer.
    Over,
    /// Used as often as it may be.
    UsedUp,
    /// Used by this customer as often as they may.
    UsedUpByCustomer,
    /// Not for these things.
    OtherThings,
    /// An amount in another currency.
    OtherCurrency,
    /// What would remain is too little to be charged.
    TooLittleLeft,
}

impl Reason {
    /// For programs.
    pub fn code(self) -> Code {
        match self {
            Self::Unknown => Code::CouponNotFound,
            Self::Over => Code::CouponExpired,
            Self::UsedUp | Self::UsedUpByCustomer => Code::CouponExhausted,
            Self::NotYet | Self::OtherThings | Self::OtherCurrency => Code::CouponNotApplicable,
            Self::TooLittleLeft => Code::AmountBelowMinimum,
        }
    }
}

/// Who buys, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// Their account.
    pub user: Option<UserId>,
    /// Their address; guests have no more.
    pub email: Option<String>,
}

impl Customer {
    /// The address as it is compared.
    pub fn folded_email(&self) -> Option<String> {
        self.email.as_deref().map(|email| email.trim().to_lowercase())
    }
}

/// One thing of a basket, as a coupon sees it.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// What.
    pub offering: OfferingId,
    /// What it costs.
    pub amount_minor: i64,
    /// Whether the buyer decided what it costs: then there is nothing to take off.
    pub chosen: bool,
}

impl Coupon {
    /// Why it cannot be used at `now`, by anybody.
    pub fn closed_at(&self, now: Instant) -> Option<Reason> {
        if self.disabled_at.is_some() || self.ends_at.is_some_and(|end| end <= now) {
            return Some(Reason::Over);
        }
        if self.starts_at.is_some_and(|start| start > now) {
            return Some(Reason::NotYet);
        }
        let used_up = self.max_redemptions.is_some_and(|most| self.redemption_count >= most);
        used_up.then_some(Reason::UsedUp)
    }

    /// How much it takes off which of the items: what each may give up at most, nothing where it does not apply, and how
    /// much all together. `scope` empty = everything of its creator.
    pub fn takes_off(
        &self,
        items: &[Item],
        scope: &[OfferingId],
        currency: Currency,
    ) -> Result<(i64, Vec<i64>), Reason> {
        if matches!(self.discount, Discount::Amount(off) if off.currency != currency) {
            return Err(Reason::OtherCurrency);
        }
        let within = |item: &Item| !item.chosen && (scope.is_empty() || scope.contains(&item.offering));
        let bases: Vec<i64> =
            items.iter().map(|item| if within(item) { item.amount_minor } else { 0 }).collect();
        let base: i64 = bases.iter().sum();
        let off = match self.discount {
            Discount::Percent(basis_points) => basis_points_of(base, basis_points),
            Discount::Amount(off) => off.minor,
        };
        let off = off.min(base);
        if off <= 0 { Err(Reason::OtherThings) } else { Ok((off, bases)) }
    }
}

/// A code as it is compared: codes mean the same in whatever case.
pub fn folded_code(code: &str) -> String {
    code.trim().to_ascii_uppercase()
}

/// What a creator asks for, as it came in.
#[derive(Clone, Debug)]
pub struct NewCoupon {
    /// The code.
    pub code: String,
    /// What it takes off; basis points as they came.
    pub discount: NewDiscount,
    /// See [`Limits`].
    pub limits: Limits,
    /// How often one customer may use it.
    pub per_customer_limit: Option<i32>,
    /// Good from then on.
    pub starts_at: Option<Instant>,
}

/// What a coupon shall take off, as it came in.
#[derive(Clone, Copy, Debug)]
pub enum NewDiscount {
    /// A part of the price.
    Percent(i32),
    /// An amount.
    Amount(Money),
}

/// What of a coupon may change later.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// How often it may be used. `Some(None)` = without end; absent = keep.
    pub max_redemptions: Option<Option<i32>>,
    /// Good until then. `Some(None)` = without end; absent = keep.
    pub ends_at: Option<Option<Instant>>,
    /// What it is for; empty = everything. Absent = keep.
    pub offerings: Option<Vec<OfferingId>>,
}

impl NewCoupon {
    /// The discount, if all that is asked for is possible; what is not is noted in `checks`.
    pub fn checked(&self, now: Instant, checks: &mut Checks) -> Option<Discount> {
        checks.take(&["input", "code"], code(&self.code));
        let discount = match self.discount {
            NewDiscount::Percent(points) => {
                let share = u32::try_from(points).ok().filter(|_| (1..=WHOLE).contains(&points));
                let share = share.ok_or(No::PercentOutOfRange);
                let path = ["input", "discount", "percentOffBasisPoints"];
                checks.take(&path, share).map(Discount::Percent)
            }
            NewDiscount::Amount(off) => {
                let possible = (1..=LARGEST).contains(&off.minor);
                let off = if possible { Ok(off) } else { Err(No::AmountOutOfRange) };
                checks.take(&["input", "discount", "amountOff"], off).map(Discount::Amount)
            }
        };
        if let Some(limit) = self.per_customer_limit {
            checks.take(&["input", "perCustomerLimit"], times(limit));
        }
        let end = self.limits.ends_at.flatten();
        if self.starts_at.zip(end).is_some_and(|(start, end)| end <= start) {
            checks.take(&["input", "endsAt"], Err::<(), _>(No::EndsBeforeStart));
        }
        if self.starts_at.is_some_and(|start| start > now + FURTHEST) {
            checks.take(&["input", "startsAt"], Err::<(), _>(No::TooFar));
        }
        self.limits.checked(now, checks);
        discount
    }
}

impl Limits {
    /// Notes what is not possible.
    pub fn checked(&self, now: Instant, checks: &mut Checks) {
        if let Some(Some(most)) = self.max_redemptions {
            checks.take(&["input", "maxRedemptions"], times(most));
        }
        if let Some(Some(end)) = self.ends_at {
            if end <= now {
                checks.take(&["input", "endsAt"], Err::<(), _>(No::EndPast));
            } else if end > now + FURTHEST {
                checks.take(&["input", "endsAt"], Err::<(), _>(No::TooFar));
            }
        }
        let offerings = self.offerings.as_deref().unwrap_or_default();
        if offerings.len() > MOST_OFFERINGS {
            checks.take(&["input", "offeringIds"], Err::<(), _>(No::TooManyOfferings));
        }
    }
}

fn code(given: &str) -> Result<(), No> {
    let given = given.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (3..=40).contains(&given.len()) && given.bytes().all(fits) { Ok(()) } else { Err(No::CodeInvalid) }
}

fn times(limit: i32) -> Result<(), No> {
    if limit >= 1 && i64::from(limit) <= LARGEST { Ok(()) } else { Err(No::LimitOutOfRange) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn thing(n: u128) -> OfferingId {
        OfferingId(Uuid::from_u128(n))
    }

    fn item(n: u128, amount_minor: i64) -> Item {
        Item { offering: thing(n), amount_minor, chosen: false }
    }

    fn coupon(discount: Discount) -> Coupon {
        Coupon {
            id: CouponId(Uuid::from_u128(1)),
            creator: CreatorId(Uuid::from_u128(2)),
            code: "SUMMER".to_owned(),
            discount,
            max_redemptions: None,
            per_customer_limit: None,
            redemption_count: 0,
            starts_at: None,
            ends_at: None,
            disabled_at: None,
        }
    }

    fn euros(minor: i64) -> Discount {
        Discount::Amount(Money::new(minor, Currency::Eur))
    }

    #[test]
    fn a_discount_is_taken_off_what_it_is_for() {
        let items = [item(1, 1000), item(2, 3000), Item { chosen: true, ..item(3, 500) }];
        let off = |discount, scope: &[OfferingId]| {
            coupon(discount).takes_off(&items, scope, Currency::Eur).map(|(off, _)| off)
        };
        assert_eq!(off(Discount::Percent(2500), &[]), Ok(1000), "not off what the buyer decides");
        assert_eq!(off(Discount::Percent(2500), &[thing(2)]), Ok(750));
        assert_eq!(off(euros(500), &[]), Ok(500));
        assert_eq!(off(euros(9999), &[thing(1)]), Ok(1000), "never more than there is");
        assert_eq!(off(euros(500), &[thing(9)]), Err(Reason::OtherThings));
        assert_eq!(off(Discount::Percent(1), &[thing(1)]), Err(Reason::OtherThings), "less than a cent");
        let dollars = Discount::Amount(Money::new(500, Currency::Usd));
        assert_eq!(off(dollars, &[]), Err(Reason::OtherCurrency));
    }

    #[test]
    fn a_coupon_is_good_from_its_start_until_just_before_its_end() {
        let now = Instant::UNIX_EPOCH;
        let second = Duration::seconds(1);
        let good = coupon(euros(100));
        assert_eq!(good.closed_at(now), None);
        let later = Coupon { starts_at: Some(now + second), ..good.clone() };
        assert_eq!((later.closed_at(now), later.closed_at(now + second)), (Some(Reason::NotYet), None));
        let ending = Coupon { ends_at: Some(now + second), ..good.clone() };
        assert_eq!((ending.closed_at(now), ending.closed_at(now + second)), (None, Some(Reason::Over)));
        let off = Coupon { disabled_at: Some(now), ..good.clone() };
        assert_eq!(off.closed_at(now), Some(Reason::Over));
        let used = Coupon { max_redemptions: Some(2), redemption_count: 2, ..good };
        assert_eq!(used.closed_at(now), Some(Reason::UsedUp));
    }

    proptest! {
        #[test]
        fn a_discount_never_exceeds_what_it_is_taken_off(
            amounts in prop::collection::vec(0..=99_999_999_i64, 1..20),
            basis_points in 1..=10_000_u32,
            minor in 1..=10_000_000_i64,
        ) {
            let items: Vec<_> = amounts.iter().zip(1..).map(|(amount, n)| item(n, *amount)).collect();
            let whole: i64 = amounts.iter().sum();
            for discount in [Discount::Percent(basis_points), euros(minor)] {
                if let Ok((off, bases)) = coupon(discount).takes_off(&items, &[], Currency::Eur) {
                    prop_assert!(off > 0 && off <= whole);
                    prop_assert_eq!(&bases, &amounts);
                }
            }
        }
    }
}
