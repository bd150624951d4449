//! The book: what each movement of money looks like in it. Pure.
//!
//! Double entry, one currency a journal; plus is debit, minus is credit. Kept true: a journal that does not sum to
//! zero cannot be made; its outside id (a charge, a balance transaction) makes booking it twice impossible.
//! Here are the journals of a sale; rooms above make theirs (release, transfer, refund, dispute) with
//! [`Journal::new`], one for each movement of payments.md 5.

use crate::checkout::model::{Order, OrderLine, Share};
use crate::kernel::{CreatorId, Currency, Error, Fault, Instant, OrderId, Result};

use super::judge::Arrived;

/// Where money can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The platform's balance at Stripe.
    Stripe,
    /// Tax owed to the state.
    Tax,
    /// The platform's income.
    Fee,
    /// What Stripe kept.
    StripeFee,
    /// The platform's own bank account.
    Bank,
    /// What banks charged for disputes.
    DisputeFee,
    /// Money that buyers' banks took back and that is not decided yet.
    DisputeOpen,
    /// What nobody will pay back any more.
    Loss,
    /// A creator's share, not yet released.
    Held(CreatorId),
    /// A creator's share, to be transferred.
    Due(CreatorId),
    /// A creator's share under dispute.
    Frozen(CreatorId),
}

impl Account {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stripe => "STRIPE",
            Self::Tax => "TAX",
            Self::Fee => "FEE",
            Self::StripeFee => "STRIPE_FEE",
            Self::Bank => "BANK",
            Self::DisputeFee => "DISPUTE_FEE",
            Self::DisputeOpen => "DISPUTE_OPEN",
            Self::Loss => "LOSS",
            Self::Held(_) => "HELD",
            Self::Due(_) => "DUE",
            Self::Frozen(_) => "FROZEN",
        }
    }

    /// The account of this name and payee.
    pub fn of(name: &str, payee: Option<CreatorId>) -> Option<Self> {
        Some(match (name, payee) {
            ("HELD", Some(payee)) => Self::Held(payee),
            ("DUE", Some(payee)) => Self::Due(payee),
            ("FROZEN", Some(payee)) => Self::Frozen(payee),
            (name, None) => {
                let plain = [
                    Self::Stripe,
                    Self::Tax,
                    Self::Fee,
                    Self::StripeFee,
                    Self::Bank,
                    Self::DisputeFee,
                    Self::DisputeOpen,
                    Self::Loss,
                ];
                plain.into_iter().find(|account| account.name() == name)?
            }
            _ => return None,
        })
    }

    /// Whose it is, if it is a creator's.
    pub fn payee(self) -> Option<CreatorId> {
        match self {
            Self::Held(payee) | Self::Due(payee) | Self::Frozen(payee) => Some(payee),
            Self::Stripe
            | Self::Tax
            | Self::Fee
            | Self::StripeFee
            | Self::Bank
            | Self::DisputeFee
            | Self::DisputeOpen
            | Self::Loss => None,
        }
    }
}

/// One movement of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// `SALE`, `STRIPE_FEE`, `RELEASE`, `REFUND`, ..: [`super::model::EntryKind`] names all that creators see.
    pub kind: &'static str,
    /// Stripe's id of the movement, or ours where Stripe has none; unique within the kind.
    pub external_id: String,
    /// For which order, if for one.
    pub order: Option<OrderId>,
    /// Of every posting.
    pub currency: Currency,
    /// When it happened.
    pub occurred_at: Instant,
    postings: Vec<(Account, i64)>,
}

impl Journal {
    /// What is debited (plus) and credited (minus); never zero, and zero in sum.
    pub fn postings(&self) -> &[(Account, i64)] {
        &self.postings
    }

    /// A journal of these postings: plus is debit, minus is credit. Sides of the same account are added up and zeros
    /// left out.
    ///
    /// # Errors
    /// A fault if the sides do not sum to zero or nothing is left.
    pub fn new(
        kind: &'static str,
        external_id: impl Into<String>,
        order: Option<OrderId>,
        currency: Currency,
        occurred_at: Instant,
        sides: impl IntoIterator<Item = (Account, i64)>,
    ) -> Result<Self> {
        let mut postings: Vec<(Account, i64)> = Vec::new();
        for (account, amount) in sides {
            match postings.iter_mut().find(|(known, _)| *known == account) {
                Some((_, sum)) => *sum += amount,
                None => postings.push((account, amount)),
            }
        }
        Self { kind, external_id: external_id.into(), order, currency, occurred_at, postings }.balanced()
    }

    fn balanced(mut self) -> Result<Self> {
        self.postings.retain(|(_, amount)| *amount != 0);
        let sum: i128 = self.postings.iter().map(|(_, amount)| i128::from(*amount)).sum();
        if sum != 0 || self.postings.is_empty() {
            let cause = format!("{} {} sums to {sum}", self.kind, self.external_id);
            return Err(Error::Fault(Fault::new("booking a journal", cause)));
        }
        Ok(self)
    }
}

/// A sale: the money is at Stripe; it belongs to the state, the platform and the payees.
pub fn sale(order: &Order, lines: &[OrderLine], shares: &[Share], arrived: &Arrived) -> Result<Journal> {
    let tax: i64 = lines.iter().map(|line| line.tax_minor).sum();
    let fee: i64 = lines.iter().map(|line| line.fee_minor).sum();
    let mut postings =
        vec![(Account::Stripe, arrived.amount_minor), (Account::Tax, -tax), (Account::Fee, -fee)];
    postings.extend(shares.iter().map(|share| (Account::Held(share.payee), -share.amount_minor)));
    Journal::new("SALE", &arrived.charge, Some(order.id), order.currency, arrived.at, postings)
}

