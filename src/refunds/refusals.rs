//! The ways refunds says no.

use crate::kernel::{Code, Currency, Money, Refusal};

/// Why nothing is given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    /// No money arrived.
    #[error("This order was not paid, so there is nothing to give back.")]
    NotPaid,
    /// It cost nothing.
    #[error("This was free, so there is nothing to give back.")]
    WasFree,
    /// Too late.
    #[error(
        "Money could be asked back within {0} days of paying. Write to the creator, who may still give it back."
    )]
    WindowClosed(i32),
    /// Once is enough.
    #[error("You have asked for this before.")]
    AskedBefore,
    /// Decided before.
    #[error("This request is decided already.")]
    Decided,
    /// The buyer's bank is at it.
    #[error(
        "The buyer's bank disputes this payment. Wait for its decision: money given back now would be paid twice."
    )]
    Disputed,
    /// All of it went back, or is on its way.
    #[error("All of this was given back already, or is on its way.")]
    NothingLeft,
    /// More than is left.
    #[error("At most {0} of this can still be given back.")]
    ExceedsPaid(Money),
    /// Nothing or less.
    #[error("Give back at least the smallest unit of the currency.")]
    NotPositive,
    /// Another currency.
    #[error("This order was paid in {0}: give it back in {0}.")]
    OtherCurrency(Currency),
    /// Not a line of this order.
    #[error("This is not a line of this order.")]
    NoSuchLine,
    /// A line named twice.
    #[error("This line is named twice.")]
    LineTwice,
}

impl Refusal for RefundRefusal {
    fn code(&self) -> Code {
        match self {
            Self::NotPaid | Self::WasFree | Self::Decided | Self::Disputed => Code::InvalidState,
            Self::WindowClosed(_) => Code::RefundWindowClosed,
            Self::AskedBefore | Self::LineTwice => Code::Duplicate,
            Self::NothingLeft | Self::ExceedsPaid(_) => Code::RefundExceedsPaid,
            Self::NotPositive => Code::OutOfRange,
            Self::OtherCurrency(_) => Code::CurrencyUnsupported,
            Self::NoSuchLine => Code::NotFound,
        }
    }
}
