//! Memberships as their members see them: how an enrollment goes on, ending it, and the way to the billing page.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::enrollment::graphql::{Enrollment, own};
use crate::enrollment::model;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Url, answer, field};
use crate::kernel::{Denied, OrderId, Result};
use crate::{loader, payload};

use super::actions;
use super::model::{Change, Membership, State};
use super::store;

loader! {
    /// Memberships by key.
    MembershipById: Uuid => Membership = memberships
}

async fn memberships(app: &App, ids: &[Uuid]) -> Result<HashMap<Uuid, Membership>> {
    let found = store::by_ids(app.db.read(), ids, app.stripe.livemode()).await?;
    Ok(found.into_iter().map(|membership| (membership.id, membership)).collect())
}

loader! {
    /// Stripe's pages with the invoices that became orders.
    InvoiceOfOrder: OrderId => String = store::pages_of_orders
}

/// Memberships' part of an enrollment.
#[derive(Clone)]
pub struct EnrollmentMembership(pub model::Enrollment);

#[Object]
impl EnrollmentMembership {
    /// When the next payment is due; null for what was bought once, what ends, and while a payment is late.
    async fn renews_at(&self, ctx: &Context<'_>) -> Fallible<DateTime<Utc>> {
        field(self.found(ctx).await.map(|found| found?.renews_at()))
    }

    /// Whether it ends with what is paid. Always false for what was bought once.
    async fn cancel_at_period_end(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let found = crate::graphql::required(self.found(ctx).await)?;
        Ok(found.is_some_and(|found| found.cancel_at_period_end && found.state != State::Ended))
    }
}

impl EnrollmentMembership {
    async fn found(&self, ctx: &Context<'_>) -> Result<Option<Membership>> {
        match self.0.membership {
            Some(membership) => ctx.loaders().load::<MembershipById, _>(membership).await,
            None => Ok(None),
        }
    }
}

payload! {
    /// Answer of `membershipCancel`.
    MembershipCancelPayload {
        /// The membership, ending.
        enrollment: Enrollment,
    }
}

payload! {
    /// Answer of `membershipResume`.
    MembershipResumePayload {
        /// The membership, going on.
        enrollment: Enrollment,
    }
}

payload! {
    /// Answer of `billingPortalSessionCreate`.
    BillingPortalSessionCreatePayload {
        /// Where to send the buyer: works once and for minutes.
        url: Url,
    }
}

/// Memberships' mutations.
#[derive(Default)]
pub struct MembershipsMutation;

#[Object]
impl MembershipsMutation {
    /// Ends the caller's membership: with what is paid, or at once. At once also while a payment is late. Nothing is given
    /// back by this; ending twice changes nothing.
    async fn membership_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The right to the plan.")] enrollment_id: ID,
        #[graphql(desc = "At once instead of with what is paid.", default_with = "Some(false)")]
        immediately: Option<bool>,
    ) -> Fallible<MembershipCancelPayload> {
        let wanted = if immediately.unwrap_or(false) { Change::EndNow } else { Change::EndLater };
        let done = change(ctx, &enrollment_id, wanted).await;
        answer(done.map(|enrollment| MembershipCancelPayload { enrollment, user_errors: Vec::new() }))
    }

    /// Lets a membership that was to end go on after all, as long as it has not ended.
    async fn membership_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The right to the plan.")] enrollment_id: ID,
    ) -> Fallible<MembershipResumePayload> {
        let done = change(ctx, &enrollment_id, Change::Resume).await;
        answer(done.map(|enrollment| MembershipResumePayload { enrollment, user_errors: Vec::new() }))
    }

    /// Makes a link to the payment service's own page, where the caller changes the card or ends memberships.
    async fn billing_portal_session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where the page leads back to.")] return_url: Url,
    ) -> Fallible<BillingPortalSessionCreatePayload> {
        let made = async { actions::portal(ctx.app(), ctx.viewer()?, &return_url).await };
        answer(
            made.await.map(|url| BillingPortalSessionCreatePayload {
                url: Some(url.into()),
                user_errors: Vec::new(),
            }),
        )
    }
}

async fn change(ctx: &Context<'_>, enrollment: &ID, wanted: Change) -> Result<Option<Enrollment>> {
    let viewer = ctx.viewer()?;
    let enrollment = id(&["enrollmentId"], enrollment)?;
    let done = actions::change(ctx.app(), viewer, enrollment, wanted).await.missing_at(&["enrollmentId"])?;
    Ok(Some(own(ctx, done).await?.ok_or(Denied::NotFound)?))
}
