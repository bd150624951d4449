//! Authorization as a value: whoever holds a [`Desk`] has been let in, for the permission it was asked with.

use crate::app::App;
use crate::creators::model::{Membership, Permission, TeamRole};
use crate::creators::store;
use crate::kernel::{CreatorId, Denied, Result, UserId, Viewer};

/// Proof that the caller may do one kind of thing in this studio. Made only here.
#[derive(Clone, Debug)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to this crate too: only a check makes one")]
pub struct Desk {
    /// Whose studio.
    pub creator_id: CreatorId,
    /// Who acts.
    pub user_id: UserId,
    /// As what.
    pub role: TeamRole,
    /// Keeps everybody else from making one.
    _checked: (),
}

/// The caller's place in a studio; NOT_FOUND for outsiders, whether the creator exists or not.
pub async fn membership(app: &App, viewer: &Viewer, creator: CreatorId) -> Result<Membership> {
    let member = store::member(app.db.read(), creator, viewer.user_id).await?;
    Ok(Membership::proven(member.ok_or(Denied::NotFound)?))
}

/// The caller's desk in a studio; NOT_FOUND for outsiders, FORBIDDEN for members whose role lacks `permission`.
pub async fn desk(app: &App, viewer: &Viewer, creator: CreatorId, permission: Permission) -> Result<Desk> {
    Ok(membership(app, viewer, creator).await?.desk(permission)?)
}

/// The owner's desk: for what no role but OWNER includes.
pub async fn owner_desk(app: &App, viewer: &Viewer, creator: CreatorId) -> Result<Desk> {
    let at = membership(app, viewer, creator).await?;
    if at.role() != TeamRole::Owner {
        return Err(Denied::Forbidden { missing: TeamRole::Owner.name() }.into());
    }
    Ok(at.seated())
}

impl Membership {
    /// A desk, if the role includes `permission`: costs no statement.
    pub fn desk(&self, permission: Permission) -> std::result::Result<Desk, Denied> {
        if !self.role().may(permission) {
            return Err(Denied::Forbidden { missing: permission.name() });
        }
        Ok(self.seated())
    }

    fn seated(&self) -> Desk {
        Desk { creator_id: self.creator_id(), user_id: self.user_id(), role: self.role(), _checked: () }
    }
}