/// What Stripe kept of a charge; `None` if it kept nothing.
pub fn stripe_fee(
    order: OrderId,
    currency: Currency,
    balance_transaction: &str,
    fee_minor: i64,
    at: Instant,
) -> Result<Option<Journal>> {
    if fee_minor == 0 {
        return Ok(None);
    }
    let sides = [(Account::StripeFee, fee_minor), (Account::Stripe, -fee_minor)];
    Journal::new("STRIPE_FEE", balance_transaction, Some(order), currency, at, sides).map(Some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::checkout::model::OrderStatus;
    use crate::checkout::shares::divide;
    use crate::kernel::OrderLineId;

    fn at() -> Instant {
        Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century")
    }

    fn creator(n: u128) -> CreatorId {
        CreatorId(Uuid::from_u128(n))
    }

    fn order(total_minor: i64) -> Order {
        Order {
            id: OrderId(Uuid::from_u128(1)),
            number: "AT-TEST-TEST".into(),
            creator: creator(7),
            buyer: None,
            buyer_email: "ben@example.org".into(),
            guest_email: None,
            status: OrderStatus::Pending,
            currency: Currency::Eur,
            subtotal_minor: total_minor,
            discount_minor: 0,
            tax_minor: 0,
            total_minor,
            refunded_minor: 0,
            placed_at: at(),
            paid_at: None,
            refund_window_days: 14,
        }
    }

    fn line(amount_minor: i64, tax_minor: i64, fee_minor: i64) -> OrderLine {
        OrderLine {
            id: OrderLineId(Uuid::from_u128(9)),
            order: OrderId(Uuid::from_u128(1)),
            offering: Uuid::from_u128(3),
            title: "Ink & Brush".into(),
            amount_minor,
            tax_minor,
            fee_minor,
            gift_recipient: None,
        }
    }

    fn share(position: i32, payee: CreatorId, amount_minor: i64) -> Share {
        Share { line: OrderLineId(Uuid::from_u128(9)), position, payee, amount_minor }
    }

    fn arrived(amount_minor: i64) -> Arrived {
        Arrived {
            intent: "pi_1".into(),
            charge: "ch_1".into(),
            amount_minor,
            currency: "EUR".into(),
            at: at(),
            receipt_url: None,
            fee: None,
        }
    }

    #[test]
    fn a_sale_of_120_is_booked_as_the_design_says() {
        let shares = [share(0, creator(1), 1500), share(1, creator(2), 7500)];
        let journal = sale(&order(12_000), &[line(12_000, 2000, 1000)], &shares, &arrived(12_000));
        let journal = journal.expect("balanced");
        assert_eq!(
            journal.postings(),
            [
                (Account::Stripe, 12_000),
                (Account::Tax, -2000),
                (Account::Fee, -1000),
                (Account::Held(creator(1)), -1500),
                (Account::Held(creator(2)), -7500),
            ]
        );
    }

    #[test]
    fn an_amount_that_is_not_all_spoken_for_cannot_be_booked() {
        let shares = [share(0, creator(1), 9000)];
        let lines = [line(12_000, 2000, 1000)];
        assert!(sale(&order(12_000), &lines, &shares, &arrived(11_999)).is_err());
        assert!(sale(&order(0), &[line(0, 0, 0)], &[], &arrived(0)).is_err(), "nothing moved");
    }

    #[test]
    fn stripes_fee_leaves_the_balance() {
        let fee =
            stripe_fee(order(1).id, Currency::Eur, "txn_1", 300, at()).expect("balanced").expect("a fee");
        assert_eq!(fee.postings(), [(Account::StripeFee, 300), (Account::Stripe, -300)]);
        assert_eq!(stripe_fee(order(1).id, Currency::Eur, "txn_1", 0, at()).expect("fine"), None);
    }

    proptest! {
        #[test]
        fn every_sale_balances(
            amounts in prop::collection::vec((1..=5_000_000_i64, 0..=2500_i64, 0..=10_000_u32), 1..6),
            weights in prop::collection::vec(1..=100_u32, 1..5),
        ) {
            let mut lines = Vec::new();
            let mut shares = Vec::new();
            for (amount, tax_points, fee_points) in amounts {
                let tax = amount * tax_points / 10_000;
                let fee = crate::kernel::money::basis_points_of(amount - tax, fee_points);
                let parts = divide(amount - tax - fee, &weights).expect("divisible");
                lines.push(line(amount, tax, fee));
                let payees = (0_u128..).map(creator);
                shares.extend((0..).zip(payees).zip(parts).map(|((n, payee), part)| share(n, payee, part)));
            }
            let total = lines.iter().map(|line| line.amount_minor).sum();
            let journal = sale(&order(total), &lines, &shares, &arrived(total)).expect("balanced");
            prop_assert_eq!(journal.postings().iter().map(|(_, amount)| amount).sum::<i64>(), 0);
            prop_assert!(journal.postings().iter().all(|(account, amount)| (*amount > 0) == (*account == Account::Stripe)));
        }
    }
}
