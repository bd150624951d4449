//! How the price of a line is divided, and how what goes back is taken from whoever had a part of it.
//!
//! Computed anew, by the rule of the design (payments.md 5): largest remainders when it is sold; at every refund each
//! part comes as near to its exact share of all refunds so far as whole cents allow, and never past its ends. Kept
//! true: the parts are the price to the cent, and all that went back is taken from them to the cent.

use super::{COURSES, FEE_POINTS};

/// Who may share in a sale.
pub const PAYEES: usize = 3;
/// Whose courses they are.
pub const SELLER: usize = 0;
/// Who teaches one with them.
pub const TEACHER: usize = 1;
/// Who recommends them.
pub const AFFILIATE: usize = 2;

/// Something for each of them.
pub type Each<T> = [T; PAYEES];

/// All of it, in basis points.
const WHOLE: i64 = 10_000;
/// What an affiliate has of what tax and fee leave, in basis points.
pub const COMMISSION: i64 = 1500;
/// The tax comes first, then the fee, then the payees.
const PLACES: usize = 2 + PAYEES;

/// Who has how much of a line, and how much of that went back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    whole: [i64; PLACES],
    taken: [i64; PLACES],
}

/// Basis points of an amount, half a cent up.
fn points(amount: i64, points: i64) -> i64 {
    (2 * amount * points + WHOLE) / (2 * WHOLE)
}

/// Divides an amount by weights: rounded down, the cents left over to those who lost most, the first of equals.
pub(super) fn by_weights<const N: usize>(amount: i64, weights: [i64; N]) -> [i64; N] {
    let all: i64 = weights.iter().sum();
    let mut parts = weights.map(|weight| amount * weight / all);
    let mut by_loss: Vec<usize> = (0..N).collect();
    by_loss.sort_by_key(|at| -(amount * weights[*at] % all));
    let over = amount - parts.iter().sum::<i64>();
    for at in by_loss.into_iter().take(usize::try_from(over).unwrap()) {
        parts[at] += 1;
    }
    parts
}

impl Parts {
    /// Of a line at this price, of which so much is tax, where so much falls on each course, of which the co-teacher has so many basis points, and
    /// which somebody recommended or not.
    pub fn of((price, tax): (i64, i64), courses: [(i64, i64); COURSES], recommended: bool) -> Self {
        let fee = points(price - tax, FEE_POINTS);
        let rest = price - tax - fee;
        let commission = if recommended { points(rest, COMMISSION) } else { 0 };
        let mut whole = [tax, fee, 0, 0, commission];
        let parts = by_weights(rest - commission, courses.map(|(amount, _)| amount));
        for (part, (_, teacher)) in parts.into_iter().zip(courses) {
            let [sellers, teachers] = by_weights(part, [WHOLE - teacher, teacher]);
            whole[2 + SELLER] += sellers;
            whole[2 + TEACHER] += teachers;
        }
        Self { whole, taken: [0; PLACES] }
    }

    /// So much goes back.
    pub fn take(&mut self, amount: i64) {
        let before = self.taken;
        let total: i64 = self.whole.iter().sum();
        let so_far = before.iter().sum::<i64>() + amount;
        for (at, whole) in self.whole.into_iter().enumerate() {
            self.taken[at] = (whole * so_far / total).clamp(before[at], whole);
        }
        loop {
            let missing = so_far - self.taken.iter().sum::<i64>();
            // How far each is behind its exact share, in parts of a cent.
            let behind = |at: &usize| self.whole[*at] * so_far - self.taken[*at] * total;
            let places = 0..PLACES;
            let next = match missing.signum() {
                0 => return,
                1 => places.filter(|at| self.taken[*at] < self.whole[*at]).min_by_key(|at| -behind(at)),
                _ => places.filter(|at| self.taken[*at] > before[*at]).min_by_key(behind),
            };
            self.taken[next.unwrap()] += missing.signum();
        }
    }

    /// What of it is tax.
    pub fn tax(&self) -> i64 {
        self.whole[0]
    }

    /// What of the tax went back.
    pub fn tax_back(&self) -> i64 {
        self.taken[0]
    }

    /// What a payee earned by it.
    pub fn earned(&self, payee: usize) -> i64 {
        self.whole[2 + payee]
    }

    /// What a payee gave back of that.
    pub fn given_up(&self, payee: usize) -> i64 {
        self.taken[2 + payee]
    }

    /// What each payee still has of it.
    pub fn left(&self) -> Each<i64> {
        std::array::from_fn(|payee| self.earned(payee) - self.given_up(payee))
    }
}
