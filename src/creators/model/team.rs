//! Who works in a studio, as what, and what that allows.

use crate::kernel::{CreatorId, Instant, MemberId, UserId};

/// What somebody is in a studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TeamRole {
    /// Whose studio it is.
    Owner,
    /// Everything but what only the owner may.
    Admin,
    /// Makes courses.
    Editor,
    /// Runs live sessions.
    Host,
    /// Answers learners.
    Support,
    /// Keeps the books.
    Finance,
    /// Reads reports.
    Analyst,
}

/// What a role may include; the schema's `TeamPermission`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Courses, lessons, prices.
    Catalog,
    /// Files.
    Media,
    /// Live sessions.
    Host,
    /// Learners and what they write.
    Community,
    /// Coupons, affiliates, sponsors.
    Marketing,
    /// Orders, ledger, payouts.
    Finance,
    /// Reports.
    Analytics,
    /// Who works here.
    Team,
    /// Profile and storefront.
    Settings,
    /// Webhooks and API tokens.
    Developer,
}

impl Permission {
    /// Every permission, in the schema's order.
    pub const ALL: [Permission; 10] = [
        Permission::Catalog,
        Permission::Media,
        Permission::Host,
        Permission::Community,
        Permission::Marketing,
        Permission::Finance,
        Permission::Analytics,
        Permission::Team,
        Permission::Settings,
        Permission::Developer,
    ];

    /// As the schema spells it.
    pub fn name(self) -> &'static str {
        match self {
            Permission::Catalog => "CATALOG",
            Permission::Media => "MEDIA",
            Permission::Host => "HOST",
            Permission::Community => "COMMUNITY",
            Permission::Marketing => "MARKETING",
            Permission::Finance => "FINANCE",
            Permission::Analytics => "ANALYTICS",
            Permission::Team => "TEAM",
            Permission::Settings => "SETTINGS",
            Permission::Developer => "DEVELOPER",
        }
    }
}

impl TeamRole {
    /// Every role.
    pub const ALL: [TeamRole; 7] = [
        TeamRole::Owner,
        TeamRole::Admin,
        TeamRole::Editor,
        TeamRole::Host,
        TeamRole::Support,
        TeamRole::Finance,
        TeamRole::Analyst,
    ];

    /// What this role includes. What only an owner may (handle, domain, payout account, closing) is no permission:
    /// see [`owner_desk`](crate::creators::actions::owner_desk).
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            TeamRole::Owner | TeamRole::Admin => &Permission::ALL,
            TeamRole::Editor => &[Permission::Catalog, Permission::Media],
            TeamRole::Host => &[Permission::Host, Permission::Community],
            TeamRole::Support => &[Permission::Community],
            TeamRole::Finance => &[Permission::Finance, Permission::Analytics],
            TeamRole::Analyst => &[Permission::Analytics],
        }
    }

    /// Whether this role includes `permission`.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            TeamRole::Owner => "OWNER",
            TeamRole::Admin => "ADMIN",
            TeamRole::Editor => "EDITOR",
            TeamRole::Host => "HOST",
            TeamRole::Support => "SUPPORT",
            TeamRole::Finance => "FINANCE",
            TeamRole::Analyst => "ANALYST",
        }
    }

    /// What the database spells so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A person's place in a studio. Says nothing about what a caller may: that is [`Membership`].
#[derive(Clone, Debug)]
pub struct Member {
    /// Key.
    pub id: MemberId,
    /// Whose studio.
    pub creator_id: CreatorId,
    /// Who.
    pub user_id: UserId,
    /// As what.
    pub role: TeamRole,
    /// Since when.
    pub joined_at: Instant,
}

/// Proof that the caller works in this studio, in whatever role. Made only by
/// [`membership`](crate::creators::actions::membership).
#[derive(Clone, Debug)]
pub struct Membership(Member);

impl Membership {
    pub(in crate::creators) fn proven(member: Member) -> Self {
        Self(member)
    }

    /// Whose studio.
    pub fn creator_id(&self) -> CreatorId {
        self.0.creator_id
    }

    /// Who.
    pub fn user_id(&self) -> UserId {
        self.0.user_id
    }

    /// As what.
    pub fn role(&self) -> TeamRole {
        self.0.role
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_what_the_contract_says() {
        let names =
            |role: TeamRole| role.permissions().iter().map(|p| p.name()).collect::<Vec<_>>().join(" ");
        assert_eq!(TeamRole::Owner.permissions().len(), 10);
        assert_eq!(TeamRole::Admin.permissions().len(), 10);
        assert_eq!(names(TeamRole::Editor), "CATALOG MEDIA");
        assert_eq!(names(TeamRole::Host), "HOST COMMUNITY");
        assert_eq!(names(TeamRole::Support), "COMMUNITY");
        assert_eq!(names(TeamRole::Finance), "FINANCE ANALYTICS");
        assert_eq!(names(TeamRole::Analyst), "ANALYTICS");
    }

    #[test]
    fn every_role_reads_back() {
        assert!(TeamRole::ALL.into_iter().all(|role| TeamRole::named(role.name()) == Some(role)));
        assert_eq!(TeamRole::named("owner"), None);
    }
}
