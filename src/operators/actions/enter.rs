//! Authorization as a value: whoever holds an [`Operator`] has been let in, for the thing it was asked for.

use std::net::IpAddr;

use crate::app::App;
use crate::kernel::{Denied, Result, UserId, Viewer};
use crate::operators::access;
use crate::operators::model::{self, Role};
use crate::operators::store;

/// Proof that the caller is staff and may do one kind of thing. Made only here.
#[derive(Clone, Debug)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to this crate too: only a check makes one")]
pub struct Operator {
    /// Who acts.
    pub user_id: UserId,
    /// What else they may do.
    pub roles: Vec<Role>,
    /// From where, for the audit log.
    pub ip_prefix: String,
    /// Keeps everybody else from making one.
    _checked: (),
}

/// Lets staff in to a root field or Node type of the admin endpoint. NOT_FOUND for everybody who is not staff or whose
/// address is not proven; FORBIDDEN for staff whose roles do not fit. Roles are read each time: taken means taken.
pub async fn enter(app: &App, viewer: &Viewer, address: IpAddr, what: &str) -> Result<Operator> {
    if !viewer.email_verified {
        return Err(Denied::NotFound.into());
    }
    let roles = store::roles_of(app.db.read(), viewer.user_id).await?;
    if roles.is_empty() {
        return Err(Denied::NotFound.into());
    }
    let wanted = access::roles_for(what);
    if !roles.iter().any(|role| wanted.contains(role)) {
        return Err(Denied::Forbidden {
            missing: wanted.first().map_or("any such thing", |role| role.name()),
        }
        .into());
    }
    let ip_prefix = model::ip_prefix(address);
    Ok(Operator { user_id: viewer.user_id, roles, ip_prefix, _checked: () })
}
