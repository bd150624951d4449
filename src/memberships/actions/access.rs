//! What a membership opens, and until when.

use uuid::Uuid;

use crate::app::App;
use crate::catalog;
use crate::checkout;
use crate::db::Tx;
use crate::enrollment::membership::{self as rights, Opening};
use crate::kernel::Result;

use super::super::model::{Membership, State};
use super::super::store;

/// Brings the rights to the plan and all it includes in line with the membership.
pub(super) async fn apply(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let until = membership.open_until();
    if membership.state == State::Ended {
        return rights::close(tx, membership.id, until).await;
    }
    let included = catalog::store::included_offerings(tx.conn(), membership.plan).await?;
    let opening = Opening {
        user: membership.user,
        membership: membership.id,
        plan: membership.plan,
        included: &included,
        until,
        past_due: membership.state == State::PastDue,
    };
    rights::open(tx, &opening).await
}

/// A plan opens something new: whoever is a member has it now.
pub async fn include(app: &App, plan: Uuid) -> Result<()> {
    for membership in store::alive_of_plan(app.db.read(), plan).await? {
        reconsider(app, membership).await?;
    }
    Ok(())
}

/// Something that decides what a membership opens has changed: the plan, or the right to it.
pub async fn reconsider(app: &App, id: Uuid) -> Result<()> {
    let Some(known) = super::membership(app, id).await? else { return Ok(()) };
    let mut tx = app.begin().await?;
    checkout::store::lock_order(&tx, known.order).await?;
    if let Some(membership) = store::by_id(tx.conn(), id, app.stripe.livemode()).await? {
        apply(&mut tx, &membership).await?;
    }
    tx.commit().await
}
