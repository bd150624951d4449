//! Several courses sold together: what an offer gives, and what of its price falls on each course.
//!
//! Kept true: a bundle gives every course that its buyer had not, and what they had stays as it was; its price is divided
//! by what the courses cost alone, and each part of it as that course is divided; what two payments give is kept while
//! one of them stands. Not here: what becomes of a bundle whose courses change.

use std::ops::Range;

use super::parts::{Parts, by_weights};
use super::{Model, Order, PRICES, Quoted};

/// Courses that are sold alone.
pub const COURSES: usize = 2;
/// The offer that gives them all.
pub const BUNDLE: usize = 2;

/// Which courses an offer gives.
pub fn gives(offer: usize) -> Range<usize> {
    if offer == BUNDLE { 0..COURSES } else { offer..offer + 1 }
}

impl Model {
    /// Who has what of an offer that is sold now as it was quoted.
    pub(super) fn divided(&self, quoted: &Quoted) -> Parts {
        let (offer, price) = (quoted.offer, quoted.price);
        let alone: [i64; COURSES] = std::array::from_fn(|course| PRICES[course]);
        let amounts = if offer == BUNDLE { by_weights(price, alone) } else { [price, 0] };
        let first = gives(offer).start;
        let items = [(amounts[0], self.part_of(first)), (amounts[1], self.part_of(COURSES - 1))];
        Parts::of((price, self.tax_of(quoted.buyer, price)), items, quoted.recommended)
    }

    /// Everything of theirs that gives this person one of the same courses.
    pub(super) fn around(&self, learner: usize, offer: usize) -> impl Iterator<Item = &Order> {
        let common = move |order: &Order| gives(order.offer).any(|course| gives(offer).contains(&course));
        self.orders.iter().filter(move |order| order.learner() == Some(learner) && common(order))
    }

    /// How many of an offer's courses this person has paid for, as far as Stripe knows.
    pub(super) fn courses_paid(&self, learner: usize, offer: usize) -> usize {
        gives(offer).filter(|course| self.around(learner, *course).any(Order::stands)).count()
    }

    /// Whether what else this person paid for keeps its courses, if one payment's right is taken: some of
    /// its money is still here, and no bank has asked for it.
    pub(super) fn is_kept(&self, order: &Order) -> bool {
        let Some(learner) = order.learner() else { return true };
        let keeps = |other: &Order| other.left() > 0 && other.dispute.is_none();
        let mut others = self.around(learner, order.offer).filter(|other| !std::ptr::eq(*other, order));
        self.is_calm(learner, order.offer) && others.all(|other| !other.stands() || keeps(other))
    }

    /// What became of bundles in the end.
    pub fn bundled(&self) -> Vec<&'static str> {
        let any = |of: &dyn Fn(&Order) -> bool| {
            self.orders.iter().any(|order| order.offer == BUNDLE && order.surely && of(order))
        };
        let beside = |order: &Order| {
            let learner = order.learner();
            learner.is_some_and(|one| self.around(one, BUNDLE).any(|it| it.offer != BUNDLE && it.stands()))
        };
        let all = [
            (any(&Order::stands), "a bundle is somebody's"),
            (any(&|order| order.stands() && beside(order)), "a bundle is somebody's who has a part of it"),
            (any(&|order| order.revoked && beside(order)), "a bundle went back, a part of it was kept"),
            (any(&|order| order.revoked && !beside(order)), "a bundle went back"),
            (any(&|order| order.redeemed_by.is_some()), "a bundle was given"),
            (any(&|order| order.coupon.is_some() && order.stands()), "a bundle was bought for less"),
        ];
        let cases = |order: &Order| order.dispute.as_ref().map_or(0, |dispute| dispute.cases);
        let again = (self.orders.iter().any(|order| cases(order) > 0), "what was disputed was bought again");
        all.into_iter().chain([again]).filter_map(|(happened, name)| happened.then_some(name)).collect()
    }
}
