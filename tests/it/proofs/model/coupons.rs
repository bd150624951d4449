//! Codes that take something off.
//!
//! Kept true: a code takes half off, for as many as it was made for and no more; an agreement takes a use, and a page
//! that is closed unpaid gives it back; what was paid keeps it, also when the money goes back. A quote takes none, so
//! what it promised may be gone when somebody agrees.

use super::{Bounds, Model, PRICES, Page, With};

/// How often a code may be used.
pub const USES: i64 = 2;
/// What it takes off, of a hundred.
pub const PERCENT_OFF: i64 = 50;
/// More would only be more of the same.
pub const MOST: usize = 4;

/// A code.
#[derive(Clone, Debug, Default)]
pub struct Coupon {
    /// Whether its creator ended it.
    pub ended: bool,
}

impl Model {
    /// How often a code is in use.
    pub fn uses(&self, coupon: usize) -> Bounds {
        let all = self.orders.iter().filter(|order| order.coupon == Some(coupon));
        let used = all.map(|order| match (order.page, order.surely) {
            (Page::Closed, true) => (0, 0),
            (Page::Closed, false) => (0, 1),
            _ => (1, 1),
        });
        used.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Whether a code takes something off now, if there is one right answer.
    pub(super) fn takes_off(&self, coupon: usize) -> Option<bool> {
        let (least, most) = self.uses(coupon);
        if self.coupons[coupon].ended || least >= USES {
            return Some(false);
        }
        (most < USES).then_some(true)
    }

    /// What a course costs so.
    pub(super) fn cost(&self, offer: usize, with: With) -> i64 {
        let price = PRICES[offer];
        match with {
            With::Coupon(coupon) if self.takes_off(coupon) == Some(true) => {
                price - (price * PERCENT_OFF + 50) / 100
            }
            _ => price,
        }
    }
}
