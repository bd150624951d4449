//! From whom a refund is taken. Pure.
//!
//! A refund is divided twice: among the lines, by what is left of each, and within a line among its tax, fee and
//! shares, so that everybody has given back their part of all refunds so far, to the unit
//! ([`crate::checkout::shares::divide_refund`]). Held money goes first, since it was never promised.

use crate::checkout::model::{OrderLine, Share};
use crate::checkout::shares::divide_refund;
use crate::kernel::{CreatorId, OrderLineId};
use crate::payments::ledger::Account;

/// The place of a line's tax among its parts.
pub const TAX: i32 = 0;
/// The place of the platform's fee.
pub const FEE: i32 = 1;
/// The place of the first share.
pub const SHARES: i32 = 2;

/// A part of a line, and how much of it was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// 0 is the tax, 1 the fee, from 2 on the shares.
    pub place: i32,
    /// Whose share; None for tax and fee.
    pub payee: Option<CreatorId>,
    /// As it was sold.
    pub whole: i64,
    /// Taken back so far.
    pub taken: i64,
}

/// A line with all that was taken back of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: OrderLineId,
    /// Tax, fee, shares.
    pub parts: Vec<Part>,
    /// On its way back, not booked yet.
    pub under_way: i64,
}

/// What is taken of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Of which line.
    pub line: OrderLineId,
    /// Of which part.
    pub place: i32,
    /// Whose share; None for tax and fee.
    pub payee: Option<CreatorId>,
    /// How much.
    pub amount: i64,
}

impl Line {
    /// A line of which nothing was taken back yet.
    pub fn whole(line: &OrderLine, shares: &[Share]) -> Self {
        let part = |place, payee, whole| Part { place, payee, whole, taken: 0 };
        let mut parts = vec![part(TAX, None, line.tax_minor), part(FEE, None, line.fee_minor)];
        let its = shares.iter().filter(|share| share.line == line.id);
        parts.extend(its.map(|share| part(SHARES + share.position, Some(share.payee), share.amount_minor)));
        Self { id: line.id, parts, under_way: 0 }
    }

    /// What can still be given back.
    pub fn left(&self) -> i64 {
        self.parts.iter().map(|part| part.whole - part.taken).sum::<i64>() - self.under_way
    }

    /// Whether all of it was taken back.
    pub fn is_returned(&self) -> bool {
        self.parts.iter().all(|part| part.taken >= part.whole)
    }

    /// Divides `amount` among the parts. `None` if more is asked than is left.
    pub fn divide(&self, amount: i64) -> Option<Vec<Taken>> {
        let whole: Vec<i64> = self.parts.iter().map(|part| part.whole).collect();
        let taken: Vec<i64> = self.parts.iter().map(|part| part.taken).collect();
        let amounts = divide_refund(&whole, &taken, amount)?;
        let parts = self.parts.iter().zip(amounts).filter(|(_, amount)| *amount > 0);
        let line = self.id;
        Some(
            parts
                .map(|(part, amount)| Taken { line, place: part.place, payee: part.payee, amount })
                .collect(),
        )
    }
}

/// Divides `amount` among lines by what is left of each; lines that get nothing are left out. `None` if more is asked
/// than is left of all.
pub fn over_lines<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    amount: i64,
) -> Option<Vec<(OrderLineId, i64)>> {
    let left: Vec<(OrderLineId, i64)> = lines.into_iter().map(|line| (line.id, line.left().max(0))).collect();
    let amounts: Vec<i64> = left.iter().map(|(_, left)| *left).collect();
    let parts = divide_refund(&amounts, &vec![0; amounts.len()], amount)?;
    Some(
        left.into_iter()
            .zip(parts)
            .map(|((line, _), part)| (line, part))
            .filter(|(_, part)| *part > 0)
            .collect(),
    )
}

/// Where payees' parts are taken from, as debits: what this order still holds for a payee first, the rest from what
/// is due to them, which may so go below zero. `balances` are the order's.
pub fn from_payees(taken: &[Taken], balances: &[(Account, i64)]) -> Vec<(Account, i64)> {
    let mut payees: Vec<(CreatorId, i64)> = Vec::new();
    for (payee, amount) in taken.iter().filter_map(|part| Some((part.payee?, part.amount))) {
        match payees.iter_mut().find(|(known, _)| *known == payee) {
            Some((_, sum)) => *sum += amount,
            None => payees.push((payee, amount)),
        }
    }
    let held = |payee| {
        let found = balances.iter().find(|(account, _)| *account == Account::Held(payee));
        found.map_or(0, |(_, balance)| (-balance).max(0))
    };
    let sides = payees.into_iter().flat_map(|(payee, amount)| {
        let first = amount.min(held(payee));
        [(Account::Held(payee), first), (Account::Due(payee), amount - first)]
    });
    sides.collect()
}

/// What the state and the platform give back, as debits.
pub fn from_tax_and_fee(taken: &[Taken]) -> [(Account, i64); 2] {
    let sum = |place| taken.iter().filter(|part| part.place == place).map(|part| part.amount).sum();
    [(Account::Tax, sum(TAX)), (Account::Fee, sum(FEE))]
}

