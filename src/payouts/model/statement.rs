//! Statements: what a payout is made of, row by row, sealed so that a creator can see that nothing was changed later.
//!
//! A statement is its own CSV rows. Its hash is SHA-256 over the hash of the creator's statement before, a line break
//! and those rows; so no row of any earlier statement can be changed without breaking every hash after it.
//! `docs/statements.md` says it for creators and has a script that checks a downloaded file.

use sha2::{Digest, Sha256};

use crate::kernel::csv::cell;
use crate::kernel::{Instant, Money, OrderId};

/// The hash before the first statement.
pub const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The columns of every row.
pub const HEADER: &str = "statement,row,kind,occurred_at,reference,order,title,currency,gross,tax,platform_fee,others_share,your_share,refunded,your_part_of_refund,amount,balance,previous_hash,hash";

/// What came in or went out of a creator's balance at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovementKind {
    /// A share was sent.
    Transfer,
    /// Some of it was taken back.
    Reversal,
    /// It left for the bank.
    Payout,
    /// The bank sent it back.
    PayoutReturned,
}

impl MovementKind {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transfer => "TRANSFER",
            Self::Reversal => "REVERSAL",
            Self::Payout => "PAYOUT",
            Self::PayoutReturned => "PAYOUT_RETURNED",
        }
    }

    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Transfer, Self::Reversal, Self::Payout, Self::PayoutReturned]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// The purchase behind a row: where the buyer's money went, as far as the book knew when the row was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Which.
    pub order: OrderId,
    /// `AT-7K3M-9Q2P`
    pub number: String,
    /// What was sold.
    pub title: String,
    /// What the buyer paid.
    pub gross_minor: i64,
    /// Tax within it.
    pub tax_minor: i64,
    /// The platform's part.
    pub fee_minor: i64,
    /// Other payees' parts.
    pub others_minor: i64,
    /// The creator's part.
    pub share_minor: i64,
    /// What the buyer got back.
    pub refunded_minor: i64,
    /// The creator's part of that.
    pub refunded_share_minor: i64,
}

/// One row of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Why money came or went.
    pub kind: MovementKind,
    /// When.
    pub occurred_at: Instant,
    /// Stripe's id.
    pub reference: String,
    /// The purchase behind it.
    pub purchase: Option<Purchase>,
    /// How much more; below zero: how much less.
    pub amount_minor: i64,
}

/// A sealed statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its rows as CSV, each ended by a line feed.
    pub content: String,
    /// Of the statement before.
    pub previous_hash: String,
    /// Over both.
    pub hash: String,
    /// At Stripe after its last row.
    pub closing_minor: i64,
}

/// Seals rows behind the statement before.
pub fn seal(number: i32, opening: Money, rows: &[Row], previous_hash: &str) -> Sealed {
    let mut content = line(number, 0, "OPENING", "", "", None, opening, None, opening.minor);
    let mut balance = opening.minor;
    for (position, row) in (1_i32..).zip(rows) {
        balance += row.amount_minor;
        let at = row.occurred_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let purchase = row.purchase.as_ref();
        let amount = Some(row.amount_minor);
        content.push_str(&line(
            number,
            position,
            row.kind.name(),
            &at,
            &row.reference,
            purchase,
            opening,
            amount,
            balance,
        ));
    }
    let hash = hash(previous_hash, &content);
    Sealed { content, previous_hash: previous_hash.to_owned(), hash, closing_minor: balance }
}

/// SHA-256 over the hash before, a line feed and the rows.
pub fn hash(previous: &str, content: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(previous.as_bytes());
    digest.update(b"\n");
    digest.update(content.as_bytes());
    hex::encode(digest.finalize())
}

/// The row that closes a statement in a file.
pub fn seal_row(number: i32, previous_hash: &str, hash: &str) -> String {
    format!("{number},,SEAL,,,,,,,,,,,,,,,{previous_hash},{hash}\n")
}

#[expect(clippy::too_many_arguments, reason = "a row has as many cells")]
fn line(
    number: i32,
    position: i32,
    kind: &str,
    at: &str,
    reference: &str,
    purchase: Option<&Purchase>,
    money: Money,
    amount: Option<i64>,
    balance: i64,
) -> String {
    let decimal = |minor: i64| Money::new(minor, money.currency).decimal();
    let part = |of: fn(&Purchase) -> i64| purchase.map(|purchase| decimal(of(purchase))).unwrap_or_default();
    let cells = [
        number.to_string(),
        position.to_string(),
        kind.to_owned(),
        at.to_owned(),
        cell(reference),
        cell(purchase.map_or("", |purchase| &purchase.number)),
        cell(purchase.map_or("", |purchase| &purchase.title)),
        money.currency.code().to_owned(),
        part(|purchase| purchase.gross_minor),
        part(|purchase| purchase.tax_minor),
        part(|purchase| purchase.fee_minor),
        part(|purchase| purchase.others_minor),
        part(|purchase| purchase.share_minor),
        part(|purchase| purchase.refunded_minor),
        part(|purchase| purchase.refunded_share_minor),
        amount.map(decimal).unwrap_or_default(),
        decimal(balance),
        String::new(),
        String::new(),
    ];
    cells.join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::Currency;

    fn row(title: &str, amount_minor: i64) -> Row {
        let purchase = Purchase {
            order: OrderId(uuid::Uuid::from_u128(1)),
            number: "AT-1".into(),
            title: title.into(),
            gross_minor: 4900,
            tax_minor: 0,
            fee_minor: 490,
            others_minor: 0,
            share_minor: 4410,
            refunded_minor: 0,
            refunded_share_minor: 0,
        };
        Row {
            kind: MovementKind::Transfer,
            occurred_at: Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century"),
            reference: "tr_1".into(),
            purchase: Some(purchase),
            amount_minor,
        }
    }

    #[test]
    fn a_statement_reads_as_a_row_for_each_movement() {
        let sealed = seal(1, Money::new(0, Currency::Eur), &[row("Ink", 4410)], BEFORE_THE_FIRST);
        let rows: Vec<&str> = sealed.content.lines().collect();
        assert_eq!(rows[0], "1,0,OPENING,,,,,EUR,,,,,,,,,0.00,,");
        assert_eq!(
            rows[1],
            "1,1,TRANSFER,2026-09-21T14:13:20Z,tr_1,AT-1,Ink,EUR,49.00,0.00,4.90,0.00,44.10,0.00,0.00,44.10,44.10,,"
        );
        assert_eq!(sealed.closing_minor, 4410);
        let columns = HEADER.matches(',').count();
        assert!(rows.iter().all(|row| row.matches(',').count() == columns));
        assert_eq!(seal_row(1, "a", "b").matches(',').count(), columns);
    }

    proptest! {
        #[test]
        fn any_change_of_an_earlier_row_changes_every_later_hash(title in ".{0,30}", other in ".{0,30}", amount in 1_i64..99999) {
            let zero = Money::new(0, Currency::Eur);
            let first = seal(1, zero, &[row(&title, amount)], BEFORE_THE_FIRST);
            let changed = seal(1, zero, &[row(&other, amount)], BEFORE_THE_FIRST);
            let second = |first: &Sealed| seal(2, zero, &[row("Oil", 5)], &first.hash).hash;
            prop_assert_eq!(first.content == changed.content, second(&first) == second(&changed));
            prop_assert_eq!(hash(&first.previous_hash, &first.content), first.hash);
        }
    }
}
