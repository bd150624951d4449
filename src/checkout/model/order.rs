//! What somebody agreed to buy, frozen.

use chrono::Duration;
use uuid::Uuid;

use crate::kernel::{CreatorId, Currency, Instant, Money, OrderId, OrderLineId, UserId};

/// A purchase.
#[derive(Clone, Debug)]
pub struct Order {
    /// Key.
    pub id: OrderId,
    /// For people: `AT-7K3M-9Q2P`.
    pub number: String,
    /// Who sells.
    pub creator: CreatorId,
    /// Who buys.
    pub buyer: Option<UserId>,
    /// Where the receipt goes.
    pub buyer_email: String,
    /// The address of a guest, lower-cased; stays when the order has found its buyer.
    pub guest_email: Option<String>,
    /// How far it is.
    pub status: OrderStatus,
    /// Of every amount.
    pub currency: Currency,
    /// Before discounts.
    pub subtotal_minor: i64,
    /// Taken off.
    pub discount_minor: i64,
    /// Tax within the total.
    pub tax_minor: i64,
    /// To pay.
    pub total_minor: i64,
    /// Given back.
    pub refunded_minor: i64,
    /// Agreed at.
    pub placed_at: Instant,
    /// Money arrived at.
    pub paid_at: Option<Instant>,
    /// Days after payment in which the buyer may ask for the money back; frozen when the order was placed.
    pub refund_window_days: i32,
}

impl Order {
    /// An amount of this order as money.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// To pay.
    pub fn total(&self) -> Money {
        self.money(self.total_minor)
    }

    /// How a paid order stands once so much of it was given back.
    pub fn status_with(&self, refunded_minor: i64) -> OrderStatus {
        match refunded_minor {
            0 => OrderStatus::Paid,
            all if all >= self.total_minor => OrderStatus::Refunded,
            _ => OrderStatus::PartiallyRefunded,
        }
    }

    /// Until when the buyer may ask for the money back; the payees' shares are held as long. None until it is paid.
    pub fn refundable_until(&self) -> Option<Instant> {
        self.paid_at.map(|paid| paid + Duration::days(i64::from(self.refund_window_days)))
    }
}

/// One thing of an order.
#[derive(Clone, Debug)]
pub struct OrderLine {
    /// Key.
    pub id: OrderLineId,
    /// Of which order.
    pub order: OrderId,
    /// What was sold.
    pub offering: Uuid,
    /// What it was called then.
    pub title: String,
    /// Paid for it, tax included, after the discount.
    pub amount_minor: i64,
    /// Tax within the amount.
    pub tax_minor: i64,
    /// The platform's part.
    pub fee_minor: i64,
    /// To which address it is given; none = the buyer has it.
    pub gift_recipient: Option<String>,
}

/// The tax calculation an order was agreed to with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTax {
    /// Of which order.
    pub order: OrderId,
    /// `taxcalc_…`
    pub calculation: String,
    /// `tax_…`, once the sale is noted.
    pub transaction: Option<String>,
}

/// One item of a bought bundle, frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePart {
    /// What.
    pub offering: Uuid,
    /// What it was called then.
    pub title: String,
    /// What of the line's amount falls on it.
    pub amount_minor: i64,
}

/// A payee's part of a line, frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Of which line.
    pub line: OrderLineId,
    /// Its place among the line's shares.
    pub position: i32,
    /// Whose.
    pub payee: CreatorId,
    /// How much.
    pub amount_minor: i64,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum OrderStatus {
    Pending,
    Paid,
    PartiallyRefunded,
    Refunded,
    Disputed,
    Void,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Paid, Self::PartiallyRefunded, Self::Refunded, Self::Disputed, Self::Void];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "PAID",
            Self::PartiallyRefunded => "PARTIALLY_REFUNDED",
            Self::Refunded => "REFUNDED",
            Self::Disputed => "DISPUTED",
            Self::Void => "VOID",
        }
    }

    /// The status of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Money for it arrived once.
    pub fn was_paid(self) -> bool {
        !matches!(self, Self::Pending | Self::Void)
    }
}
