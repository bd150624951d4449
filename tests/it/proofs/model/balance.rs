//! The creator's money: held, released after the refund window, sent to their account, kept back by operators.
//!
//! Kept true: nothing is released early or while a bank has the payment; nothing is sent without an account or during
//! a hold; what goes back to buyers and banks is taken from it. Only a new hour looks for what is due, so between
//! two looks this gives bounds.

use super::disputes::Outcome;
use super::{Belief, Bounds, FEE_PERCENT, HELD_FOR, LONGEST_ROUND, Model, Order, PAGE_LIFE, Page, RUN};

/// What the creator has of an amount: all prices and refunds here are multiples of ten, so nothing is rounded.
pub fn share(amount: i64) -> i64 {
    amount - amount * FEE_PERCENT / 100
}

impl Order {
    /// Whether the round that releases meets this order as a payment that stands.
    fn may_be_released(&self) -> Belief {
        match self.dispute.as_ref().map(|dispute| (dispute.outcome, dispute.surely)) {
            None | Some((Outcome::Won, true)) => Belief::Surely,
            Some((Outcome::Open | Outcome::Lost, true)) => Belief::No,
            Some((_, false)) => Belief::Perhaps,
        }
    }

    fn is_released(&mut self, over: i64, looks: bool) {
        let may = self.may_be_released();
        let due = self.page == Page::Paid && over >= HELD_FOR - RUN && self.released != Belief::Surely;
        if !due || may == Belief::No {
            return;
        }
        let left = share(self.left());
        if self.released == Belief::No {
            self.release.1 = left;
        }
        let sure = looks && self.surely && over >= HELD_FOR && may == Belief::Surely;
        if sure {
            self.release.0 = left;
        }
        self.released = if sure { Belief::Surely } else { Belief::Perhaps };
    }
}

impl Model {
    /// Pages end in their time; the sweep and the asking for lost events run at least every ten minutes.
    pub(super) fn passes(&mut self, minutes: i64) {
        self.minutes += minutes;
        // Only a new hour looks for shares to release.
        let looks = minutes > 60;
        let sends = looks && self.account == Belief::Surely && self.held_at.is_none();
        for order in &mut self.orders {
            order.is_released(self.minutes - order.paid_at, looks);
            if order.page == Page::Open && self.minutes - order.at >= PAGE_LIFE {
                order.page = Page::Closed;
            }
            if sends && order.may_be_released() == Belief::Surely {
                order.withheld = 0;
            }
            order.surely = true;
            if let Some(dispute) = &mut order.dispute {
                dispute.must_be_known();
            }
        }
        if sends {
            self.sent_at_least = self.released().0;
        }
        if self.account == Belief::Perhaps && minutes > LONGEST_ROUND {
            self.account = Belief::Surely;
        }
    }

    /// What must have become due to the creator.
    pub fn released(&self) -> Bounds {
        let release = |order: &Order| order.release;
        self.orders.iter().map(release).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// What must have been sent to the creator's account.
    pub fn sent(&self) -> Bounds {
        match self.account {
            Belief::No => (0, 0),
            // What went back to buyers and banks is taken back from the account, or kept from what would be sent.
            _ => {
                let withheld: i64 = self.orders.iter().map(|order| order.withheld).sum();
                let most = self.released().1;
                (
                    self.sent_at_least - share(self.refunded()) - withheld,
                    self.held_at.map_or(most, |held| held.min(most)),
                )
            }
        }
    }

    /// What went back to buyers.
    pub fn refunded(&self) -> i64 {
        self.orders.iter().map(|order| order.refunded).sum()
    }
}
