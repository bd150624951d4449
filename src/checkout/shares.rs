//! Dividing money without losing or inventing a single minor unit.
//!
//! Two divisions: an amount among weights (who gets what of a sale), and a refund among parts that were divided
//! before. Kept true for both: the parts sum to the whole exactly, none is negative, none exceeds what it may be.
//! A refund in several steps ends, when everything is refunded, with every part at zero (payments.md 5).

use crate::catalog::model::{Payee, WHOLE};
use crate::kernel::CreatorId;
use crate::kernel::money::basis_points_of;

/// Divides `amount` (not negative) by `weights` (not negative, not all zero): each part is its exact share rounded
/// down, and the units left over go to those who lost most by rounding, ties to the earlier. `None` if that is not
/// possible.
pub fn divide(amount: i64, weights: &[u32]) -> Option<Vec<i64>> {
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if amount < 0 || whole == 0 {
        return None;
    }
    let exact = |weight: u32| i128::from(amount) * i128::from(weight);
    let mut parts: Vec<i128> = weights.iter().map(|weight| exact(*weight) / whole).collect();
    let left = i128::from(amount) - parts.iter().sum::<i128>();
    let mut by_loss: Vec<usize> = (0..weights.len()).collect();
    by_loss.sort_by_key(|&at| (std::cmp::Reverse(exact(weights[at]) % whole), at));
    for &at in by_loss.iter().take(usize::try_from(left).ok()?) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).ok()).collect()
}

/// Who gets what of a line's rest after tax and fee, in basis points and minor units: an affiliate's commission first,
/// then the co-teachers' parts of what is left, and the seller what nobody else gets. The seller comes first, the
/// affiliate last. `None` if the parts come to more than there is.
pub fn of_line(
    rest: i64,
    seller: CreatorId,
    payees: &[Payee],
    commission: Option<Payee>,
) -> Option<Vec<(Payee, i64)>> {
    let taken: u64 = payees.iter().map(|payee| u64::from(payee.basis_points)).sum();
    let left = u32::try_from(u64::from(WHOLE).checked_sub(taken)?).ok()?;
    let earned =
        commission.map(|affiliate| (affiliate, basis_points_of(rest, affiliate.basis_points).clamp(0, rest)));
    let shared = rest - earned.map_or(0, |(_, amount)| amount);
    let mut teachers = vec![Payee { creator: seller, basis_points: left }];
    teachers.extend_from_slice(payees);
    let weights: Vec<u32> = teachers.iter().map(|payee| payee.basis_points).collect();
    let amounts = divide(shared, &weights)?;
    Some(teachers.into_iter().zip(amounts).chain(earned).collect())
}

/// The same for a bundle: what is left after the commission is divided over its items by what of the line fell on each,
/// and each item's part among its own teachers. Each creator is named once; their basis points say what the sum is.
pub fn of_bundle(
    rest: i64,
    seller: CreatorId,
    items: &[(i64, &[Payee])],
    commission: Option<Payee>,
) -> Option<Vec<(Payee, i64)>> {
    let earned = of_line(rest, seller, &[], commission)?;
    let shared = earned.first()?.1;
    let weights: Vec<u32> =
        items.iter().map(|(minor, _)| u32::try_from(*minor).ok()).collect::<Option<_>>()?;
    let weights = if weights.iter().all(|one| *one == 0) { vec![1; items.len()] } else { weights };
    let mut sums: Vec<(CreatorId, i64)> = vec![(seller, 0)];
    for ((_, payees), amount) in items.iter().zip(divide(shared, &weights)?) {
        for (payee, minor) in of_line(amount, seller, payees, None)? {
            match sums.iter_mut().find(|(creator, _)| *creator == payee.creator) {
                Some((_, sum)) => *sum += minor,
                None => sums.push((payee.creator, minor)),
            }
        }
    }
    let named = |(creator, minor)| (Payee { creator, basis_points: basis_points(minor, shared) }, minor);
    Some(sums.into_iter().map(named).chain(earned.into_iter().skip(1)).collect())
}

/// How many basis points of `whole` something is, rounded down; none of nothing.
fn basis_points(minor: i64, whole: i64) -> u32 {
    let points = i128::from(minor) * i128::from(WHOLE) / i128::from(whole.max(1));
    u32::try_from(points).unwrap_or(0)
}

