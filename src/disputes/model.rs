//! What a dispute is.

use crate::kernel::{Currency, DisputeId, Instant, Money, OrderId};

/// A payment that a buyer's bank disputes.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// Key.
    pub id: DisputeId,
    /// `du_…` or `dp_…`.
    pub stripe_id: String,
    /// Which purchase.
    pub order: OrderId,
    /// How far it is.
    pub state: DisputeState,
    /// Why, in Stripe's words.
    pub reason: String,
    /// Of every amount.
    pub currency: Currency,
    /// What the bank claims.
    pub amount_minor: i64,
    /// What it took; 0 while it only asks.
    pub withdrawn_minor: i64,
    /// How much of that the order's lines had left.
    pub taken_minor: i64,
    /// What it charged for that.
    pub fee_minor: i64,
    /// Whether Stripe still lets the charge be refunded.
    pub is_refundable: bool,
    /// Until when to answer.
    pub evidence_due_at: Option<Instant>,
    /// When we answered.
    pub evidence_sent_at: Option<Instant>,
    /// When the money was taken.
    pub opened_at: Option<Instant>,
    /// When it was decided.
    pub closed_at: Option<Instant>,
}

impl Dispute {
    /// An amount of this dispute as money.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

/// How far a dispute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeState {
    /// The bank only asks.
    Inquiry,
    /// The bank asked, and is done.
    InquiryClosed,
    /// The money is gone; evidence is waited for.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// For us.
    Won,
    /// Against us.
    Lost,
}

impl DisputeState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Inquiry, Self::InquiryClosed, Self::NeedsResponse, Self::UnderReview, Self::Won, Self::Lost];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inquiry => "INQUIRY",
            Self::InquiryClosed => "INQUIRY_CLOSED",
            Self::NeedsResponse => "NEEDS_RESPONSE",
            Self::UnderReview => "UNDER_REVIEW",
            Self::Won => "WON",
            Self::Lost => "LOST",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Decided: nothing changes any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }
}
