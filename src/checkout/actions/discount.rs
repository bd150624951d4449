//! What a code takes off a basket, divided over its lines.

use crate::app::App;
use crate::coupons::actions::{Applied, look};
use crate::coupons::model::{Customer, Item, Reason};
use crate::kernel::{CreatorId, Currency, Error, Fault, OfferingId, Result};

use super::super::model::{CouponOutcome, QuoteLine};
use super::super::shares::divide;

/// Takes off the lines what the code takes off, and says what came of it. What would leave less than can be charged is
/// not taken off at all: the buyer sees the full price and the reason.
pub(super) async fn discount(
    app: &App,
    (creator, currency): (CreatorId, Currency),
    code: &str,
    customer: &Customer,
    lines: &mut [QuoteLine],
) -> Result<CouponOutcome> {
    // What is due again and again is charged by Stripe at its own price.
    if lines.iter().any(|line| line.recurring.is_some()) {
        return Ok(CouponOutcome::Refused(Reason::OtherThings));
    }
    let items: Vec<Item> = lines.iter().map(item).collect();
    let applied = match look(app, creator, code, customer, (items.as_slice(), currency)).await? {
        Ok(applied) => applied,
        Err(reason) => return Ok(CouponOutcome::Refused(reason)),
    };
    let rest = lines.iter().map(|line| line.amount_minor).sum::<i64>() - applied.off_minor;
    if rest > 0 && rest < currency.floor_minor() {
        return Ok(CouponOutcome::Refused(Reason::TooLittleLeft));
    }
    for (line, off) in lines.iter_mut().zip(divided(&applied)?) {
        line.discount_minor = off;
        line.amount_minor -= off;
    }
    Ok(CouponOutcome::Applied(applied.coupon))
}

fn item(line: &QuoteLine) -> Item {
    Item { offering: OfferingId(line.offering), amount_minor: line.amount_minor, chosen: line.chosen }
}

/// The whole discount, over the lines by what they cost. No line gives up more than it costs: its share is at most its
/// exact share rounded up, and the discount is at most what all cost.
fn divided(applied: &Applied) -> Result<Vec<i64>> {
    let weights: Option<Vec<u32>> = applied.bases.iter().map(|base| u32::try_from(*base).ok()).collect();
    let parts = weights.and_then(|weights| divide(applied.off_minor, &weights));
    parts.ok_or_else(|| Error::Fault(Fault::new("dividing a discount", format!("{applied:?}"))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::kernel::CouponId;

    proptest! {
        #[test]
        fn a_discount_is_divided_to_the_unit_and_no_line_goes_below_nothing(
            bases in prop::collection::vec(0..=99_999_999_i64, 1..=20),
            part in 1..=10_000_u32,
        ) {
            let whole: i64 = bases.iter().sum();
            let off_minor = crate::kernel::money::basis_points_of(whole, part).min(whole);
            prop_assume!(off_minor > 0);
            let applied = Applied { coupon: CouponId(Uuid::from_u128(1)), off_minor, bases: bases.clone() };
            let parts = divided(&applied).expect("divisible");
            prop_assert_eq!(parts.iter().sum::<i64>(), off_minor);
            for (part, base) in parts.iter().zip(&bases) {
                prop_assert!((0..=*base).contains(part), "{part} off {base}");
            }
        }
    }
}
