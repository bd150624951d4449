//! Quotes, orders and checkouts, and how their states may change. Pure.

mod checkout;
mod due;
mod order;
mod quote;

pub use checkout::{Checkout, CheckoutStatus, PAGE_LIFE};
pub use due::{due, recurring};
pub use order::{LinePart, Order, OrderLine, OrderStatus, OrderTax, Share};
pub use quote::{
    Channel, Consent, ConsentKind, CouponOutcome, LARGEST_TOTAL, MOST_ITEMS, PurchaseOption, QUOTE_LIFE,
    Quote, QuoteLine, QuotePart, QuoteTax, RecurringDue,
};
