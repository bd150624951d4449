//! Banks that take payments back, and give them back or not.
//!
//! Kept true: a dispute freezes what refunds left of the creator's part, takes access meanwhile, and keeps the order's
//! money from being released or sent; won gives all of it back, lost takes it for good. Not here: what a bank takes
//! beyond that, its fee, and evidence; the market's own rules know them.

use super::{Belief, Bounds, Each, HELD_FOR, Model, Page, RUN};

/// How a bank decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not yet.
    Open,
    /// For us.
    Won,
    /// Against us.
    Lost,
}

/// A dispute at Stripe.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// How it stands at Stripe.
    pub outcome: Outcome,
    /// Whether we must know of that by now.
    pub surely: bool,
    /// What refunds had left, in cents.
    pub left: i64,
    /// What of that each payee had.
    parts: Each<i64>,
    /// How many courses its end found paid for by another payment: a person decides then.
    pub cases: usize,
    opened_surely: bool,
    told: bool,
}

impl Dispute {
    /// Whether it takes the right to learn: of a payment that was given back before there is nothing to take.
    pub(super) fn takes_access(&self) -> bool {
        self.outcome != Outcome::Won && self.left > 0
    }

    /// Whether the order looks disputed. A lost one does for good.
    pub(super) fn shows(&self) -> Belief {
        match (self.outcome, self.surely) {
            (Outcome::Won, true) => Belief::No,
            (Outcome::Open | Outcome::Lost, true) => Belief::Surely,
            (Outcome::Lost, false) if self.opened_surely => Belief::Surely,
            (_, false) => Belief::Perhaps,
        }
    }

    /// What is frozen of a payee's money, if the order looks like this.
    pub fn frozen(&self, payee: usize, disputed: bool) -> Bounds {
        let part = self.parts[payee];
        match (self.outcome, self.surely) {
            _ if !disputed => (0, 0),
            (Outcome::Lost, true) => (0, 0),
            (Outcome::Lost, false) => (0, part),
            _ => (part, part),
        }
    }

    /// What a payee lost for good, if the order looks like this.
    pub fn lost(&self, payee: usize, disputed: bool) -> Bounds {
        let part = self.parts[payee];
        match (self.outcome, self.surely) {
            (Outcome::Lost, true) => (part, part),
            (Outcome::Lost, false) if disputed => (0, part),
            _ => (0, 0),
        }
    }

    pub(super) fn settles(&mut self) {
        if self.told {
            self.must_be_known();
        }
    }

    pub(super) fn must_be_known(&mut self) {
        (self.surely, self.opened_surely) = (true, true);
    }
}

impl Model {
    /// Whether a bank may take this payment back now, with one right outcome.
    pub(super) fn may_be_disputed(&self, number: usize) -> bool {
        let Some(order) = self.orders.get(number) else { return false };
        order.page == Page::Paid && order.surely && (order.dispute.is_some() || self.is_alone(order))
    }

    /// Whether the bank may decide now, with one right outcome.
    pub(super) fn may_be_decided(&self, number: usize) -> bool {
        let Some(order) = self.orders.get(number) else { return false };
        let others_are_calm = order.learner().is_none_or(|learner| {
            let mut others = self.around(learner, order.offer).filter(|other| !std::ptr::eq(*other, order));
            others.all(|other| other.is_calm())
        });
        order.dispute.as_ref().is_some_and(|dispute| dispute.outcome == Outcome::Open) && others_are_calm
    }

    /// Whether a bank's money stands between us and a refund.
    pub(super) fn is_disputed(&self, number: usize) -> bool {
        self.orders[number].dispute.as_ref().is_some_and(|dispute| dispute.outcome != Outcome::Won)
    }

    pub(super) fn disputes(&mut self, number: usize) {
        let told = self.is_told();
        let order = &mut self.orders[number];
        let (left, parts) = (order.left(), order.parts.left());
        order.withheld = parts;
        order.dispute = Some(Dispute {
            outcome: Outcome::Open,
            surely: false,
            left,
            parts,
            cases: 0,
            opened_surely: false,
            told,
        });
    }

    pub(super) fn decides(&mut self, number: usize, won: bool) {
        let (told, now) = (self.is_told(), self.minutes);
        let (learner, offer) = (self.orders[number].learner(), self.orders[number].offer);
        let stands = learner.map_or(0, |learner| self.courses_paid(learner, offer));
        let order = &mut self.orders[number];
        let Some(dispute) = &mut order.dispute else { return };
        // Whoever hears late of the beginning reads how it ended.
        dispute.told = told || (dispute.told && !dispute.surely);
        dispute.surely = false;
        dispute.outcome = if won { Outcome::Won } else { Outcome::Lost };
        dispute.cases = if won && dispute.left > 0 { stands } else { 0 };
        if won && now - order.paid_at >= HELD_FOR - RUN && order.released == Belief::No {
            order.may_be_due(Belief::Perhaps);
        }
    }
}
