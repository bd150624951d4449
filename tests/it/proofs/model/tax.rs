//! What of a price is tax where its buyer lives.
//!
//! Kept true: prices include it, so that nobody pays more; it is nobody's share; what goes back takes its part of it
//! along. Not here: what Stripe Tax is told, and the tax of what a bank took for good.

use super::{BUYERS, Model, Order};

/// Where each buyer lives.
pub const COUNTRIES: [&str; BUYERS] = ["DE", "US", "AT"];
/// What is added there to what the seller asks, in basis points; nothing where none is collected.
const RATES: [i64; BUYERS] = [1900, 0, 2000];
/// All of it, in basis points.
const WHOLE: i64 = 10_000;

impl Model {
    /// What of a price is tax for this buyer, half a cent up.
    pub(super) fn tax_of(&self, buyer: usize, price: i64) -> i64 {
        let rate = if self.taxed { RATES[buyer] } else { 0 };
        (2 * price * rate + WHOLE + rate) / (2 * (WHOLE + rate))
    }

    /// What became of taxed sales in the end.
    pub fn taxes(&self) -> Vec<&'static str> {
        let part = |order: &Order| (1..order.parts.tax()).contains(&order.parts.tax_back());
        let all = |order: &Order| order.parts.tax() > 0 && order.parts.tax_back() == order.parts.tax();
        let any = |of: &dyn Fn(&Order) -> bool| self.orders.iter().any(of);
        let ends = [(any(&part), "a part of the tax went back"), (any(&all), "all of the tax went back")];
        ends.into_iter().filter_map(|(happened, name)| happened.then_some(name)).collect()
    }
}
