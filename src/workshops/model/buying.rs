//! A seat that is bought by itself when somebody who waits gets one: what was agreed to, and why it may come to nothing.

use crate::kernel::secret::digest;
use crate::kernel::{CheckoutId, Instant, Money};

/// For which date, and under which words about giving a seat back, somebody sees a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The session's version, which rises when it is moved.
    pub sequence: i32,
    /// The workshop's cancellation policy.
    pub policy: String,
}

impl Terms {
    /// The same, short enough for a quote to carry.
    pub fn mark(&self) -> String {
        format!("{}-{}", self.sequence, &digest(&[&self.policy])[..16])
    }
}

/// What somebody who waits has agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// What is bought at which price, as `checkout` writes it.
    pub quote: serde_json::Value,
    /// All of it, tax included: this is charged and nothing else.
    pub amount: Money,
    /// For which date and under which policy.
    pub terms: Terms,
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
    /// When the card was about to be charged for it.
    pub charged_at: Option<Instant>,
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

    /// Whether it has been begun and has not come to nothing; it may have come to a seat.
    pub fn is_begun(&self) -> bool {
        self.checkout.is_some() && self.ended_at.is_none()
    }
}

/// Why a seat was not bought by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The bank said no.
    Declined,
    /// The bank wants to ask the card's owner.
    Authentication,
    /// The card's time is over.
    CardExpired,
    /// The card is not saved any more.
    CardGone,
    /// It costs something else now, or another part of it is tax.
    PriceChanged,
    /// It is not sold at the moment.
    NotOnSale,
    /// The session takes place at another time.
    Moved,
    /// The words about giving a seat back are others.
    PolicyChanged,
    /// The account is suspended.
    Suspended,
    /// The seat could not be held any longer, or the session has begun.
    TooLate,
    /// They left the waitlist.
    Left,
    /// Anything else.
    NotPossible,
}

impl WhyNot {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Declined,
        Self::Authentication,
        Self::CardExpired,
        Self::CardGone,
        Self::PriceChanged,
        Self::NotOnSale,
        Self::Moved,
        Self::PolicyChanged,
        Self::Suspended,
        Self::TooLate,
        Self::Left,
        Self::NotPossible,
    ];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Declined => "DECLINED",
            Self::Authentication => "AUTHENTICATION",
            Self::CardExpired => "CARD_EXPIRED",
            Self::CardGone => "CARD_GONE",
            Self::PriceChanged => "PRICE_CHANGED",
            Self::NotOnSale => "NOT_ON_SALE",
            Self::Moved => "MOVED",
            Self::PolicyChanged => "POLICY_CHANGED",
            Self::Suspended => "SUSPENDED",
            Self::TooLate => "TOO_LATE",
            Self::Left => "LEFT",
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
            Self::CardExpired => "the card has expired",
            Self::CardGone => "the card is not saved any more",
            Self::PriceChanged => "it no longer costs what you agreed to",
            Self::NotOnSale => "it is not on sale at the moment",
            Self::Moved => "the session was moved to another time than you agreed to",
            Self::PolicyChanged => "its cancellation policy is no longer the one you agreed to",
            Self::Suspended => "your account is suspended",
            Self::TooLate => "the payment could not be made in time",
            Self::Left => "you left the waitlist",
            Self::NotPossible => "the payment could not be made",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_one_date_and_one_policy() {
        let shown = Terms { sequence: 1, policy: "A week before.".into() };
        let moved = Terms { sequence: 2, ..shown.clone() };
        let stricter = Terms { policy: "Never.".into(), ..shown.clone() };
        assert_eq!(shown.mark(), shown.clone().mark());
        assert!(shown.mark() != moved.mark() && shown.mark() != stricter.mark());
    }

    #[test]
    fn every_reason_has_a_name_of_its_own() {
        for why in WhyNot::ALL {
            assert_eq!(WhyNot::of(why.name()), Some(why));
        }
    }
}