/// The debits and the credit of a refund.
pub fn refund_sides(taken: &[Taken], balances: &[(Account, i64)]) -> Vec<(Account, i64)> {
    let all: i64 = taken.iter().map(|part| part.amount).sum();
    let mut sides = from_tax_and_fee(taken).to_vec();
    sides.extend(from_payees(taken, balances));
    sides.push((Account::Stripe, -all));
    sides
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn creator(n: u128) -> CreatorId {
        CreatorId(Uuid::from_u128(n))
    }

    fn line(n: u128, wholes: &[i64]) -> Line {
        let parts = (0..).zip(wholes).map(|(place, whole)| Part {
            place,
            payee: (place >= SHARES).then(|| creator(u128::try_from(place).unwrap_or(0))),
            whole: *whole,
            taken: 0,
        });
        Line { id: OrderLineId(Uuid::from_u128(n)), parts: parts.collect(), under_way: 0 }
    }

    /// The ledger example: 120.00 of which 20.00 tax, 10.00 fee, 15.00 affiliate, 75.00 creator.
    fn example() -> Line {
        line(1, &[2000, 1000, 1500, 7500])
    }

    #[test]
    fn half_of_the_example_is_booked_as_the_design_says() {
        let taken = example().divide(6000).expect("half");
        let held = [(Account::Held(creator(2)), -1500), (Account::Held(creator(3)), -7500)];
        let mut sides = refund_sides(&taken, &held);
        sides.retain(|(_, amount)| *amount != 0);
        assert_eq!(
            sides,
            [
                (Account::Tax, 1000),
                (Account::Fee, 500),
                (Account::Held(creator(2)), 750),
                (Account::Held(creator(3)), 3750),
                (Account::Stripe, -6000),
            ]
        );
        let mut transferred = refund_sides(&taken, &[]);
        transferred.retain(|(_, amount)| *amount != 0);
        assert_eq!(transferred[2..4], [(Account::Due(creator(2)), 750), (Account::Due(creator(3)), 3750)]);
    }

    #[test]
    fn what_is_held_goes_before_what_is_due() {
        let taken = example().divide(12_000).expect("all");
        let sides = from_payees(&taken, &[(Account::Held(creator(3)), -5000)]);
        assert!(sides.contains(&(Account::Held(creator(3)), 5000)));
        assert!(sides.contains(&(Account::Due(creator(3)), 2500)));
    }

    #[test]
    fn what_is_under_way_cannot_go_back_again() {
        let mut busy = example();
        busy.under_way = 11_000;
        assert_eq!(busy.left(), 1000);
        assert_eq!(over_lines([&busy], 1001), None);
        assert_eq!(over_lines([&busy], 1000), Some(vec![(busy.id, 1000)]));
        assert_eq!(over_lines([&example()], -1), None);
    }

    fn take(line: &mut Line, taken: &[Taken]) {
        for part in taken {
            if let Some(known) = line.parts.iter_mut().find(|known| known.place == part.place) {
                known.taken += part.amount;
            }
        }
    }

    proptest! {
        /// Refunds of the whole order and of single lines, some of which fail later, in any sequence: no part below
        /// zero or above its whole, each line's parts sum to the line's amount, and in the end everything is at zero.
        #[test]
        fn any_sequence_of_refunds_ends_at_zero(
            wholes in prop::collection::vec(prop::collection::vec(0..=50_000_i64, 3..6), 1..5),
            steps in prop::collection::vec((0..=40_000_i64, any::<usize>(), any::<bool>(), 0..5_u8), 0..25),
        ) {
            let mut lines: Vec<Line> = (1_u128..).zip(&wholes).map(|(n, wholes)| line(n, wholes)).collect();
            let paid: i64 = wholes.iter().flatten().sum();
            let mut refunded = 0;
            let mut done: Vec<Vec<Taken>> = Vec::new();
            let last = (paid, 0_usize, true, 1);
            for (wanted, at, of_all, fails) in steps.into_iter().chain([last]) {
                if fails == 0 && !done.is_empty() {
                    for part in done.swap_remove(at % done.len()) {
                        refunded -= part.amount;
                        let line = lines.iter_mut().find(|line| line.id == part.line).expect("its line");
                        take(line, &[Taken { amount: -part.amount, ..part }]);
                    }
                    continue;
                }
                let chosen: Vec<Line> = if of_all { lines.clone() } else { vec![lines[at % lines.len()].clone()] };
                let left: i64 = chosen.iter().map(Line::left).sum();
                prop_assert_eq!(over_lines(&chosen, left + 1), None);
                let amount = wanted.min(left);
                let of_lines = over_lines(&chosen, amount).expect("no more than is left");
                prop_assert_eq!(of_lines.iter().map(|(_, part)| part).sum::<i64>(), amount);
                let mut all = Vec::new();
                for (id, part) in of_lines {
                    let line = lines.iter_mut().find(|line| line.id == id).expect("its line");
                    let taken = line.divide(part).expect("no more than is left of the line");
                    prop_assert_eq!(taken.iter().map(|part| part.amount).sum::<i64>(), part);
                    take(line, &taken);
                    all.extend(taken);
                }
                refunded += amount;
                done.push(all);
                for part in lines.iter().flat_map(|line| &line.parts) {
                    prop_assert!((0..=part.whole).contains(&part.taken));
                }
                let left: i64 = lines.iter().map(Line::left).sum();
                prop_assert_eq!(left, paid - refunded);
            }
            prop_assert!(lines.iter().all(|line| line.left() == 0), "the last step took all that was left");
            prop_assert!(lines.iter().flat_map(|line| &line.parts).all(|part| part.taken == part.whole));
        }
    }
}
