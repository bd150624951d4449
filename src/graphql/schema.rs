//! The whole schema, put together from the rooms.

use async_graphql::{MergedObject, MergedSubscription, ObjectType, SDLExportOptions, SubscriptionType};

use crate::affiliates::graphql::AffiliateMutation;
use crate::catalog::graphql::{
    CatalogQuery, MakingMutation, SellingMutation, SplitMutation, WorkshopMakingMutation,
};
use crate::chat::graphql::{ChatMutation, ChatQuery, ChatSubscription};
use crate::checkout::graphql::{CheckoutMutation, CheckoutQuery, CheckoutSubscription};
use crate::coupons::graphql::CouponsMutation;
use crate::creators::graphql::{CreatorsMutation, CreatorsQuery};
use crate::fairness::graphql::FairnessQuery;
use crate::gifts::graphql::GiftsMutation;
use crate::identity::graphql::{IdentityMutation, IdentityQuery, ViewerSubscription};
use crate::learning::graphql::{LearningMutation, PlaybackMutation};
use crate::media::graphql::{DescribingMutation, MediaMutation, MediaQuery, MediaSubscription};
use crate::memberships::graphql::MembershipsMutation;
use crate::payouts::graphql::PayoutsMutation;
use crate::refunds::graphql::RefundsMutation;
use crate::reports::graphql::ReportsMutation;
use crate::reviews::graphql::ReviewsMutation;
use crate::search::graphql::SearchQuery;
use crate::studio::graphql::{StudioQuery, StudioSubscription};
use crate::workshops::graphql::{HostingMutation, SeatsMutation, WorkshopsQuery};

use super::boxed::Boxed;
use super::node::NodeQuery;

/// The schema type of the app endpoint.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// What can be asked.
#[derive(Default, MergedObject)]
pub struct Query(
    Boxed<IdentityQuery>,
    Boxed<SearchQuery>,
    Boxed<CreatorsQuery>,
    Boxed<MediaQuery>,
    Boxed<CatalogQuery>,
    Boxed<WorkshopsQuery>,
    Boxed<ChatQuery>,
    Boxed<CheckoutQuery>,
    Boxed<StudioQuery>,
    Boxed<FairnessQuery>,
    Boxed<NodeQuery>,
);

/// What can be changed.
#[derive(Default, MergedObject)]
pub struct Mutation(
    Boxed<IdentityMutation>,
    Boxed<CreatorsMutation>,
    Boxed<MediaMutation>,
    Boxed<DescribingMutation>,
    Boxed<MakingMutation>,
    Boxed<WorkshopMakingMutation>,
    Boxed<SellingMutation>,
    Boxed<HostingMutation>,
    Boxed<SeatsMutation>,
    Boxed<ChatMutation>,
    Boxed<CouponsMutation>,
    Boxed<SplitMutation>,
    Boxed<AffiliateMutation>,
    Boxed<LearningMutation>,
    Boxed<PlaybackMutation>,
    Boxed<ReviewsMutation>,
    Boxed<CheckoutMutation>,
    Boxed<GiftsMutation>,
    Boxed<PayoutsMutation>,
    Boxed<RefundsMutation>,
    Boxed<ReportsMutation>,
    Boxed<MembershipsMutation>,
);

/// What can be followed.
#[derive(Default, MergedSubscription)]
pub struct Subscription(
    ViewerSubscription,
    MediaSubscription,
    ChatSubscription,
    CheckoutSubscription,
    StudioSubscription,
);

/// The app endpoint's schema.
pub fn build(introspection: bool) -> Schema {
    put_together(Query::default(), Mutation::default(), Subscription::default(), introspection)
}

/// A schema without extensions: each would cost every field of every request (stack.md 0.2). Limits are kept by the
/// transport before execution.
pub(super) fn put_together<Q, M, S>(
    query: Q,
    mutation: M,
    subscription: S,
    introspection: bool,
) -> async_graphql::Schema<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let builder = async_graphql::Schema::build(query, mutation, subscription).disable_suggestions();
    let builder = if introspection { builder } else { builder.disable_introspection() };
    builder.finish()
}

/// The contract as text, the same on every run: what `schema.graphql` holds.
pub fn sdl() -> String {
    print(&build(true))
}

pub(super) fn print<Q, M, S>(schema: &async_graphql::Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let options =
        SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().use_space_ident();
    schema.sdl_with_options(options)
}
