//! What a membership is, how it stands, and how long it opens things. Pure.

use chrono::Duration;
use stripe_gateway::{Invoice, Subscription, SubscriptionStatus};
use uuid::Uuid;

use crate::kernel::{Instant, Money, OrderId, PriceId, UserId};

/// How long a late payment is waited for while everything stays open.
pub const GRACE: Duration = Duration::days(7);

/// One person's subscription to one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Key.
    pub id: Uuid,
    /// Who.
    pub user: UserId,
    /// To which plan; an offering.
    pub plan: Uuid,
    /// The price agreed to.
    pub price: PriceId,
    /// The order it began with.
    pub order: OrderId,
    /// At Stripe.
    pub terms: Terms,
    /// How it stands.
    pub state: State,
    /// The end of what is paid or on trial.
    pub paid_until: Instant,
    /// Whether it ends then.
    pub cancel_at_period_end: bool,
    /// When it was over.
    pub ended_at: Option<Instant>,
}

/// What was agreed, in Stripe's names; never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// `sub_…`.
    pub subscription: String,
    /// `price_…`.
    pub price: String,
    /// `cus_…`.
    pub customer: String,
    /// Each time.
    pub amount: Money,
    /// Real money or not.
    pub livemode: bool,
}

/// How a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Free for a while.
    Trialing,
    /// Paid.
    Active,
    /// A payment is late.
    PastDue,
    /// Over.
    Ended,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Trialing, Self::Active, Self::PastDue, Self::Ended];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trialing => "TRIALING",
            Self::Active => "ACTIVE",
            Self::PastDue => "PAST_DUE",
            Self::Ended => "ENDED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What Stripe's word means here; none for what has not begun or is not known.
    pub fn of_stripe(status: SubscriptionStatus) -> Option<Self> {
        match status {
            SubscriptionStatus::Trialing => Some(Self::Trialing),
            SubscriptionStatus::Active => Some(Self::Active),
            SubscriptionStatus::PastDue => Some(Self::PastDue),
            SubscriptionStatus::Ended => Some(Self::Ended),
            SubscriptionStatus::Incomplete | SubscriptionStatus::Unknown => None,
        }
    }
}

impl Membership {
    /// Until when it opens what it opens: through the grace if it goes on by itself, to the end of what is paid if it
    /// was told to end then, and never beyond its own end.
    pub fn open_until(&self) -> Instant {
        let by_time = if self.cancel_at_period_end { self.paid_until } else { self.paid_until + GRACE };
        self.ended_at.map_or(by_time, |end| end.min(by_time))
    }

    /// When the next payment is due; none if none is, or one is late.
    pub fn renews_at(&self) -> Option<Instant> {
        let goes_on = matches!(self.state, State::Trialing | State::Active) && !self.cancel_at_period_end;
        goes_on.then_some(self.paid_until)
    }
}

/// In what a subscription at Stripe differs from what was agreed; empty when it is the same.
pub fn subscription_differences(terms: &Terms, read: &Subscription) -> Vec<String> {
    let mut found = Differences::default();
    found.compare("live mode", &terms.livemode, &read.livemode);
    found.compare("customer", &terms.customer, &read.customer);
    found.compare("price", &Some(terms.price.clone()), &read.price);
    found.compare("amount", &Some(terms.amount.minor), &read.amount_minor);
    found.compare("currency", &terms.amount.currency.code().to_owned(), &read.currency);
    found.0
}

/// In what a paid invoice differs from what was agreed; empty when it is the same.
pub fn invoice_differences(terms: &Terms, read: &Invoice) -> Vec<String> {
    let mut found = Differences::default();
    found.compare("live mode", &terms.livemode, &read.livemode);
    found.compare("customer", &Some(terms.customer.clone()), &read.customer);
    found.compare("subscription", &Some(terms.subscription.clone()), &read.subscription);
    found.compare("lines", &1, &read.lines);
    found.compare("price", &Some(terms.price.clone()), &read.price);
    found.compare("amount due", &terms.amount.minor, &read.amount_due);
    found.compare("amount paid", &terms.amount.minor, &read.amount_paid);
    found.compare("currency", &terms.amount.currency.code().to_owned(), &read.currency);
    found.0
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, wanted: &T, got: &T) {
        if wanted != got {
            self.0.push(format!("{what}: wanted {wanted:?}, got {got:?}"));
        }
    }
}

/// What a member wants changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// End with what is paid.
    EndLater,
    /// End now.
    EndNow,
    /// Go on after all.
    Resume,
}

impl Change {
    /// Every change.
    pub const ALL: [Self; 3] = [Self::EndLater, Self::EndNow, Self::Resume];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EndLater => "END_LATER",
            Self::EndNow => "END_NOW",
            Self::Resume => "RESUME",
        }
    }

    /// The change of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::kernel::Currency;

    fn day(n: i64) -> Instant {
        Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century") + Duration::days(n)
    }

    fn terms() -> Terms {
        Terms {
            subscription: "sub_1".into(),
            price: "price_1".into(),
            customer: "cus_1".into(),
            amount: Money::new(900, Currency::Eur),
            livemode: false,
        }
    }

    fn membership() -> Membership {
        Membership {
            id: Uuid::from_u128(1),
            user: UserId(Uuid::from_u128(2)),
            plan: Uuid::from_u128(3),
            price: PriceId(Uuid::from_u128(4)),
            order: OrderId(Uuid::from_u128(5)),
            terms: terms(),
            state: State::Active,
            paid_until: day(30),
            cancel_at_period_end: false,
            ended_at: None,
        }
    }

    #[test]
    fn a_late_payment_is_waited_for_and_an_ending_is_not() {
        let running = membership();
        assert_eq!(running.open_until(), day(37));
        assert_eq!(running.renews_at(), Some(day(30)));
        let ending = Membership { cancel_at_period_end: true, ..running.clone() };
        assert_eq!((ending.open_until(), ending.renews_at()), (day(30), None));
        let late = Membership { state: State::PastDue, ..running };
        assert_eq!((late.open_until(), late.renews_at()), (day(37), None));
    }

    #[test]
    fn what_ended_is_closed_then_or_before() {
        let over = |end| Membership { state: State::Ended, ended_at: Some(end), ..membership() };
        assert_eq!(over(day(3)).open_until(), day(3));
        assert_eq!(over(day(40)).open_until(), day(37));
    }

    fn invoice() -> Invoice {
        Invoice {
            id: "in_1".into(),
            paid: true,
            subscription: Some("sub_1".into()),
            customer: Some("cus_1".into()),
            price: Some("price_1".into()),
            lines: 1,
            amount_due: 900,
            amount_paid: 900,
            page_url: None,
            currency: "EUR".into(),
            period_start: day(0),
            period_end: day(30),
            metadata: HashMap::new(),
            livemode: false,
        }
    }

    #[test]
    fn an_invoice_over_anything_else_is_told_apart() {
        assert_eq!(invoice_differences(&terms(), &invoice()), Vec::<String>::new());
        type Bend = fn(&mut Invoice);
        let bends: [Bend; 8] = [
            |it| it.amount_due = 901,
            |it| it.amount_paid = 1,
            |it| it.currency = "USD".into(),
            |it| it.customer = None,
            |it| it.price = Some("price_2".into()),
            |it| it.lines = 2,
            |it| it.livemode = true,
            |it| it.subscription = Some("sub_2".into()),
        ];
        for bend in bends {
            let mut bent = invoice();
            bend(&mut bent);
            assert_eq!(invoice_differences(&terms(), &bent).len(), 1);
        }
    }
}
