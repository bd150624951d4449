//! The statement of a payout, read from the rows that were sealed.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use crate::graphql::required;
use crate::graphql::values::Money;
use crate::kernel::{self, Currency};

use super::super::actions::rows_of;
use super::super::store::Statement;

/// What a payout is made of.
pub struct PayoutStatement(pub Statement);

/// What a payout is made of, sealed: `hash` covers its rows and the statement before, so nobody can change them later
/// unseen. How to check it: `docs/statements.md`.
#[Object]
impl PayoutStatement {
    /// Counted from one for each creator.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// What was on the balance before.
    async fn opening_balance(&self) -> Money {
        Money(self.0.opening)
    }

    /// What was on the balance after.
    async fn closing_balance(&self) -> Money {
        Money(self.0.closing)
    }

    /// What came and went, oldest first.
    async fn rows(&self) -> async_graphql::Result<Vec<StatementRow>> {
        let rows = required(rows_of(&self.0.content))?;
        let currency = self.0.opening.currency;
        // The first row is the opening balance.
        Ok(rows.into_iter().skip(1).map(|cells| StatementRow { cells, currency }).collect())
    }

    /// The rows as CSV, exactly as they were sealed.
    async fn csv(&self) -> &str {
        &self.0.content
    }

    /// Of the statement before; 64 zeros for the first.
    async fn previous_hash(&self) -> &str {
        &self.0.previous_hash
    }

    /// SHA-256 over the previous hash, a line feed and `csv`.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// When it was sealed.
    async fn issued_at(&self) -> DateTime<Utc> {
        self.0.issued_at
    }
}

/// One thing that came or went.
pub struct StatementRow {
    cells: Vec<String>,
    currency: Currency,
}

impl StatementRow {
    fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn given(&self, column: usize) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// Sealed amounts are written with all their decimals, so without the point they are minor units.
    fn money(&self, column: usize) -> Option<Money> {
        let minor = self.given(column)?.replace('.', "").parse().ok()?;
        Some(Money(kernel::Money::new(minor, self.currency)))
    }
}

/// One thing that came or went: a sale's share, a part taken back, the payout itself. The sums of the purchase behind it
/// are as the book had them when the statement was sealed.
#[Object]
impl StatementRow {
    /// `TRANSFER`, `REVERSAL`, `PAYOUT` or `PAYOUT_RETURNED`.
    async fn kind(&self) -> &str {
        self.text(2)
    }

    /// When.
    async fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.text(3).parse().ok()
    }

    /// The payment service's id of it.
    async fn reference(&self) -> &str {
        self.text(4)
    }

    /// The purchase's number; null for a share of another creator's sale.
    async fn order_number(&self) -> Option<&str> {
        self.given(5)
    }

    /// What was sold.
    async fn title(&self) -> Option<&str> {
        self.given(6)
    }

    /// What the buyer paid.
    async fn gross(&self) -> Option<Money> {
        self.money(8)
    }

    /// Tax within it.
    async fn tax(&self) -> Option<Money> {
        self.money(9)
    }

    /// The platform's part.
    async fn platform_fee(&self) -> Option<Money> {
        self.money(10)
    }

    /// The parts of others who share in it.
    async fn others_share(&self) -> Option<Money> {
        self.money(11)
    }

    /// The creator's part.
    async fn your_share(&self) -> Option<Money> {
        self.money(12)
    }

    /// What the buyer got back.
    async fn refunded(&self) -> Option<Money> {
        self.money(13)
    }

    /// The creator's part of that.
    async fn your_part_of_refund(&self) -> Option<Money> {
        self.money(14)
    }

    /// How much came; below zero: how much went.
    async fn amount(&self) -> Option<Money> {
        self.money(15)
    }

    /// What was on the balance after it.
    async fn balance(&self) -> Option<Money> {
        self.money(16)
    }
}
