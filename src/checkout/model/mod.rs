//! Quotes, orders and checkouts, and how their states may change. Pure.

mod checkout;
mod consent;
mod due;
mod order;
mod quote;

pub use checkout::{Checkout, CheckoutStatus, PAGE_LIFE, SEAT_HELD, SEAT_PAGE_LIFE, topic};
pub use consent::{Consent, ConsentKind};
pub use due::{due, recurring};
pub use order::{LinePart, Order, OrderLine, OrderStatus, OrderTax, Share};
pub use quote::{
    Channel, CouponOutcome, LARGEST_TOTAL, MOST_ITEMS, MOST_SEATS, PurchaseOption, QUOTE_LIFE, Quote,
    QuoteLine, QuotePart, QuoteTax, RecurringDue,
};
