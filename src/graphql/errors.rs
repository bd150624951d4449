//! What a refusal looks like to a client: one interface, a few richer types.

use async_graphql::{Enum, Interface, SimpleObject};

use crate::kernel::{Code, Detail, Problem, PublishRequirement as Requirement, RequirementCode};

/// What a program branches on. New values may come: treat an unknown one as a plain refusal and show the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Code")]
pub enum UserErrorCode {
    /// Something needed was not given.
    Required,
    /// The value cannot be used.
    Invalid,
    /// The id is of another kind or no id at all.
    InvalidId,
    /// There is nothing with this id that the caller may see.
    NotFound,
    /// Longer, please.
    TooShort,
    /// Shorter, please.
    TooLong,
    /// The number or date is outside what is possible.
    OutOfRange,
    /// Fewer, please.
    TooMany,
    /// Somebody else has it already.
    Taken,
    /// It is there already.
    Duplicate,
    /// Somebody else changed it since it was read.
    StaleVersion,
    /// Not possible in its present state.
    InvalidState,
    /// The rules do not allow this.
    NotAllowed,
    /// No more of these.
    LimitReached,
    /// The content breaks the rules.
    ContentBlocked,
    /// Too often; try again later.
    RateLimited,
    /// Invalid credentials.
    InvalidCredentials,
    /// Token invalid.
    TokenInvalid,
    /// Token expired.
    TokenExpired,
    /// Second factor invalid.
    SecondFactorInvalid,
    /// Step up required.
    StepUpRequired,
    /// Email not verified.
    EmailNotVerified,
    /// Password too weak.
    PasswordTooWeak,
    /// Password breached.
    PasswordBreached,
    /// Account locked.
    AccountLocked,
    /// Account suspended.
    AccountSuspended,
    /// Captcha required.
    CaptchaRequired,
    /// Idempotency key reused.
    IdempotencyKeyReused,
    /// Idempotency in progress.
    IdempotencyInProgress,
    /// Price changed.
    PriceChanged,
    /// Currency unsupported.
    CurrencyUnsupported,
    /// Amount below minimum.
    AmountBelowMinimum,
    /// Coupon not found.
    CouponNotFound,
    /// Coupon expired.
    CouponExpired,
    /// Coupon exhausted.
    CouponExhausted,
    /// Coupon not applicable.
    CouponNotApplicable,
    /// Payment declined.
    PaymentDeclined,
    /// Payment provider unavailable.
    PaymentProviderUnavailable,
    /// Checkout expired.
    CheckoutExpired,
    /// Already enrolled.
    AlreadyEnrolled,
    /// Purchase channel unavailable.
    PurchaseChannelUnavailable,
    /// Consent required.
    ConsentRequired,
    /// Refund window closed.
    RefundWindowClosed,
    /// Refund exceeds paid.
    RefundExceedsPaid,
    /// Payout account incomplete.
    PayoutAccountIncomplete,
    /// Insufficient balance.
    InsufficientBalance,
    /// Seats unavailable.
    SeatsUnavailable,
    /// Waitlist closed.
    WaitlistClosed,
    /// Session started.
    SessionStarted,
    /// Session cancelled.
    SessionCancelled,
    /// Join not open.
    JoinNotOpen,
    /// Not enrolled.
    NotEnrolled,
    /// Lesson locked.
    LessonLocked,
    /// Attempts exhausted.
    AttemptsExhausted,
    /// Not publishable.
    NotPublishable,
    /// Asset not ready.
    AssetNotReady,
    /// Asset in use.
    AssetInUse,
    /// Upload expired.
    UploadExpired,
    /// Upload incomplete.
    UploadIncomplete,
    /// Unsupported media.
    UnsupportedMedia,
    /// File too large.
    FileTooLarge,
    /// Checksum mismatch.
    ChecksumMismatch,
    /// Device limit.
    DeviceLimit,
    /// Thread locked.
    ThreadLocked,
    /// Muted.
    Muted,
    /// Banned.
    Banned,
    /// Slow mode.
    SlowMode,
    /// Disclosure required.
    DisclosureRequired,
    /// Self referral.
    SelfReferral,
}

