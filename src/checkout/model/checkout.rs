//! One attempt to pay for an order.

use chrono::Duration;

use crate::kernel::{CheckoutId, Instant, OrderId, UserId};

use super::{PurchaseOption, Quote};

/// How long a payment page stays open. Stripe wants at least 30 minutes when it hears of it; the rest is room for
/// tries that come late.
pub const PAGE_LIFE: Duration = Duration::minutes(60);

/// How long a seat is held for a payment; then its page or payment is ended, and only Stripe's word that it has ended
/// frees the seat.
pub const SEAT_HELD: Duration = Duration::minutes(15);
/// When Stripe ends a page for a seat if we could not: a minute more than the least it takes.
pub const SEAT_PAGE_LIFE: Duration = Duration::minutes(31);

/// One attempt to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Key.
    pub id: CheckoutId,
    /// For which order.
    pub order: OrderId,
    /// Whose.
    pub user: Option<UserId>,
    /// SHA-256 of what a guest sees it with.
    pub secret_hash: Option<String>,
    /// How far it is.
    pub status: CheckoutStatus,
    /// How it is paid.
    pub option: PurchaseOption,
    /// What was agreed.
    pub quote: Quote,
    /// Where the buyer comes back to.
    pub return_url: String,
    /// Where "back" leads.
    pub cancel_url: Option<String>,
    /// `cs_…`, once there is a page.
    pub stripe_session: Option<String>,
    /// The page.
    pub redirect_url: Option<String>,
    /// `pi_…`, once there is a payment for an app's sheet.
    pub stripe_intent: Option<String>,
    /// What the sheet opens that payment with.
    pub intent_secret: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it can no longer be paid.
    pub expires_at: Instant,
}

/// What is said (`wakes`) when a checkout may have changed.
pub fn topic(checkout: CheckoutId) -> String {
    format!("checkout:{checkout}")
}

impl Checkout {
    /// Whether Stripe ends it by itself in time: pages, but not those that a seat is held for, and payments never.
    pub fn ends_by_itself(&self) -> bool {
        self.stripe_intent.is_none() && !self.holds_seats()
    }

    /// Whether it is for seats.
    pub fn holds_seats(&self) -> bool {
        self.quote.lines.iter().any(|line| line.session.is_some())
    }

    /// Whether Stripe knows of it: there is a page or a payment that can be paid, closed and read.
    pub fn is_at_stripe(&self) -> bool {
        self.stripe_session.is_some() || self.stripe_intent.is_some()
    }
}

/// How far a checkout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum CheckoutStatus {
    Open,
    Processing,
    Succeeded,
    Failed,
    Expired,
    Cancelled,
}

impl CheckoutStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Processing, Self::Succeeded, Self::Failed, Self::Expired, Self::Cancelled];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Processing => "PROCESSING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The status of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether it is over. Only money that arrives late changes it then.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Open | Self::Processing)
    }

    /// Forward only. Money that arrives late still counts, so everything may yet succeed; success is the end.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Succeeded, _) | (_, Self::Open) => false,
            (_, Self::Succeeded) => true,
            (Self::Open, _) => true,
            (Self::Processing, Self::Processing) => false,
            (Self::Processing, _) => true,
            (Self::Failed | Self::Expired | Self::Cancelled, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CheckoutStatus::{self, *};

    #[test]
    fn a_checkout_moves_forward_and_late_money_still_counts() {
        for (from, to) in [(Open, Processing), (Open, Expired), (Processing, Failed), (Cancelled, Succeeded)]
        {
            assert!(from.may_become(to), "{from:?} to {to:?}");
        }
        for (from, to) in
            [(Succeeded, Expired), (Expired, Processing), (Failed, Open), (Succeeded, Succeeded)]
        {
            assert!(!from.may_become(to), "{from:?} to {to:?}");
        }
        assert!(CheckoutStatus::ALL.iter().all(|status| CheckoutStatus::of(status.name()) == Some(*status)));
    }
}
