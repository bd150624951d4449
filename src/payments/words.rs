//! A line of a creator's book in a sentence, with the sums behind it. Pure.
//!
//! Who only shares in another creator's sale learns nothing of what the buyer paid.

use crate::checkout::model::{Order, OrderLine};
use crate::kernel::Money;

use super::model::{Entry, EntryKind};

/// Why money became more or less, and what to expect if it is below zero now.
pub fn explain(entry: &Entry, order: &Order, lines: &[OrderLine], is_seller: bool) -> String {
    let titles: Vec<&str> = lines.iter().map(|line| line.title.as_str()).collect();
    let what = match is_seller {
        true => format!("{} (order {})", titles.join(", "), order.number),
        false => titles.join(", "),
    };
    let mut sentence = because(entry, order, lines, is_seller, &what);
    if entry.balance_after.minor < 0 {
        let debt = positive(entry.balance_after);
        sentence.push_str(&format!(" You are {debt} below zero now: it is kept from your next sales."));
    }
    sentence
}

fn because(entry: &Entry, order: &Order, lines: &[OrderLine], is_seller: bool, what: &str) -> String {
    let (amount, more) = (positive(entry.amount), entry.amount.minor > 0);
    match entry.kind {
        EntryKind::Sale if is_seller => {
            let sum = |of: fn(&OrderLine) -> i64| order.money(lines.iter().map(of).sum());
            let (tax, fee) = (sum(|line| line.tax_minor), sum(|line| line.fee_minor));
            let total = order.total();
            format!("Your share of {total} for {what}: {tax} of tax and {fee} of platform fee were kept.")
        }
        EntryKind::Sale => format!("Your part of a sale of {what} by another creator."),
        EntryKind::Refund if more => {
            format!("A refund of {what} did not reach the buyer: your {amount} are yours again.")
        }
        EntryKind::Refund if is_seller => {
            let (back, total) = (order.money(order.refunded_minor), order.total());
            format!(
                "The buyer of {what} got money back, {back} of {total} by now: {amount} of it were yours, the rest \
                 was tax, fee and others' shares."
            )
        }
        EntryKind::Refund => format!("A buyer of {what} got money back: {amount} of it were yours."),
        EntryKind::Dispute => {
            format!(
                "The buyer's bank took the payment of {what} back: {amount} of it, or of what it costs, were yours."
            )
        }
        EntryKind::DisputeReversed => {
            format!("The bank gave the payment of {what} back: {amount} of it are yours again.")
        }
        EntryKind::Payout if more => {
            format!("{amount} for {what} came back from your account at the payment service.")
        }
        EntryKind::Payout => format!("{amount} for {what} went to your account at the payment service."),
        _ => format!("{} for {what}.", entry.amount),
    }
}

fn positive(money: Money) -> Money {
    Money::new(money.minor.saturating_abs(), money.currency)
}
