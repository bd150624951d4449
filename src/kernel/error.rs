//! The three kinds of no.
//!
//! **Refused**: the business says no; each room has its own closed list, and every item becomes an entry of
//! `userErrors` with a code, a path and a message a person can read. **Denied**: the caller may not; what one may not
//! see does not exist. **Fault**: we failed; the caller learns a request id, the log learns the cause.

use std::fmt;

/// One reason of a room's closed list.
pub trait Refusal: fmt::Display {
    /// What a program branches on.
    fn code(&self) -> Code;
    /// Facts a client needs beyond the message.
    fn detail(&self) -> Detail {
        Detail::None
    }
    /// This refusal, about the argument at `path`.
    fn at<I, S>(self, path: I) -> Problem
    where
        Self: Sized,
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        Problem {
            code: self.code(),
            message: self.to_string(),
            path: path.into_iter().map(Into::into).collect(),
            detail: self.detail(),
        }
    }
}

/// A refusal as the caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What a program branches on.
    pub code: Code,
    /// A sentence a person can read.
    pub message: String,
    /// Where in the arguments: `["input", "handle"]`.
    pub path: Vec<String>,
    /// Facts a client needs beyond the message.
    pub detail: Detail,
}

impl Problem {
    /// The same problem, one level further in.
    pub fn under(mut self, outer: &str) -> Self {
        self.path.insert(0, outer.to_owned());
        self
    }
}

/// Facts that turn a plain refusal into one of the schema's richer error types.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Detail {
    /// The message says it all.
    #[default]
    None,
    /// Come back after this many seconds.
    RetryAfter(u32),
    /// Handles that are free.
    HandleSuggestions(Vec<String>),
    /// What an offering still lacks before it can be published: code, sentence, met or not.
    PublishRequirements(Vec<PublishRequirement>),
    /// The price changed; this token is the new quote.
    NewQuote(String),
    /// The code that is meant.
    Coupon(String),
    /// The session that has no place left, and whether one can wait for one.
    Seats(super::WorkshopSessionId, bool),
}

/// One thing an offering needs before it can be published.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishRequirement {
    /// Which thing.
    pub code: RequirementCode,
    /// What to do, in words.
    pub message: String,
    /// Whether it is there.
    pub is_met: bool,
}

/// The things that publishing may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum RequirementCode {
    Cover,
    Price,
    PayoutAccount,
    ReadyMedia,
    Outline,
    Description,
    Session,
    Disclosure,
}

/// All problems of one call, reported together; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Ok if there are none.
    pub fn none_or(problems: Vec<Problem>) -> Result<(), Error> {
        if problems.is_empty() { Ok(()) } else { Err(Error::Refused(Problems(problems))) }
    }

    /// The problems, at least one.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    /// The problems, at least one.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

/// The caller may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token, and one is needed.
    #[error("Sign in first: send an access token as `Authorization: Bearer …`.")]
    Unauthenticated,
    /// Signed in and visible, but the role lacks this permission.
    #[error("Your role here does not include {missing}.")]
    Forbidden {
        /// The permission that would be needed, as in the schema's `TeamPermission`, or the staff role.
        missing: &'static str,
    },
    /// The cursor is not from this list.
    #[error("This cursor does not belong to this list: ask for the first page again.")]
    BadCursor,
    /// It is not there, or not for this caller: the two look the same.
    #[error("There is nothing with this id that you may see.")]
    NotFound,
}

/// We failed. The cause is for the log only.
#[derive(Debug)]
pub struct Fault {
    /// What we were doing.
    pub doing: String,
    /// Why it failed, with its sources.
    pub cause: String,
    /// Whether trying again later may help (a network or a database away).
    pub passing: bool,
}

impl Fault {
    /// A fault that will not go away by itself.
    pub fn new(doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { doing: doing.into(), cause: cause.to_string(), passing: false }
    }

    /// A fault that may pass: something outside is away.
    pub fn away(doing: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { doing: doing.into(), cause: cause.to_string(), passing: true }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.cause)
    }
}

/// Everything but success.
#[derive(Debug)]
pub enum Error {
    /// The business says no.
    Refused(Problems),
    /// The caller may not.
    Denied(Denied),
    /// We failed.
    Fault(Fault),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(problems) => {
                let texts: Vec<_> =
                    problems.0.iter().map(|p| format!("{:?}: {}", p.code, p.message)).collect();
                write!(f, "refused: {}", texts.join("; "))
            }
            Error::Denied(denied) => write!(f, "denied: {denied}"),
            Error::Fault(fault) => write!(f, "fault: {fault}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Refused(Problems(vec![problem]))
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Error::Denied(denied)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::Fault(fault)
    }
}

/// What a program branches on; the schema's `UserErrorCode`. Clients must accept values they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the schema's and speak for themselves")]
pub enum Code {
    Required,
    Invalid,
    InvalidId,
    NotFound,
    TooShort,
    TooLong,
    OutOfRange,
    TooMany,
    Taken,
    Duplicate,
    StaleVersion,
    InvalidState,
    NotAllowed,
    LimitReached,
    ContentBlocked,
    RateLimited,
    InvalidCredentials,
    TokenInvalid,
    TokenExpired,
    SecondFactorInvalid,
    StepUpRequired,
    EmailNotVerified,
    PasswordTooWeak,
    PasswordBreached,
    AccountLocked,
    AccountSuspended,
    CaptchaRequired,
    IdempotencyKeyReused,
    IdempotencyInProgress,
    PriceChanged,
    CurrencyUnsupported,
    AmountBelowMinimum,
    CouponNotFound,
    CouponExpired,
    CouponExhausted,
    CouponNotApplicable,
    PaymentDeclined,
    PaymentProviderUnavailable,
    CheckoutExpired,
    AlreadyEnrolled,
    PurchaseChannelUnavailable,
    ConsentRequired,
    RefundWindowClosed,
    RefundExceedsPaid,
    PayoutAccountIncomplete,
    InsufficientBalance,
    SeatsUnavailable,
    WaitlistClosed,
    SessionStarted,
    SessionCancelled,
    JoinNotOpen,
    NotEnrolled,
    LessonLocked,
    AttemptsExhausted,
    NotPublishable,
    AssetNotReady,
    AssetInUse,
    UploadExpired,
    UploadIncomplete,
    UnsupportedMedia,
    FileTooLarge,
    ChecksumMismatch,
    DeviceLimit,
    ThreadLocked,
    Muted,
    Banned,
    SlowMode,
    DisclosureRequired,
    SelfReferral,
}
