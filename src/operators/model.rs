//! Roles, and what operators look at.

use std::net::IpAddr;

use serde_json::Value;

use crate::kernel::{AuditEntryId, CaseId, Instant, StripeEventId, UserId};

/// What somebody may do for the installation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Money: refunds, holds, cases, what Stripe said.
    Finance,
    /// Buyers: their orders and refunds.
    Support,
    /// The audit log, and holds when somebody seems to be cheating.
    Security,
    /// What Stripe said, and having it handled again.
    Engineering,
    /// Content.
    Moderation,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Finance, Self::Support, Self::Security, Self::Engineering, Self::Moderation];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finance => "FINANCE",
            Self::Support => "SUPPORT",
            Self::Security => "SECURITY",
            Self::Engineering => "ENGINEERING",
            Self::Moderation => "MODERATION",
        }
    }

    /// The role the database calls so.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The part of an address that names a network and no person: enough to see that something came from elsewhere.
pub fn ip_prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// Somebody who has roles.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// Their address.
    pub email: String,
    /// Whether it is proven; roles count only then.
    pub is_proven: bool,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub granted_at: Instant,
}

/// A line of the audit log.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Key.
    pub id: AuditEntryId,
    /// Who; none for the command line.
    pub actor: Option<UserId>,
    /// `payout.hold`.
    pub action: String,
    /// Our id, or Stripe's.
    pub subject: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// From where.
    pub ip_prefix: Option<String>,
    /// When.
    pub occurred_at: Instant,
}

/// Something about money that only a person can decide.
#[derive(Clone, Debug)]
pub struct Case {
    /// Key.
    pub id: CaseId,
    /// What kind: `PAYMENT_MISMATCH`.
    pub kind: String,
    /// Our id, or Stripe's.
    pub subject: String,
    /// Both sides.
    pub detail: Value,
    /// Since when.
    pub opened_at: Instant,
    /// Until when.
    pub closing: Option<Closing>,
}

/// How a case ended.
#[derive(Clone, Debug)]
pub struct Closing {
    /// When.
    pub at: Instant,
    /// Which operator.
    pub by: Option<UserId>,
    /// What they found and did.
    pub note: Option<String>,
}

/// An event of the inbox, as operators see it.
#[derive(Clone, Debug)]
pub struct StripeEvent {
    /// Key.
    pub id: StripeEventId,
    /// `evt_…`.
    pub stripe_id: String,
    /// `checkout.session.completed`.
    pub kind: String,
    /// The creator's account it is about.
    pub account: Option<String>,
    /// What it is about.
    pub object: Option<String>,
    /// How far it is.
    pub state: EventState,
    /// Tries to handle it so far.
    pub attempts: i32,
    /// Why nothing came of it.
    pub note: Option<String>,
    /// When it came.
    pub received_at: Instant,
}

/// How far an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventState {
    /// Not tried yet.
    Queued,
    /// Tried, and to be tried again.
    Running,
    /// Handled, or nothing to do.
    Ready,
    /// A person must look.
    Failed,
}

impl EventState {
    /// Of what the inbox says.
    pub fn of(state: &str, attempts: i32) -> Self {
        match state {
            "RECEIVED" if attempts == 0 => Self::Queued,
            "RECEIVED" => Self::Running,
            "PARKED" => Self::Failed,
            _ => Self::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_network_only() {
        let of = |text: &str| ip_prefix(text.parse().unwrap());
        assert_eq!(of("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("2001:db8:7:9::1"), "2001:db8:7::/48");
    }

    #[test]
    fn roles_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.name()), Some(role));
        }
        assert_eq!(Role::of("OWNER"), None);
    }
}