/// A refusal that a person can read and a program can branch on.
#[derive(Interface)]
#[graphql(
    field(name = "code", ty = "&UserErrorCode", desc = "What a program branches on."),
    field(name = "message", ty = "&String", desc = "A sentence to show."),
    field(name = "path", ty = "&Vec<String>", desc = "The argument it is about, from the outside in.")
)]
pub enum UserError {
    /// The ordinary case.
    Input(InputError),
    /// Come back later.
    RetryLater(RetryLaterError),
    /// The handle is taken.
    HandleTaken(HandleTakenError),
    /// Publishing lacks something.
    PublishBlocked(PublishBlockedError),
    /// A code takes nothing off after all.
    Coupon(CouponError),
    /// Every place of a session is taken.
    SeatsUnavailable(crate::workshops::graphql::SeatsUnavailableError),
    /// The price changed since the quote.
    PriceChanged(crate::checkout::graphql::PriceChangedError),
}

/// A refusal with nothing more to say than its message.
#[derive(Clone, Debug, SimpleObject)]
pub struct InputError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
}

/// Too often, or too early.
#[derive(Clone, Debug, SimpleObject)]
pub struct RetryLaterError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// Seconds to wait before trying again.
    pub retry_after_seconds: i32,
}

/// Somebody else has this handle.
#[derive(Clone, Debug, SimpleObject)]
pub struct HandleTakenError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// Handles that were free a moment ago.
    pub suggestions: Vec<String>,
}

/// A code that was counted on takes nothing off after all.
#[derive(Clone, Debug, SimpleObject)]
pub struct CouponError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// The code as the buyer gave it.
    pub coupon_code: String,
}

/// The offering is not ready to be published.
#[derive(Clone, Debug, SimpleObject)]
pub struct PublishBlockedError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// The whole list, also what is there already.
    pub requirements: Vec<PublishRequirement>,
}

/// One thing an offering or a studio needs before it can be published.
#[derive(Clone, Debug, SimpleObject)]
pub struct PublishRequirement {
    /// Which thing.
    pub code: PublishRequirementCode,
    /// What to do, in words.
    pub message: String,
    /// Whether it is there.
    pub is_met: bool,
}

/// The things that publishing may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RequirementCode")]
pub enum PublishRequirementCode {
    /// A picture.
    Cover,
    /// At least one active price.
    Price,
    /// An account that can be paid.
    PayoutAccount,
    /// Every file uploaded and ready.
    ReadyMedia,
    /// At least one lesson with content.
    Outline,
    /// Some words on what it is.
    Description,
    /// At least one date.
    Session,
    /// A statement about sponsors.
    Disclosure,
}

impl From<Requirement> for PublishRequirement {
    fn from(requirement: Requirement) -> Self {
        Self { code: requirement.code.into(), message: requirement.message, is_met: requirement.is_met }
    }
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let Problem { code, message, path, detail } = problem;
        let code = UserErrorCode::from(code);
        match detail {
            Detail::None => Self::Input(InputError { code, message, path }),
            Detail::RetryAfter(seconds) => {
                let retry_after_seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
                Self::RetryLater(RetryLaterError { code, message, path, retry_after_seconds })
            }
            Detail::HandleSuggestions(suggestions) => {
                Self::HandleTaken(HandleTakenError { code, message, path, suggestions })
            }
            Detail::PublishRequirements(list) => {
                let requirements = list.into_iter().map(PublishRequirement::from).collect();
                Self::PublishBlocked(PublishBlockedError { code, message, path, requirements })
            }
            Detail::Coupon(coupon_code) => Self::Coupon(CouponError { code, message, path, coupon_code }),
            Detail::Seats(session, waitlist_open) => {
                Self::SeatsUnavailable(crate::workshops::graphql::SeatsUnavailableError {
                    code,
                    message,
                    path,
                    session,
                    waitlist_open,
                })
            }
            Detail::NewQuote(token) => {
                Self::PriceChanged(crate::checkout::graphql::PriceChangedError { code, message, path, token })
            }
        }
    }
}
