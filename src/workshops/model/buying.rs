//! A seat that is bought by itself when somebody who waits gets one: what was agreed to, and why it may come to nothing.

use crate::kernel::{CheckoutId, Instant, Money};

/// What somebody who waits has agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// What is bought at which price, as `checkout` writes it.
    pub quote: serde_json::Value,
    /// All of it, tax included: this is charged and nothing else.
    pub amount: Money,
    /// The saved card, `pm_…`.
    pub method: String,
    /// Such as `visa`.
    pub card_brand: String,
    /// Its last four digits.
    pub card_last4: String,
    /// The words that were agreed to: kind and version.
    pub consents: Vec<(String, String)>,
}

/// The same, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Buying {
    /// What was agreed to.
    pub agreement: Agreement,
    /// When.
    pub agreed_at: Instant,
    /// The one attempt to pay.
    pub checkout: Option<CheckoutId>,
    /// Why it came, or is about to come, to nothing.
    pub why_not: Option<WhyNot>,
    /// When it came to nothing.
    pub ended_at: Option<Instant>,
}

impl Buying {
    /// Whether it is still to be done.
    pub fn is_due(&self) -> bool {
        self.checkout.is_none() && self.ended_at.is_none()
    }
}

/// Why a seat was not bought by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The bank said no.
    Declined,
    /// The bank wants to ask the card's owner.
    Authentication,
    /// The card is not saved any more.
    CardGone,
    /// It costs something else now, or is no longer sold at that price.
    PriceChanged,
    /// Anything else.
    NotPossible,
}

impl WhyNot {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Declined, Self::Authentication, Self::CardGone, Self::PriceChanged, Self::NotPossible];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Declined => "DECLINED",
            Self::Authentication => "AUTHENTICATION",
            Self::CardGone => "CARD_GONE",
            Self::PriceChanged => "PRICE_CHANGED",
            Self::NotPossible => "NOT_POSSIBLE",
        }
    }

    /// The reason of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }

    /// What a letter says of it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Declined => "your bank declined the payment",
            Self::Authentication => "your bank wants you to confirm the payment yourself",
            Self::CardGone => "the card is not saved any more",
            Self::PriceChanged => "it no longer costs what you agreed to",
            Self::NotPossible => "the payment could not be made",
        }
    }
}
