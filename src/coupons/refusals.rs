//! The ways coupons say no.

use crate::kernel::{Code, Detail, Refusal};

use super::model::Reason;

/// Why a coupon was not made or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    /// Not a code.
    #[error("A code is 3 to 40 letters, digits, hyphens or underscores.")]
    CodeInvalid,
    /// Another coupon has it.
    #[error("You have a coupon with this code already.")]
    CodeTaken,
    /// Not between nothing and all.
    #[error("A discount is between 1 (0.01 %) and 10000 (100 %) basis points.")]
    PercentOutOfRange,
    /// Nothing, or more than any price.
    #[error("An amount off is at least one minor unit and at most 100,000.00.")]
    AmountOutOfRange,
    /// Not a number of times.
    #[error("A limit is at least 1 and at most 10,000,000.")]
    LimitOutOfRange,
    /// Fewer than were used.
    #[error("It was used {0} times already: a limit cannot be below that.")]
    BelowUses(i32),
    /// Over before it begins.
    #[error("A coupon must end after it starts.")]
    EndsBeforeStart,
    /// Over already.
    #[error("This moment has passed. Use couponDisable to end a coupon now.")]
    EndPast,
    /// Beyond ten years.
    #[error("This is more than ten years away.")]
    TooFar,
    /// Too long a scope.
    #[error("A coupon names at most 100 offerings. Leave them out to let it apply to all.")]
    TooManyOfferings,
    /// The same offering twice.
    #[error("This offering is named twice.")]
    NamedTwice,
    /// Not an offering of this creator.
    #[error("There is no offering of yours with this id.")]
    NotYours,
    /// Switched off for good.
    #[error("This coupon was disabled. Make a new one with another code.")]
    Disabled,
}

impl Refusal for CouponRefusal {
    fn code(&self) -> Code {
        match self {
            Self::CodeInvalid => Code::Invalid,
            Self::CodeTaken => Code::Taken,
            Self::PercentOutOfRange
            | Self::AmountOutOfRange
            | Self::LimitOutOfRange
            | Self::BelowUses(_)
            | Self::EndsBeforeStart
            | Self::EndPast
            | Self::TooFar => Code::OutOfRange,
            Self::TooManyOfferings => Code::TooMany,
            Self::NamedTwice => Code::Duplicate,
            Self::NotYours => Code::NotFound,
            Self::Disabled => Code::InvalidState,
        }
    }
}

/// Why a code that was counted on takes nothing off after all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct NotRedeemed {
    /// As the buyer gave it.
    pub code: String,
    /// Why.
    pub reason: Reason,
}

impl NotRedeemed {
    fn sentence(&self) -> String {
        let why = match self.reason {
            Reason::Unknown => "is not known",
            Reason::NotYet => "is not valid yet",
            Reason::Over => "is no longer valid",
            Reason::UsedUp => "has been used as often as it may be",
            Reason::UsedUpByCustomer => "has been used by you as often as you may",
            Reason::OtherThings => "is not for what you are buying",
            Reason::OtherCurrency => "is for another currency",
            Reason::TooLittleLeft => "would leave less to pay than can be charged",
        };
        format!("The code {} {why}. Ask for a new quote.", self.code)
    }
}

impl Refusal for NotRedeemed {
    fn code(&self) -> Code {
        self.reason.code()
    }

    fn detail(&self) -> Detail {
        Detail::Coupon(self.code.clone())
    }
}
