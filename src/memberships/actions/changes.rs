//! What a member wants changed: written down, asked of Stripe with its key, then read back.

use stripe_gateway::StripeError;
use uuid::Uuid;

use crate::app::App;
use crate::enrollment::store as enrollments;
use crate::kernel::{Denied, EnrollmentId, Error, Fault, Refusal, Result, Viewer};
use crate::outgoing::{self, Intent, Kind};
use crate::throttle::{self, Rate};

use super::super::model::{Change, Membership, State};
use super::super::refusals::MembershipRefusal as No;
use super::super::store;
use super::follow;

/// Changes of mind of one person; each is a call to Stripe.
const CHANGES: Rate = Rate { burst: 10, every_seconds: 30 };

/// Ends the viewer's membership, now or with what is paid, or lets it go on after all.
pub async fn change(app: &App, viewer: &Viewer, id: EnrollmentId, wanted: Change) -> Result<EnrollmentId> {
    throttle::take(app, "membership", &viewer.user_id.to_string(), CHANGES).await?;
    let membership = own(app, viewer, id).await?;
    for waiting in store::waiting_changes(app.db.read(), membership.id).await? {
        carry_out(app, waiting).await.map_err(away)?;
    }
    let membership = super::membership(app, membership.id).await?.ok_or(Denied::NotFound)?;
    if membership.state == State::Ended {
        return Err(No::Over.at(["enrollmentId"]).into());
    }
    if let Some(wanted) = needed(&membership, wanted) {
        let asked = wish(app, membership.id, wanted).await?;
        carry_out(app, asked).await.map_err(away)?;
    }
    Ok(id)
}

/// The viewer's own membership behind a right; what is not theirs does not exist.
async fn own(app: &App, viewer: &Viewer, id: EnrollmentId) -> Result<Membership> {
    let held = enrollments::by_id(app, &[id]).await?.remove(&id);
    let held = held.filter(|held| held.user == viewer.user_id).ok_or(Denied::NotFound)?;
    let not_one = || Error::from(No::NotAMembership.at(["enrollmentId"]));
    let membership = super::membership(app, held.membership.ok_or_else(not_one)?).await?;
    membership.filter(|membership| membership.plan == held.offering).ok_or_else(not_one)
}

/// What must be asked; nothing if it is so already. With a late payment nothing paid is left to use up.
fn needed(membership: &Membership, wanted: Change) -> Option<Change> {
    match wanted {
        Change::EndLater if membership.state == State::PastDue => Some(Change::EndNow),
        Change::EndLater => (!membership.cancel_at_period_end).then_some(Change::EndLater),
        Change::Resume => membership.cancel_at_period_end.then_some(Change::Resume),
        Change::EndNow => Some(Change::EndNow),
    }
}

/// Writes down what is wanted; its key.
pub(super) async fn wish(app: &App, membership: Uuid, wanted: Change) -> Result<Uuid> {
    let tx = app.begin().await?;
    let id = store::insert_change(&tx, membership, wanted).await?;
    outgoing::intend(&tx, Kind::Subscription, id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Asks Stripe for a change that waits, and reads what came of it. Safe to repeat.
pub async fn carry_out(app: &App, id: Uuid) -> Result<()> {
    let Some((membership, wanted)) = store::waiting_change(app.db.read(), id).await? else { return Ok(()) };
    let Some(membership) = super::membership(app, membership).await? else { return Ok(()) };
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::Subscription, id).await?;
    tx.commit().await?;
    let (key, subscription) = (&intent.key, membership.terms.subscription.as_str());
    let answer = match wanted {
        Change::EndLater => app.stripe.set_cancel_at_period_end(key, subscription, true).await,
        Change::Resume => app.stripe.set_cancel_at_period_end(key, subscription, false).await,
        Change::EndNow => app.stripe.cancel_subscription(key, subscription).await,
    };
    let refused = note(app, id, &intent, answer.map(|read| read.id)).await?;
    follow(app, subscription).await?;
    match refused {
        // Over meanwhile: reading it has told us.
        true if wanted != Change::EndNow => Err(No::ProviderRefused.at(["enrollmentId"]).into()),
        _ => Ok(()),
    }
}

/// Notes the answer; whether it was a definite no.
async fn note(
    app: &App,
    id: Uuid,
    intent: &Intent,
    answer: std::result::Result<String, StripeError>,
) -> Result<bool> {
    let tx = app.begin().await?;
    let refused = match answer {
        Ok(subscription) => {
            outgoing::answered(&tx, intent, &subscription).await?;
            false
        }
        Err(error) if error.is_uncertain() => {
            return Err(Fault::away("changing a membership", error).into());
        }
        Err(error) => {
            tracing::warn!(change = %id, %error, "Stripe refused to change a membership");
            outgoing::refused(&tx, intent, &error).await?;
            true
        }
    };
    store::set_done(&tx, id).await?;
    tx.commit().await?;
    Ok(refused)
}

/// What a worker would try again later, a person is told to try again.
fn away(error: Error) -> Error {
    match error {
        Error::Fault(fault) if fault.passing => {
            tracing::warn!(%fault, "Stripe gave no certain answer about a membership");
            No::ProviderAway.at::<_, String>([]).into()
        }
        other => other,
    }
}
