//! What a membership opens, and until when.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::catalog;
use crate::checkout;
use crate::db::Tx;
use crate::enrollment::membership::{self as rights, Opening};
use crate::kernel::Result;
use crate::queue::Job;

use super::super::model::{Membership, State};
use super::super::store;

/// Brings the rights to the plan and all it includes in line with the membership.
pub(super) async fn apply(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let until = membership.open_until();
    if membership.state == State::Ended {
        rights::close(tx, (membership.user, membership.plan), membership.id, until).await?;
        // What it lent may also be another one's to lend.
        for other in store::alive_of_user(tx.conn(), membership.user).await? {
            tx.enqueue(Job::new("memberships.reconsider", json!({ "membership": other })));
        }
        return Ok(());
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

/// A plan opens something new: whoever is a member has it soon. Each by a job, so that nobody waits for another's.
pub async fn include(app: &App, plan: Uuid) -> Result<()> {
    let mut tx = app.begin().await?;
    for membership in store::alive_of_plan(tx.conn(), plan).await? {
        tx.enqueue(Job::new("memberships.reconsider", json!({ "membership": membership })));
    }
    tx.commit().await
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
