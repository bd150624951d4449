//! The payees' money: held, released after the refund window, sent to their accounts, kept back by operators.
//!
//! Kept true: nothing is released early or while a bank has the payment; nothing is sent without an account or during
//! a hold; what goes back to buyers and banks is taken from it. Only a new hour looks for what is due, so between
//! two looks this gives bounds.

use super::disputes::Outcome;
use super::{
    AFFILIATE, Belief, Bounds, Each, HELD_FOR, LONGEST_ROUND, Model, Order, PAGE_LIFE, PAYEES, Page, RUN,
};

/// How long a commission waits for an account before it goes back to the others, in minutes.
const CLAIMED_FOR: i64 = 180 * 1440;

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
        let sure = looks && self.surely && over >= HELD_FOR && may == Belief::Surely;
        self.may_be_due(if sure { Belief::Surely } else { Belief::Perhaps });
    }

    /// What is left of it is due to everybody who has a part of it, all at once; or perhaps it is.
    pub(super) fn may_be_due(&mut self, belief: Belief) {
        for (release, left) in self.release.iter_mut().zip(self.parts.left()) {
            if self.released == Belief::No {
                release.1 = left;
            }
            if belief == Belief::Surely {
                release.0 = left;
            }
        }
        self.released = belief;
    }

    /// What must have become due to a payee.
    pub fn release(&self, payee: usize) -> Bounds {
        self.release[payee]
    }
}

impl Model {
    /// Pages end in their time; the sweep and the asking for lost events run at least every ten minutes.
    pub(super) fn passes(&mut self, minutes: i64) {
        self.minutes += minutes;
        // Only a new hour looks for shares to release.
        let looks = minutes > 60;
        let sends: Each<bool> = std::array::from_fn(|payee| {
            looks && self.account[payee] == Belief::Surely && self.held_at[payee].is_none()
        });
        for order in &mut self.orders {
            order.is_released(self.minutes - order.paid_at, looks);
            if order.page == Page::Open && self.minutes - order.at >= PAGE_LIFE {
                order.page = Page::Closed;
            }
            let calm = order.may_be_released() == Belief::Surely;
            for payee in (0..PAYEES).filter(|payee| calm && sends[*payee]) {
                order.withheld[payee] = 0;
            }
            order.surely = true;
            if let Some(dispute) = &mut order.dispute {
                dispute.must_be_known();
            }
        }
        for (payee, sends) in sends.into_iter().enumerate() {
            if sends {
                self.sent_at_least[payee] = self.released(payee).0;
            }
            if self.account[payee] == Belief::Perhaps && minutes > LONGEST_ROUND {
                self.account[payee] = Belief::Surely;
            }
        }
    }

    /// Whether no commission has waited too long by then.
    pub(super) fn is_claimed(&self, minutes: i64) -> bool {
        self.account[AFFILIATE] == Belief::Surely || minutes < CLAIMED_FOR - LONGEST_ROUND
    }

    /// What must have become due to a payee.
    pub(super) fn released(&self, payee: usize) -> Bounds {
        let releases = self.orders.iter().map(|order| order.release(payee));
        releases.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// What must have been sent to a payee's account.
    pub fn sent(&self, payee: usize) -> Bounds {
        match self.account[payee] {
            Belief::No => (0, 0),
            // What went back to buyers and banks is taken back from the account, or kept from what would be sent.
            _ => {
                let kept = |order: &Order| order.parts.given_up(payee) + order.withheld[payee];
                let kept: i64 = self.orders.iter().map(kept).sum();
                let most = self.released(payee).1;
                (self.sent_at_least[payee] - kept, self.held_at[payee].map_or(most, |held| held.min(most)))
            }
        }
    }

    /// What went back to buyers.
    pub fn refunded(&self) -> i64 {
        self.orders.iter().map(|order| order.refunded).sum()
    }
}
