//! Enrollments as clients see them. Other rooms add their parts: how far the learner is, what paid for it.

use async_graphql::{Context, Enum, ID, MergedObject, Object};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Offering, any_offering};
use crate::checkout::graphql::EnrollmentOrder;
use crate::graphql::{Boxed, Ctx, required};
use crate::kernel::{EnrollmentId, OfferingId, OrderLineId, Result};
use crate::learning::graphql::EnrollmentProgress;
use crate::loader;
use crate::memberships::graphql::EnrollmentMembership;

use super::{access, model, store};

loader! {
    /// Enrollments by key.
    EnrollmentById: EnrollmentId => model::Enrollment = store::by_id
}

loader! {
    /// Enrollments by person and offering.
    EnrollmentOfPair: store::Pair => model::Enrollment = store::by_pair
}

loader! {
    /// Enrollments by the order line that paid for them.
    EnrollmentOfLine: OrderLineId => model::Enrollment = store::by_order_line
}

/// How a right to learn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::State")]
pub enum EnrollmentState {
    /// The learner may learn.
    Active,
    /// The learner may still learn, but a payment is late.
    PastDue,
    /// The learner has finished every lesson, and may go on learning.
    Completed,
    /// The right has run out.
    Expired,
    /// The right was taken back.
    Revoked,
}

/// Why somebody may learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Source")]
pub enum EnrollmentSource {
    /// Bought here.
    Purchase,
    /// Taken at no charge.
    Free,
    /// Given by somebody.
    Gift,
    /// Part of a membership.
    Membership,
    /// Part of a bundle.
    Bundle,
    /// Given by the creator.
    Complimentary,
    /// Bought in an app store.
    Store,
}

/// Why something is open or closed to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "access::AccessState")]
pub enum AccessState {
    /// Open: entitled, or on the creator's team.
    Open,
    /// Open to all.
    Preview,
    /// Sign in; it may be yours.
    NeedsSignIn,
    /// Buy it, or take it if it is free.
    NeedsPurchase,
    /// Your right to it has run out.
    Expired,
    /// Your right to it was taken back.
    Revoked,
}

/// One person's right to one offering.
#[derive(Clone, MergedObject)]
pub struct Enrollment(
    pub EnrollmentRight,
    pub EnrollmentProgress,
    pub Boxed<EnrollmentOrder>,
    pub Boxed<EnrollmentMembership>,
);

impl Enrollment {
    /// Shows an enrollment to its holder or the creator's team; the caller has checked that.
    pub fn of(enrollment: model::Enrollment) -> Self {
        let progress = EnrollmentProgress(enrollment.clone());
        let line = enrollment.order_line;
        let membership = EnrollmentMembership(enrollment.clone());
        Self(EnrollmentRight(enrollment), progress, Boxed(EnrollmentOrder { line }), Boxed(membership))
    }

    /// For the `Node` interface.
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(self.0.0.id.to_string().into())
    }
}

/// Enrollment's own part.
#[derive(Clone)]
pub struct EnrollmentRight(model::Enrollment);

#[Object]
impl EnrollmentRight {
    /// `enr_…`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What one may learn. Its holder sees it even when it is no longer offered.
    async fn offering(&self, ctx: &Context<'_>) -> async_graphql::Result<Offering> {
        required(any_offering(ctx, OfferingId(self.0.offering)).await)
    }

    /// How it stands now.
    async fn state(&self, ctx: &Context<'_>) -> EnrollmentState {
        self.0.state_at(ctx.app().now()).into()
    }

    /// Why it was given.
    async fn source(&self) -> EnrollmentSource {
        self.0.source.into()
    }

    /// When it was given.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it ends; null = never.
    async fn access_ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.access_ends_at
    }
}

/// The caller's own enrollment with this key; null for anybody else's.
pub async fn own(ctx: &Context<'_>, id: EnrollmentId) -> Result<Option<Enrollment>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    let found = ctx.loaders().load::<EnrollmentById, _>(id).await?;
    Ok(found.filter(|enrollment| enrollment.user == user).map(Enrollment::of))
}
