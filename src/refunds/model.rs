//! Requests and refunds.

use crate::kernel::{
    CreatorId, Currency, Instant, Money, OrderId, OrderLineId, RefundId, RefundRequestId, UserId,
};

/// A buyer's wish to have their money back.
#[derive(Clone, Debug)]
pub struct RefundRequest {
    /// Key.
    pub id: RefundRequestId,
    /// For which purchase.
    pub order: OrderId,
    /// Who decides.
    pub creator: CreatorId,
    /// Who asks.
    pub buyer: UserId,
    /// Whether it is decided.
    pub state: RequestState,
    /// Why.
    pub reason: Reason,
    /// Why, in the buyer's words.
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
}

/// Whether a request is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum RequestState {
    Open,
    Approved,
    Declined,
}

impl RequestState {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Approved => "APPROVED",
            Self::Declined => "DECLINED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Open, Self::Approved, Self::Declined].into_iter().find(|state| state.name() == name)
    }
}

/// Money on its way back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// Key.
    pub id: RefundId,
    /// For which purchase.
    pub order: OrderId,
    /// Stripe's charge the money came with.
    pub charge: String,
    /// The wish it grants, if one.
    pub request: Option<RefundRequestId>,
    /// How far it is.
    pub state: RefundState,
    /// How much.
    pub amount: Money,
    /// Why; None if made at Stripe by hand.
    pub reason: Option<Reason>,
    /// `re_…`, once Stripe has answered.
    pub stripe_id: Option<String>,
    /// Who made it; None if made at Stripe by hand.
    pub by: Option<UserId>,
    /// Whether the right to learn ends with it.
    pub revokes: bool,
    /// When it was booked.
    pub booked_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Written down; Stripe has not answered.
    Intended,
    /// Stripe is at work.
    Pending,
    /// Given back and booked.
    Succeeded,
    /// It did not reach the buyer.
    Failed,
}

impl RefundState {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intended => "INTENDED",
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Intended, Self::Pending, Self::Succeeded, Self::Failed];
        all.into_iter().find(|state| state.name() == name)
    }

    /// Whether it still may become true.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Intended | Self::Pending)
    }
}

/// Why money is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum Reason {
    NotAsDescribed,
    CannotAttend,
    Duplicate,
    Technical,
    SessionCancelled,
    Other,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::NotAsDescribed,
        Self::CannotAttend,
        Self::Duplicate,
        Self::Technical,
        Self::SessionCancelled,
        Self::Other,
    ];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAsDescribed => "NOT_AS_DESCRIBED",
            Self::CannotAttend => "CANNOT_ATTEND",
            Self::Duplicate => "DUPLICATE",
            Self::Technical => "TECHNICAL",
            Self::SessionCancelled => "SESSION_CANCELLED",
            Self::Other => "OTHER",
        }
    }

    /// The reason of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// In a sentence after "because".
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAsDescribed => "it is not as described",
            Self::CannotAttend => "they cannot attend",
            Self::Duplicate => "it was bought twice",
            Self::Technical => "it does not work",
            Self::SessionCancelled => "the session was cancelled",
            Self::Other => "of another reason",
        }
    }
}

/// What a team gives back.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Only of these lines; of all if none is named.
    pub lines: Vec<OrderLineId>,
    /// Only so much; all that is left if absent.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Reason,
    /// Whether the right to learn ends with it.
    pub revokes: bool,
}

/// A refund to write.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// For which purchase.
    pub order: OrderId,
    /// Of which charge.
    pub charge: String,
    /// Of every amount.
    pub currency: Currency,
    /// The wish it grants, if one.
    pub request: Option<RefundRequestId>,
    /// Why; None if made at Stripe by hand.
    pub reason: Option<Reason>,
    /// Who made it; None if made at Stripe by hand.
    pub by: Option<UserId>,
    /// Whether the right to learn ends with it.
    pub revokes: bool,
    /// How much for which line.
    pub lines: Vec<(OrderLineId, i64)>,
}

impl NewRefund {
    /// All lines together.
    pub fn amount_minor(&self) -> i64 {
        self.lines.iter().map(|(_, amount)| amount).sum()
    }
}
