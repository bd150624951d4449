//! Programs, affiliates, links and commissions, and their rules. Pure.

use chrono::Duration;
use uuid::Uuid;

use crate::kernel::text::{self, Checks};
use crate::kernel::{AffiliateId, AffiliateLinkId, CommissionId, CreatorId, Instant, Money, UserId};

use super::refusals::AffiliateRefusal as No;

/// The most a commission may be, of 10,000.
pub const HIGHEST_COMMISSION: i32 = 9_000;
/// The longest a click counts.
pub const LONGEST_ATTRIBUTION: i32 = 365;
/// Active links one affiliate may have.
pub const MOST_LINKS: u64 = 100;

/// What a creator offers to whoever recommends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Whose.
    pub creator: CreatorId,
    /// Whether people may apply and links earn.
    pub is_open: bool,
    /// Of a line after tax and fee.
    pub commission_basis_points: i32,
    /// How long after a click a purchase still counts.
    pub attribution_days: i32,
    /// Which click counts.
    pub model: Model,
    /// CommonMark; may be empty.
    pub terms: String,
}

impl Program {
    /// A closed program, to be changed before it opens.
    pub fn new(creator: CreatorId) -> Self {
        Self {
            creator,
            is_open: false,
            commission_basis_points: 1_000,
            attribution_days: 30,
            model: Model::LastTouch,
            terms: String::new(),
        }
    }

    /// The program after a change; what is wrong with it is noted in `checks`.
    pub fn changed(mut self, change: &ProgramChange, checks: &mut Checks) -> Self {
        if let Some(points) = change.commission_basis_points {
            let fits = (1..=HIGHEST_COMMISSION).contains(&points);
            let checked = if fits { Ok(points) } else { Err(No::CommissionOutOfRange) };
            checks.take(&["input", "commissionBasisPoints"], checked);
            self.commission_basis_points = points;
        }
        if let Some(days) = change.attribution_days {
            let fits = (1..=LONGEST_ATTRIBUTION).contains(&days);
            checks.take(&["input", "attributionDays"], if fits { Ok(days) } else { Err(No::DaysOutOfRange) });
            self.attribution_days = days;
        }
        if let Some(terms) = &change.terms
            && let Some(terms) = checks.take(&["input", "termsMarkdown"], text::prose("Terms", terms, 20_000))
        {
            self.terms = terms;
        }
        Self {
            is_open: change.is_open.unwrap_or(self.is_open),
            model: change.model.unwrap_or(self.model),
            ..self
        }
    }

    /// Whether a touch at `at` still counts.
    pub fn counts(&self, at: Instant, now: Instant) -> bool {
        now - at <= Duration::days(i64::from(self.attribution_days))
    }
}

/// Changes to a program; absent keeps.
#[derive(Clone, Debug, Default)]
pub struct ProgramChange {
    /// Whether people may apply and links earn.
    pub is_open: Option<bool>,
    /// Of a line after tax and fee.
    pub commission_basis_points: Option<i32>,
    /// How long a click counts.
    pub attribution_days: Option<i32>,
    /// Which click counts.
    pub model: Option<Model>,
    /// CommonMark.
    pub terms: Option<String>,
}

/// Which of several clicks earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The first.
    FirstTouch,
    /// The last.
    LastTouch,
}

impl Model {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstTouch => "FIRST_TOUCH",
            Self::LastTouch => "LAST_TOUCH",
        }
    }

    /// The model of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::FirstTouch, Self::LastTouch].into_iter().find(|model| model.name() == name)
    }
}

/// Somebody who recommends a creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affiliate {
    /// Key.
    pub id: AffiliateId,
    /// Whom they recommend.
    pub creator: CreatorId,
    /// Who.
    pub user: UserId,
    /// Their own profile, which gets paid.
    pub payee: CreatorId,
    /// How it stands.
    pub state: State,
    /// What they said when they applied.
    pub pitch: String,
    /// As it was when they were approved.
    pub commission_basis_points: i32,
}

/// How an affiliate stands with a creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum State {
    Pending,
    Approved,
    Declined,
    Suspended,
}

impl State {
    const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Declined, Self::Suspended];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Declined => "DECLINED",
            Self::Suspended => "SUSPENDED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What a decision makes of it: whoever was let in once is suspended, not declined.
    pub fn decided(self, approve: bool) -> Self {
        match (self, approve) {
            (_, true) => Self::Approved,
            (Self::Pending | Self::Declined, false) => Self::Declined,
            (Self::Approved | Self::Suspended, false) => Self::Suspended,
        }
    }
}

/// A link an affiliate passes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Key.
    pub id: AffiliateLinkId,
    /// Whose.
    pub affiliate: AffiliateId,
    /// Where it leads; none: to the creator's page.
    pub offering: Option<Uuid>,
    /// What the affiliate calls it.
    pub campaign: Option<String>,
    /// In the address.
    pub token: String,
    /// Clicks so far.
    pub click_count: i32,
    /// When it stopped earning.
    pub disabled_at: Option<Instant>,
}

impl Link {
    /// Whether it earns.
    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// The path of its address below PUBLIC_URL.
    pub fn path(&self) -> String {
        format!("/r/{}", self.token)
    }
}

/// What links or affiliates have brought, in the creator's own currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Paid orders.
    pub orders: i32,
    /// What buyers paid.
    pub sales_minor: i64,
    /// What the affiliate has earned, less what was given back.
    pub earned_minor: i64,
}

/// An affiliate's part of a sold line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commission {
    /// Key.
    pub id: CommissionId,
    /// As it was agreed.
    pub amount: Money,
    /// How it stands.
    pub state: CommissionState,
    /// What was sold, as it was called then.
    pub title: String,
    /// When the buyer paid.
    pub earned_at: Instant,
    /// When the buyer can no longer ask for the money back.
    pub payable_at: Instant,
}

/// How a commission stands, read from the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommissionState {
    /// Held: the buyer may still ask for the money back, or their bank disputes it.
    Pending,
    /// Released, to be transferred.
    Approved,
    /// Transferred.
    Paid,
    /// Given back.
    Reversed,
}

impl CommissionState {
    const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Paid, Self::Reversed];

    /// As statements spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Paid => "PAID",
            Self::Reversed => "REVERSED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Who earns by a purchase: what an order freezes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referral {
    /// By which link.
    pub link: AffiliateLinkId,
    /// Who.
    pub affiliate: AffiliateId,
    /// Their account.
    pub user: UserId,
    /// Their profile, which gets paid.
    pub payee: CreatorId,
    /// Of a line after tax and fee.
    pub basis_points: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_let_in_is_suspended_and_may_come_back() {
        assert_eq!(State::Pending.decided(false), State::Declined);
        assert_eq!(State::Declined.decided(true), State::Approved);
        assert_eq!(State::Approved.decided(false), State::Suspended);
        assert_eq!(State::Suspended.decided(false), State::Suspended);
        assert!(State::ALL.iter().all(|state| State::of(state.name()) == Some(*state)));
    }

    #[test]
    fn a_click_counts_for_as_many_days_as_the_program_says() {
        let program = Program::new(CreatorId(Uuid::nil()));
        let now = Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century");
        assert!(program.counts(now - Duration::days(30), now));
        assert!(!program.counts(now - Duration::days(30) - Duration::seconds(1), now));
    }
}
