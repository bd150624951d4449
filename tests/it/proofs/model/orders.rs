//! Agreements, their pages at Stripe, and the rights they give.
//!
//! Kept true: somebody may learn a course exactly while a payment for it stands, theirs or, of a gift, another's; a
//! payment stands until it is given back with the right or a bank takes it. Not here: what the creator gets of it.

use super::disputes::Dispute;
use super::parts::Parts;
use super::{Belief, Bounds, Each, Model, gives};

/// The page at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Can be paid.
    Open,
    /// Was paid.
    Paid,
    /// Can no longer be paid.
    Closed,
}

/// An agreement and what became of it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who agreed.
    pub buyer: usize,
    /// To what.
    pub offer: usize,
    /// To which quote.
    pub quote: usize,
    /// At which price, in cents.
    pub price: i64,
    /// The code that took something off.
    pub coupon: Option<usize>,
    /// Whether it is for somebody else.
    pub gift: bool,
    /// Who redeemed the gift.
    pub redeemed_by: Option<usize>,
    /// How the page at Stripe is.
    pub page: Page,
    /// Whether we must know of it by now.
    pub surely: bool,
    /// Given back so far, in cents.
    pub refunded: i64,
    /// Whose it is, and what of that went back.
    pub parts: Parts,
    /// Whether the right to learn was given back with it.
    pub revoked: bool,
    /// The bank's wish to have the payment back.
    pub dispute: Option<Dispute>,
    /// What else paid for the same.
    pub rival: Rival,
    pub(super) told: bool,
    pub(super) at: i64,
    pub(super) paid_at: i64,
    pub(super) released: Belief,
    pub(super) release: Each<Bounds>,
    /// What may be missing of what was sent, because of a dispute.
    pub(super) withheld: Each<i64>,
}

/// Whether something was bought twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// It was theirs already: whenever we see this payment, a person is called.
    Known,
    /// Nobody knew of another payment: of these, all but the first that we see are one too many.
    Group(usize),
}

impl Order {
    /// An open page. Who shares in it is agreed now.
    pub(super) fn new(quote: usize, of: &super::Quoted, parts: Parts, (number, at): (usize, i64)) -> Self {
        Self {
            buyer: of.buyer,
            offer: of.offer,
            quote,
            price: of.price,
            coupon: of.coupon.filter(|_| of.applied),
            gift: of.gift,
            redeemed_by: None,
            page: Page::Open,
            surely: true,
            refunded: 0,
            parts,
            revoked: false,
            dispute: None,
            rival: Rival::Group(number),
            told: true,
            at,
            paid_at: 0,
            released: Belief::No,
            release: Each::default(),
            withheld: Each::default(),
        }
    }

    /// Whether it buys the same with no bank in between: whichever of the two we see first gives the right.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.offer == other.offer && self.dispute.is_none()
    }

    /// Who learns by it.
    pub fn learner(&self) -> Option<usize> {
        if self.gift { self.redeemed_by } else { Some(self.buyer) }
    }

    /// Who may learn what by it, as long as it stands.
    pub fn rights(&self) -> Vec<(usize, usize)> {
        let courses = |learner| gives(self.offer).map(move |course| (learner, course));
        self.learner().into_iter().flat_map(courses).collect()
    }

    /// What was not given back.
    pub fn left(&self) -> i64 {
        self.price - self.refunded
    }

    /// So many cents go back to the buyer.
    pub(super) fn gives_back(&mut self, amount: i64) {
        self.refunded += amount;
        self.parts.take(amount);
    }

    /// Whether it was paid and gives a right.
    pub fn stands(&self) -> bool {
        self.page == Page::Paid && !self.revoked && !self.dispute.as_ref().is_some_and(Dispute::takes_access)
    }

    /// Whether we must know how it is at Stripe.
    pub(super) fn is_calm(&self) -> bool {
        (self.page != Page::Paid || self.surely) && self.dispute.as_ref().is_none_or(|dispute| dispute.surely)
    }

    /// How the checkout and the order may look to the buyer.
    pub fn may_look(&self) -> Vec<(&'static str, &'static str)> {
        let paid = match self.refunded {
            0 => ("SUCCEEDED", "PAID"),
            part if part < self.price => ("SUCCEEDED", "PARTIALLY_REFUNDED"),
            _ => ("SUCCEEDED", "REFUNDED"),
        };
        let disputed = ("SUCCEEDED", "DISPUTED");
        let void = [("EXPIRED", "VOID"), ("CANCELLED", "VOID")];
        match (self.page, self.surely) {
            (Page::Open, _) => vec![("OPEN", "PENDING")],
            (Page::Paid, false) => vec![paid, ("OPEN", "PENDING")],
            (Page::Paid, true) => match self.dispute.as_ref().map(Dispute::shows) {
                None | Some(Belief::No) => vec![paid],
                Some(Belief::Perhaps) => vec![paid, disputed],
                Some(Belief::Surely) => vec![disputed],
            },
            (Page::Closed, true) => void.to_vec(),
            (Page::Closed, false) => [&void[..], &[("OPEN", "PENDING")]].concat(),
        }
    }
}

impl Model {
    /// Whether a right to all of it was paid for, as far as Stripe knows.
    pub(super) fn paid(&self, learner: usize, offer: usize) -> bool {
        self.courses_paid(learner, offer) == gives(offer).len()
    }

    /// Whether we must know of a right to all of it.
    pub(super) fn has(&self, learner: usize, offer: usize) -> bool {
        let sure = |order: &Order| order.stands() && order.surely;
        gives(offer).all(|course| self.around(learner, course).any(sure))
    }

    /// Whether we must know all about what gives this person any of it.
    pub(super) fn is_calm(&self, learner: usize, offer: usize) -> bool {
        self.around(learner, offer).all(Order::is_calm)
    }

    /// Whether taking this payment's right has one right outcome, whatever else was paid: nothing else gives the same.
    pub(super) fn is_alone(&self, order: &Order) -> bool {
        let Some(learner) = order.learner() else { return true };
        let standing = self.around(learner, order.offer).filter(|other| other.stands()).count();
        standing <= 1 && self.is_calm(learner, order.offer)
    }

    /// What a payment that is made now finds.
    pub(super) fn rival_of(&self, number: usize) -> Rival {
        let order = &self.orders[number];
        let alone = Rival::Group(number);
        if order.gift {
            return alone;
        }
        if self.has(order.buyer, order.offer) {
            return Rival::Known;
        }
        let same = |other: &&Order| other.offer == order.offer && other.stands();
        let mut others = self.around(order.buyer, order.offer).filter(same);
        others.next().map_or(alone, |other| other.rival)
    }
}
