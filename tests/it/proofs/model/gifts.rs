//! Bought by one, learnt from by another.
//!
//! Kept true: a code is good for one person, who keeps it; it waits while a bank has the money, and is void once the
//! money went back, or the right with it; whoever has the course already leaves it to somebody else. Not here: who
//! the letter went to; whoever holds the code may redeem it.

use super::{Model, Page};

impl Model {
    /// Whether redeeming has one right answer now: we know how the gift is paid, and what this person has.
    pub(super) fn may_be_redeemed(&self, number: usize, by: usize) -> bool {
        let Some(order) = self.orders.get(number) else { return false };
        let gift = order.gift && order.page == Page::Paid && order.surely && order.is_calm();
        gift && self.is_calm(by, order.offer)
    }

    /// Why a code redeems nothing.
    pub(super) fn not_redeemed(&self, number: usize, by: usize) -> Option<&'static str> {
        let order = &self.orders[number];
        match order.redeemed_by {
            Some(one) if one == by => None,
            Some(_) => Some("TAKEN"),
            None if self.is_disputed(number) => Some("INVALID_STATE"),
            None if order.revoked || order.left() == 0 => Some("TOKEN_EXPIRED"),
            None if self.has(by, order.offer) => Some("ALREADY_ENROLLED"),
            None => None,
        }
    }
}