/// Divides a refund of `amount` among `shares`, of which `booked` was taken back before. Each step brings every part
/// as near to its exact share of all refunds so far as whole units allow. `None` if more is asked than is left, or if
/// what is given makes no sense.
pub fn divide_refund(shares: &[i64], booked: &[i64], amount: i64) -> Option<Vec<i64>> {
    let sane = shares.len() == booked.len()
        && amount >= 0
        && shares.iter().zip(booked).all(|(share, booked)| (0..=*share).contains(booked));
    let total: i128 = shares.iter().map(|share| i128::from(*share)).sum();
    let refunded = booked.iter().map(|part| i128::from(*part)).sum::<i128>() + i128::from(amount);
    if !sane || refunded > total || total > MOST {
        return None;
    }
    if amount == 0 {
        return Some(vec![0; shares.len()]);
    }
    let mut refund = Refund { shares, booked, total, refunded, parts: Vec::with_capacity(shares.len()) };
    refund.round_down();
    refund.correct(i128::from(amount))?;
    refund.parts.into_iter().map(|part| i64::try_from(part).ok()).collect()
}

/// More minor units than any sale has: what a number of JSON can say exactly.
const MOST: i128 = 1 << 53;

struct Refund<'a> {
    shares: &'a [i64],
    booked: &'a [i64],
    total: i128,
    /// All refunds so far, this one included.
    refunded: i128,
    parts: Vec<i128>,
}

