//! A payout account and its states.

use stripe_gateway::{AccountState as StripeAccount, Capability};

use crate::kernel::{CreatorId, Currency, Instant};

/// A creator's account at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutAccount {
    /// Whose.
    pub creator: CreatorId,
    /// `acct_…`.
    pub stripe_account: String,
    /// How far it is.
    pub state: State,
    /// Upper-case country code; never changes.
    pub country: String,
    /// What it is paid out in.
    pub default_currency: String,
    /// What Stripe wants to know, in Stripe's names.
    pub requirements: Vec<String>,
    /// Why Stripe holds it back.
    pub disabled_reason: Option<String>,
    /// By when the requirements are due.
    pub due_by: Option<Instant>,
}

/// How far a payout account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Opened, the form not begun.
    NotStarted,
    /// Stripe wants to know something.
    ActionRequired,
    /// Stripe is checking; nothing to do.
    Pending,
    /// Money can be sent.
    Ready,
    /// Stripe holds it back.
    Restricted,
    /// Stripe has closed it for good.
    Rejected,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::NotStarted,
        Self::ActionRequired,
        Self::Pending,
        Self::Ready,
        Self::Restricted,
        Self::Rejected,
    ];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::ActionRequired => "ACTION_REQUIRED",
            Self::Pending => "PENDING",
            Self::Ready => "READY",
            Self::Restricted => "RESTRICTED",
            Self::Rejected => "REJECTED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What an account at Stripe amounts to.
    pub fn read(account: &StripeAccount) -> Self {
        let reason = account.disabled_reason.as_deref().unwrap_or_default();
        let wanted = !account.currently_due.is_empty() || !account.past_due.is_empty();
        if reason.starts_with("rejected.") {
            Self::Rejected
        } else if account.transfers == Capability::Active && account.payouts_enabled && !wanted {
            Self::Ready
        } else if !account.details_submitted {
            Self::NotStarted
        } else if wanted {
            Self::ActionRequired
        } else if matches!(reason, "" | "requirements.pending_verification" | "under_review") {
            Self::Pending
        } else {
            Self::Restricted
        }
    }
}

/// What Stripe wants to know, each once, what is late first.
pub fn requirements(account: &StripeAccount) -> Vec<String> {
    let mut wanted = account.past_due.clone();
    wanted.extend(account.currently_due.iter().filter(|field| !account.past_due.contains(field)).cloned());
    wanted
}

/// What an account is paid out in; the platform's first currency until Stripe knows.
pub fn default_currency(account: &StripeAccount) -> String {
    account.default_currency.clone().unwrap_or_else(|| Currency::ALL[0].code().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> StripeAccount {
        StripeAccount {
            id: "acct_1".into(),
            transfers: Capability::Active,
            charges_enabled: false,
            payouts_enabled: true,
            details_submitted: true,
            currently_due: Vec::new(),
            past_due: Vec::new(),
            pending_verification: Vec::new(),
            disabled_reason: None,
            deadline: None,
            country: Some("AT".into()),
            default_currency: Some("EUR".into()),
            payout_interval: None,
            metadata: Default::default(),
            livemode: false,
        }
    }

    #[test]
    fn an_account_is_ready_when_money_can_flow_and_nothing_is_wanted() {
        assert_eq!(State::read(&account()), State::Ready);
        let due = StripeAccount { currently_due: vec!["individual.id_number".into()], ..account() };
        assert_eq!(State::read(&due), State::ActionRequired);
    }

    #[test]
    fn every_other_word_of_stripes_has_a_state() {
        let closed = |reason: &str| StripeAccount {
            transfers: Capability::Inactive,
            payouts_enabled: false,
            disabled_reason: Some(reason.into()),
            ..account()
        };
        assert_eq!(State::read(&closed("rejected.fraud")), State::Rejected);
        assert_eq!(State::read(&closed("requirements.pending_verification")), State::Pending);
        assert_eq!(State::read(&closed("listed")), State::Restricted);
        let fresh = StripeAccount { details_submitted: false, ..closed("requirements.past_due") };
        assert_eq!(State::read(&fresh), State::NotStarted);
        let late =
            StripeAccount { past_due: vec!["external_account".into()], ..closed("requirements.past_due") };
        assert_eq!(State::read(&late), State::ActionRequired);
        let unknown = StripeAccount { transfers: Capability::Unknown, ..account() };
        assert_eq!(State::read(&unknown), State::Pending);
    }

    #[test]
    fn what_is_wanted_is_named_once_late_things_first() {
        let both = StripeAccount {
            currently_due: vec!["a".into(), "b".into()],
            past_due: vec!["b".into()],
            ..account()
        };
        assert_eq!(requirements(&both), ["b", "a"]);
    }
}
