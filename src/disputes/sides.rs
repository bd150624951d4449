//! What a dispute does to the book. Pure.

use crate::payments::ledger::Account;
use crate::refunds::division::{Taken, from_payees, from_tax_and_fee};

/// Opened: the bank took the money and its fee; payees' parts of what is left are frozen, held money first.
pub fn opened(withdrawn: i64, fee: i64, taken: &[Taken], balances: &[(Account, i64)]) -> Vec<(Account, i64)> {
    let mut sides = vec![
        (Account::DisputeOpen, withdrawn),
        (Account::DisputeFee, fee),
        (Account::Stripe, -withdrawn - fee),
    ];
    for (account, amount) in from_payees(taken, balances) {
        sides.push((account, amount));
        sides.extend(account.payee().map(|payee| (Account::Frozen(payee), -amount)));
    }
    sides
}

/// Won: the money is back, and what was frozen is where it was. What the bank kept all the same is lost.
pub fn won(opened: &[(Account, i64)], reinstated: i64) -> Vec<(Account, i64)> {
    let withdrawn: i64 = opened.iter().filter(|(a, _)| *a == Account::DisputeOpen).map(|(_, n)| n).sum();
    let own = [Account::Stripe, Account::DisputeFee];
    let back = opened.iter().filter(|(account, _)| !own.contains(account));
    let mut sides: Vec<(Account, i64)> = back.map(|(account, amount)| (*account, -amount)).collect();
    sides.push((Account::Stripe, reinstated));
    sides.push((Account::Loss, withdrawn - reinstated));
    sides
}

/// Lost: tax, fee and what was frozen pay for it; what the bank took beyond the sale is lost.
pub fn lost(opened: &[(Account, i64)], taken: &[Taken]) -> Vec<(Account, i64)> {
    let withdrawn: i64 = opened.iter().filter(|(a, _)| *a == Account::DisputeOpen).map(|(_, n)| n).sum();
    let covered: i64 = taken.iter().map(|part| part.amount).sum();
    let frozen = opened.iter().filter(|(account, _)| matches!(account, Account::Frozen(_)));
    let mut sides = from_tax_and_fee(taken).to_vec();
    sides.extend(frozen.map(|(account, amount)| (*account, -amount)));
    sides.push((Account::Loss, withdrawn - covered));
    sides.push((Account::DisputeOpen, -withdrawn));
    sides
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::{CreatorId, OrderLineId};

    fn creator(n: u128) -> CreatorId {
        CreatorId(Uuid::from_u128(n))
    }

    /// 120.00: 20.00 tax, 10.00 fee, 15.00 affiliate, 75.00 creator.
    fn all() -> Vec<Taken> {
        let line = OrderLineId(Uuid::from_u128(1));
        let parts =
            [(0, None, 2000), (1, None, 1000), (2, Some(creator(1)), 1500), (3, Some(creator(2)), 7500)];
        parts.map(|(place, payee, amount)| Taken { line, place, payee, amount }).to_vec()
    }

    fn sum(sides: &[(Account, i64)], account: Account) -> i64 {
        sides.iter().filter(|(known, _)| *known == account).map(|(_, amount)| amount).sum()
    }

    #[test]
    fn the_example_is_booked_as_the_design_says() {
        let held = [(Account::Held(creator(1)), -1500)];
        let open = opened(12_000, 2000, &all(), &held);
        assert_eq!(sum(&open, Account::Stripe), -14_000);
        assert_eq!(sum(&open, Account::Frozen(creator(2))), -7500);
        assert_eq!(sum(&open, Account::Due(creator(2))), 7500, "it was released before");
        assert_eq!(sum(&open, Account::Held(creator(1))), 1500);
        let back = won(&open, 12_000);
        assert_eq!(sum(&back, Account::Due(creator(2))), -7500);
        assert_eq!((sum(&back, Account::Stripe), sum(&back, Account::Loss)), (12_000, 0));
        let gone = lost(&open, &all());
        assert_eq!(sum(&gone, Account::Tax), 2000);
        assert_eq!(sum(&gone, Account::Frozen(creator(1))), 1500);
        assert_eq!((sum(&gone, Account::DisputeOpen), sum(&gone, Account::Loss)), (-12_000, 0));
        for sides in [&open, &back, &gone] {
            assert_eq!(sides.iter().map(|(_, amount)| amount).sum::<i64>(), 0);
        }
    }

    #[test]
    fn what_the_bank_takes_beyond_the_sale_is_lost() {
        let open = opened(12_500, 0, &all(), &[]);
        let gone = lost(&open, &all());
        assert_eq!(sum(&gone, Account::Loss), 500);
        assert_eq!(gone.iter().map(|(_, amount)| amount).sum::<i64>(), 0);
        assert_eq!(sum(&won(&open, 12_000), Account::Loss), 500, "and so is what it does not give back");
    }
}
