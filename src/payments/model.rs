//! The inbox and the book as others read them.

use uuid::Uuid;

use crate::kernel::{CreatorId, Currency, Instant, LedgerEntryId, Money, OrderId};

/// Which of our two addresses Stripe sent an event to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// About our own account.
    Platform,
    /// About creators' accounts.
    Connect,
}

impl Endpoint {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "PLATFORM",
            Self::Connect => "CONNECT",
        }
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Kept, to be handled.
    Kept,
    /// We have it already.
    Known,
    /// Not from Stripe: nothing was kept.
    Refused(stripe_gateway::webhook::WebhookRefusal),
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was done, or had been done before.
    Handled,
    /// Nothing to do.
    Ignored(String),
    /// A person must look.
    Parked(String),
}

impl Outcome {
    /// As the database spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Handled => "HANDLED",
            Self::Ignored(_) => "IGNORED",
            Self::Parked(_) => "PARKED",
        }
    }

    /// Why.
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Handled => None,
            Self::Ignored(note) | Self::Parked(note) => Some(note),
        }
    }
}

/// An event of the inbox.
#[derive(Clone, Debug)]
pub struct InboxEvent {
    /// Row.
    pub id: Uuid,
    /// `evt_…`.
    pub stripe_id: String,
    /// Which address it came to.
    pub endpoint: Endpoint,
    /// `checkout.session.completed`.
    pub kind: String,
    /// The creator's account it is about.
    pub account: Option<String>,
    /// What to read again.
    pub object: Option<String>,
    /// Tries to handle it, one that is under way included.
    pub attempts: i32,
    /// As it came.
    pub payload: String,
}

impl InboxEvent {
    /// The amount in minor units and the currency that the event claims for its page or payment.
    pub fn says(&self) -> Option<(i64, String)> {
        let payload: serde_json::Value = serde_json::from_str(&self.payload).ok()?;
        let object = &payload["data"]["object"];
        let amount = object["amount_total"].as_i64().or_else(|| object["amount"].as_i64())?;
        Some((amount, object["currency"].as_str()?.to_ascii_uppercase()))
    }
}

/// What a refund takes back of a sale that Stripe Tax was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxReversal {
    /// The refund's key.
    pub refund: Uuid,
    /// Of which order.
    pub order: OrderId,
    /// Given back, tax included.
    pub amount_minor: i64,
    /// Tax within it, as our book has it.
    pub tax_minor: i64,
    /// `tax_…`, once it is noted.
    pub transaction: Option<String>,
}

/// A line in a creator's book.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Key.
    pub id: LedgerEntryId,
    /// Why money moved.
    pub kind: EntryKind,
    /// Plus is more for the creator.
    pub amount: Money,
    /// All that is the creator's after this line, in this currency.
    pub balance_after: Money,
    /// For which order.
    pub order: Option<OrderId>,
    /// What it is called outside: a transfer's id at Stripe, for example.
    pub reference: String,
    /// When.
    pub occurred_at: Instant,
}

/// Why money moved in a creator's book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum EntryKind {
    Sale,
    Refund,
    PlatformFee,
    ProcessingFee,
    Tax,
    Commission,
    Dispute,
    DisputeReversed,
    Payout,
    Adjustment,
}

impl EntryKind {
    /// The kinds that are booked, and the kinds of journals behind them.
    const JOURNALS: [(Self, &'static str); 12] = [
        (Self::Sale, "SALE"),
        (Self::Refund, "REFUND"),
        (Self::Refund, "REFUND_FAILED"),
        (Self::Commission, "COMMISSION_RETURNED"),
        (Self::Dispute, "DISPUTE_OPENED"),
        (Self::Dispute, "DISPUTE_LOST"),
        (Self::Dispute, "DISPUTE_FEE"),
        (Self::DisputeReversed, "DISPUTE_WON"),
        (Self::DisputeReversed, "DISPUTE_FEE_RETURNED"),
        (Self::Payout, "TRANSFER"),
        (Self::Payout, "TRANSFER_REVERSAL"),
        (Self::Adjustment, "ADJUSTMENT"),
    ];

    /// As the schema and files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sale => "SALE",
            Self::Refund => "REFUND",
            Self::PlatformFee => "PLATFORM_FEE",
            Self::ProcessingFee => "PROCESSING_FEE",
            Self::Tax => "TAX",
            Self::Commission => "COMMISSION",
            Self::Dispute => "DISPUTE",
            Self::DisputeReversed => "DISPUTE_REVERSED",
            Self::Payout => "PAYOUT",
            Self::Adjustment => "ADJUSTMENT",
        }
    }

    /// The entry a kind of journal makes in a creator's book.
    pub fn of(journal: &str) -> Self {
        Self::JOURNALS
            .into_iter()
            .find(|(_, name)| *name == journal)
            .map_or(Self::Adjustment, |(kind, _)| kind)
    }

    /// The journals behind an entry; none for what is not booked yet.
    pub fn journals(self) -> impl Iterator<Item = &'static str> {
        Self::JOURNALS.into_iter().filter(move |(kind, _)| *kind == self).map(|(_, name)| name)
    }
}

/// What is a creator's, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose.
    pub creator: CreatorId,
    /// In which.
    pub currency: Currency,
    /// May still have to be given back to buyers.
    pub held_minor: i64,
    /// To be transferred; below zero when more was given back than was left.
    pub due_minor: i64,
    /// Under dispute.
    pub frozen_minor: i64,
}
