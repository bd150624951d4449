//! What a membership opens, and until when.

use uuid::Uuid;

use crate::app::App;
use crate::catalog;
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
    for subscription in store::alive_of_plan(app.db.read(), plan).await? {
        let mut tx = app.begin().await?;
        let found = store::of_subscription(tx.conn(), &subscription, app.stripe.livemode()).await?;
        if let Some(membership) = found {
            crate::checkout::store::lock_order(&tx, membership.order).await?;
            apply(&mut tx, &membership).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
