//! Payouts to creators' banks, their schedule, and what to expect of the next one.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use stripe_gateway::PayoutStatus;

use crate::kernel::{CreatorId, Currency, Instant, Money, OrderId, PayoutId};

/// Money from a creator's balance at Stripe to their bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Key.
    pub id: PayoutId,
    /// Whose.
    pub creator: CreatorId,
    /// `acct_…`
    pub destination: String,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub state: PayoutState,
    /// Made by Stripe by the schedule.
    pub is_automatic: bool,
    /// `po_…`
    pub stripe_id: Option<String>,
    /// Why it was refused or failed.
    pub failure: Option<String>,
    /// When the bank should have it.
    pub arrives_at: Option<Instant>,
    /// Made or asked for at.
    pub created_at: Instant,
}

/// How far a payout is; later ones are further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayoutState {
    /// Asked for, or about to be.
    Intended,
    /// Stripe said no.
    Refused,
    /// It has left the balance.
    Pending,
    /// The bank is at work.
    InTransit,
    /// The bank should have it.
    Paid,
    /// It came back.
    Failed,
}

impl PayoutState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Intended, Self::Refused, Self::Pending, Self::InTransit, Self::Paid, Self::Failed];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intended => "INTENDED",
            Self::Refused => "REFUSED",
            Self::Pending => "PENDING",
            Self::InTransit => "IN_TRANSIT",
            Self::Paid => "PAID",
            Self::Failed => "FAILED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What a payout at Stripe amounts to; none for a word we do not know.
    pub fn read(status: PayoutStatus) -> Option<Self> {
        match status {
            PayoutStatus::Pending => Some(Self::Pending),
            PayoutStatus::InTransit => Some(Self::InTransit),
            PayoutStatus::Paid => Some(Self::Paid),
            PayoutStatus::Failed | PayoutStatus::Canceled => Some(Self::Failed),
            PayoutStatus::Unknown => None,
        }
    }
}

/// When Stripe pays a creator out by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interval {
    /// Every day; what Stripe does unless told otherwise.
    #[default]
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
    /// Only when asked.
    Manual,
}

impl Interval {
    /// Every interval.
    pub const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Monthly, Self::Manual];

    /// As the database spells it; Stripe writes it in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Manual => "MANUAL",
        }
    }

    /// The interval of this name, however it is written.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.name().eq_ignore_ascii_case(name))
    }

    /// The next day after `today` on which Stripe pays out by itself.
    pub fn next_after(self, today: NaiveDate) -> Option<NaiveDate> {
        let fits = |day: &NaiveDate| match self {
            Self::Daily => true,
            Self::Weekly => day.weekday() == Weekday::Mon,
            Self::Monthly => day.day() == 1,
            Self::Manual => false,
        };
        (1..=31).filter_map(|ahead| today.checked_add_days(Days::new(ahead))).find(fits)
    }
}

/// Money that waits, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: WaitingReason,
    /// Until when, where that is known.
    pub until: Option<Instant>,
    /// For which order, if it waits for one.
    pub order: Option<OrderId>,
}

/// Why money waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingReason {
    /// Its buyer may still ask for it back.
    RefundWindow,
    /// Its buyer's bank disputes it.
    Dispute,
    /// The creator has no account, or has not finished the form.
    AccountIncomplete,
    /// Stripe is checking the account.
    AccountInReview,
    /// Stripe holds the account back.
    AccountRestricted,
    /// The platform holds the creator's money back.
    PlatformReview,
    /// It is on its way within the hour.
    OnItsWay,
    /// It is kept for what buyers got back.
    OwedBack,
}

impl WaitingReason {
    /// What the creator must do, in a sentence; none when there is nothing to do but wait.
    pub fn action(self) -> Option<&'static str> {
        match self {
            Self::AccountIncomplete => Some(
                "Finish the form that payoutAccountLinkCreate opens; payoutAccount.requirements says what is missing.",
            ),
            Self::AccountRestricted => Some(
                "Open the form with payoutAccountLinkCreate and give what payoutAccount.requirements asks for.",
            ),
            Self::PlatformReview => {
                Some("We are looking at your account and will write to you. Write to us if it is urgent.")
            }
            Self::Dispute => Some("Help us answer the dispute: tell us what you know about this order."),
            Self::OwedBack => Some("Nothing: your next sales make up for it."),
            Self::RefundWindow | Self::AccountInReview | Self::OnItsWay => None,
        }
    }
}

/// What the next payout will be if nothing is refunded until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The day Stripe makes it.
    pub on: NaiveDate,
    /// How much, for each currency; more than zero.
    pub amounts: Vec<Money>,
}

/// Adds up what will be at Stripe on a day, leaving out currencies with nothing.
pub fn forecast(on: NaiveDate, parts: impl IntoIterator<Item = Money>) -> Forecast {
    let mut amounts: Vec<(Currency, i64)> = Vec::new();
    for part in parts {
        match amounts.iter_mut().find(|(currency, _)| *currency == part.currency) {
            Some((_, sum)) => *sum += part.minor,
            None => amounts.push((part.currency, part.minor)),
        }
    }
    let amounts = amounts.into_iter().filter(|(_, minor)| *minor > 0);
    Forecast { on, amounts: amounts.map(|(currency, minor)| Money::new(minor, currency)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_next_payout_is_after_today() {
        let sunday = day("2026-11-22");
        assert_eq!(Interval::Daily.next_after(sunday), Some(day("2026-11-23")));
        assert_eq!(Interval::Weekly.next_after(sunday), Some(day("2026-11-23")));
        assert_eq!(Interval::Weekly.next_after(day("2026-11-23")), Some(day("2026-11-30")));
        assert_eq!(Interval::Monthly.next_after(sunday), Some(day("2026-12-01")));
        assert_eq!(Interval::Monthly.next_after(day("2026-12-01")), Some(day("2027-01-01")));
        assert_eq!(Interval::Manual.next_after(sunday), None);
    }

    #[test]
    fn a_forecast_adds_up_each_currency_and_leaves_out_debts() {
        let parts = [(500, Currency::Eur), (-100, Currency::Eur), (-5, Currency::Usd)];
        let parts = parts.map(|(minor, currency)| Money::new(minor, currency));
        assert_eq!(forecast(day("2026-12-01"), parts).amounts, [Money::new(400, Currency::Eur)]);
    }
}
