//! Giving and taking roles, from the command line: whoever can run it owns the installation anyway.

use crate::app::App;
use crate::identity;
use crate::kernel::{Refusal, Result, UserId};
use crate::operators::model::{Role, StaffMember};
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};

/// Gives the account with this address a role; false if it has it.
pub async fn grant(app: &App, email: &str, role: Role) -> Result<bool> {
    let user = account(app, email).await?;
    let tx = app.begin().await?;
    let changed = store::grant(&tx, user, role).await?;
    if changed {
        store::audit_command_line(&tx, act("staff.grant", user, role)).await?;
        tx.commit().await?;
    }
    Ok(changed)
}

/// Takes a role from the account with this address; false if it does not have it.
pub async fn revoke(app: &App, email: &str, role: Role) -> Result<bool> {
    let user = account(app, email).await?;
    let tx = app.begin().await?;
    let changed = store::revoke(&tx, user, role).await?;
    if changed {
        store::audit_command_line(&tx, act("staff.revoke", user, role)).await?;
        tx.commit().await?;
    }
    Ok(changed)
}

/// Everybody with a role.
pub async fn staff(app: &App) -> Result<Vec<StaffMember>> {
    store::staff(&app.db).await
}

fn act(action: &'static str, user: UserId, role: Role) -> Act<'static> {
    Act { action, subject: user.to_string(), creator: None, reason: Some(role.name()) }
}

async fn account(app: &App, email: &str) -> Result<UserId> {
    let missing = || No::NobodyThere.at(["email"]);
    let email = identity::model::email(email).map_err(|_| missing())?;
    let known = identity::store::by_email(app.db.read(), &email.folded).await?;
    Ok(known.ok_or_else(missing)?.account.id)
}