impl Refund<'_> {
    fn round_down(&mut self) {
        for (share, booked) in self.shares.iter().zip(self.booked) {
            let due = i128::from(*share) * self.refunded / self.total;
            let left = i128::from(share - booked);
            self.parts.push((due - i128::from(*booked)).clamp(0, left));
        }
    }

    /// Gives single units to the most deserving or takes them from the least, until the parts make up the amount.
    fn correct(&mut self, amount: i128) -> Option<()> {
        self.approach(amount - self.parts.iter().sum::<i128>());
        let mut missing = amount - self.parts.iter().sum::<i128>();
        while missing != 0 {
            let at = if missing > 0 { self.most_deserving()? } else { self.least_deserving()? };
            let unit = missing.signum();
            self.parts[at] += unit;
            missing -= unit;
        }
        Some(())
    }

    /// What single units would come to, all but the last few at once: where earlier refunds were far from the shares, there
    /// may be as many as there is money. Each unit of a part deserves `total` less than the one before; those above a
    /// level go, and the level at which no more go than are missing is found by halving.
    fn approach(&mut self, missing: i128) {
        if missing.unsigned_abs() <= self.parts.len() as u128 {
            return;
        }
        let above = |level: i128, refund: &Self| -> Vec<i128> {
            (0..refund.parts.len()).map(|at| refund.units_above(level, missing.signum(), at)).collect()
        };
        let mut high = 4 * self.total * self.total;
        let mut low = -high;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let is_enough = above(middle, self).iter().sum::<i128>() <= missing.abs();
            (low, high) = if is_enough { (low, middle) } else { (middle, high) };
        }
        for (at, units) in above(high, self).into_iter().enumerate() {
            self.parts[at] += missing.signum() * units;
        }
    }

    /// How many units a part can get (`sign` 1) or lose (-1) before what it deserves, or does not, is no more than the level.
    fn units_above(&self, level: i128, sign: i128, at: usize) -> i128 {
        let left = i128::from(self.shares[at] - self.booked[at]) - self.parts[at];
        let room = if sign > 0 { left } else { self.parts[at] };
        (sign * self.deserves(at) - level + self.total - 1).div_euclid(self.total).clamp(0, room)
    }

    fn most_deserving(&self) -> Option<usize> {
        (0..self.parts.len())
            .filter(|&at| self.parts[at] < i128::from(self.shares[at] - self.booked[at]))
            .max_by_key(|&at| (self.deserves(at), std::cmp::Reverse(at)))
    }

    fn least_deserving(&self) -> Option<usize> {
        (0..self.parts.len()).filter(|&at| self.parts[at] > 0).min_by_key(|&at| (self.deserves(at), at))
    }

    /// How far this part is below its exact share, in units of 1/total.
    fn deserves(&self, at: usize) -> i128 {
        let exact = i128::from(self.shares[at]) * self.refunded;
        exact - (i128::from(self.booked[at]) + self.parts[at]) * self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sale_of_120_divides_as_the_ledger_example_says() {
        assert_eq!(divide(9000, &[1500, 7500]), Some(vec![1500, 7500]));
        assert_eq!(divide(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(divide(0, &[1, 2]), Some(vec![0, 0]));
        assert_eq!(divide(5, &[0, 0]), None);
        assert_eq!(divide(-1, &[1]), None);
    }

    #[test]
    fn a_refund_far_from_the_shares_ends() {
        let most = 1_i64 << 52;
        let parts = divide_refund(&[most, most], &[0, most], 5);
        assert_eq!(parts, Some(vec![5, 0]), "the first is behind by all there is");
        let parts = divide_refund(&[most, most / 2, most / 2], &[most - 9, 0, 0], most / 2).unwrap();
        assert_eq!(parts, [0, most / 4, most / 4]);
        assert_eq!(divide_refund(&[i64::MAX, 1], &[0, 0], 1), None);
    }

    #[test]
    fn a_half_refund_halves_every_part() {
        assert_eq!(divide_refund(&[2000, 1000, 1500, 7500], &[0; 4], 6000), Some(vec![1000, 500, 750, 3750]));
        assert_eq!(divide_refund(&[10, 20], &[10, 20], 1), None, "nothing is left");
        assert_eq!(divide_refund(&[10], &[11], 0), None, "more was booked than there was");
    }

    fn payee(n: u128, basis_points: u32) -> Payee {
        Payee { creator: CreatorId(Uuid::from_u128(n)), basis_points }
    }

    #[test]
    fn a_line_goes_to_the_affiliate_the_co_teachers_and_the_seller() {
        let seller = CreatorId(Uuid::from_u128(1));
        let alone = of_line(9000, seller, &[], None).expect("divisible");
        assert_eq!(alone, [(payee(1, 10_000), 9000)]);
        let parts = of_line(9000, seller, &[payee(2, 2500), payee(3, 3333)], Some(payee(9, 1000)));
        // 900 of commission; a quarter and a third of 8100.
        let expected =
            [(payee(1, 4167), 3375), (payee(2, 2500), 2025), (payee(3, 3333), 2700), (payee(9, 1000), 900)];
        assert_eq!(parts.expect("divisible"), expected);
        let all = of_line(101, seller, &[payee(2, 5000), payee(3, 5000)], None).expect("divisible");
        assert_eq!(all.iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [0, 51, 50]);
        assert_eq!(of_line(100, seller, &[payee(2, 6000), payee(3, 4001)], None), None);
    }

    proptest! {
        #[test]
        fn a_line_is_given_out_to_the_unit_and_refunded_in_any_steps(
            rest in 0..=100_000_000_i64,
            parts in prop::collection::vec(1..=1000_u32, 0..10),
            commission in prop::option::of(1..=9000_u32),
            steps in prop::collection::vec(1..=100_u32, 1..8),
        ) {
            let payees: Vec<Payee> = (2..).zip(&parts).map(|(n, points)| payee(n, *points)).collect();
            let seller = CreatorId(Uuid::from_u128(1));
            let given = of_line(rest, seller, &payees, commission.map(|points| payee(99, points)));
            let shares: Vec<i64> = given.expect("at most 10,000").into_iter().map(|(_, amount)| amount).collect();
            prop_assert_eq!(shares.iter().sum::<i64>(), rest);
            prop_assert!(shares.iter().all(|share| *share >= 0));
            let mut booked = vec![0; shares.len()];
            for amount in divide(rest, &steps).expect("divisible") {
                for (at, part) in divide_refund(&shares, &booked, amount).expect("no more than there was").iter().enumerate() {
                    booked[at] += part;
                }
            }
            prop_assert_eq!(booked, shares);
        }

        #[test]
        fn parts_of_a_sale_sum_to_it_and_are_within_a_unit_of_exact(
            amount in 0..=1_000_000_000_000_i64,
            weights in prop::collection::vec(0..=10_000_u32, 1..8),
        ) {
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(whole > 0);
            let parts = divide(amount, &weights).expect("divisible");
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(*part) * whole - i128::from(amount) * i128::from(*weight);
                prop_assert!(off.abs() < whole, "{part} of {amount} by {weight}/{whole}");
            }
        }

        #[test]
        fn shares_of_a_bundle_sum_to_its_rest_and_follow_its_items(
            rest in 0..=99_999_999_i64,
            amounts in prop::collection::vec(0..=10_000_000_i64, 1..=20),
            theirs in 0..=10_000_u32,
            commission in prop::option::of(0..=5_000_u32),
        ) {
            let creator = |n: u128| CreatorId(uuid::Uuid::from_u128(n));
            let guest = [Payee { creator: creator(2), basis_points: theirs }];
            let items: Vec<(i64, &[Payee])> = amounts.iter().enumerate()
                .map(|(n, amount)| (*amount, if n % 2 == 0 { &guest[..] } else { &[] })).collect();
            let affiliate = commission.map(|basis_points| Payee { creator: creator(3), basis_points });
            let shares = of_bundle(rest, creator(1), &items, affiliate).expect("divisible");
            prop_assert_eq!(shares.iter().map(|(_, minor)| minor).sum::<i64>(), rest);
            prop_assert!(shares.iter().all(|(_, minor)| *minor >= 0));
            let creators: std::collections::HashSet<_> = shares.iter().map(|(payee, _)| payee.creator).collect();
            prop_assert_eq!(creators.len(), shares.len(), "each once");
        }

        #[test]
        fn refunds_in_any_steps_never_go_wrong_and_end_at_zero(
            shares in prop::collection::vec(0..=20_000_i64, 1..7),
            steps in prop::collection::vec(1..=100_u32, 1..12),
        ) {
            let total: i64 = shares.iter().sum();
            let amounts = divide(total, &steps).expect("divisible");
            let mut booked = vec![0_i64; shares.len()];
            let mut refunded = 0;
            for amount in amounts {
                let parts = divide_refund(&shares, &booked, amount).expect("no more than was paid");
                prop_assert_eq!(parts.iter().sum::<i64>(), amount);
                refunded += amount;
                for (at, part) in parts.iter().enumerate() {
                    prop_assert!(*part >= 0);
                    booked[at] += part;
                    prop_assert!(booked[at] <= shares[at]);
                    let off = i128::from(booked[at]) * i128::from(total)
                        - i128::from(shares[at]) * i128::from(refunded);
                    prop_assert!(off.abs() < i128::from(total.max(1)), "a whole unit off");
                }
            }
            prop_assert_eq!(booked, shares);
        }

        #[test]
        fn many_units_at_once_are_the_same_as_one_by_one(
            given in prop::collection::vec((0..400_i64, 0..=100_i64), 1..6),
            part in 0..=100_i64,
        ) {
            let shares: Vec<i64> = given.iter().map(|(share, _)| *share).collect();
            let booked: Vec<i64> = given.iter().map(|(share, part)| share * part / 100).collect();
            let amount = (shares.iter().sum::<i64>() - booked.iter().sum::<i64>()) * part / 100;
            prop_assume!(amount > 0);
            let total = shares.iter().map(|share| i128::from(*share)).sum();
            let refunded = booked.iter().map(|part| i128::from(*part)).sum::<i128>() + i128::from(amount);
            let mut slow = Refund { shares: &shares, booked: &booked, total, refunded, parts: Vec::new() };
            slow.round_down();
            loop {
                let missing = i128::from(amount) - slow.parts.iter().sum::<i128>();
                if missing == 0 {
                    break;
                }
                let at = if missing > 0 { slow.most_deserving() } else { slow.least_deserving() };
                slow.parts[at.unwrap()] += missing.signum();
            }
            let parts: Vec<i128> =
                divide_refund(&shares, &booked, amount).unwrap().into_iter().map(i128::from).collect();
            prop_assert_eq!(parts, slow.parts);
        }

        #[test]
        fn nonsense_is_refused_and_never_panics(
            shares in prop::collection::vec(any::<i64>(), 0..5),
            booked in prop::collection::vec(any::<i64>(), 0..5),
            amount in -5..5_i64,
        ) {
            if let Some(parts) = divide_refund(&shares, &booked, amount) {
                prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            }
        }
    }
}
