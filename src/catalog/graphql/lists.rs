//! Lists of offerings: public ones, a creator's, a studio's.

use async_graphql::{Context, Object};

use crate::catalog::model::{self, ListFilter, StudioFilter};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::changes::Owner;
use crate::creators::{Membership, Permission};
use crate::enrollment::graphql::Enrollment;
use crate::enrollment::model::Enrollment as Right;
use crate::enrollment::store as enrollments;
use crate::graphql::connection::{Connection, connect};
use crate::graphql::{Ctx, Fallible, context, field, page_request, required};
use crate::kernel::{CreatorId, Page, PageRequest, PublicId, Refusal, Result, UserId, secret, text};
use crate::loader;
use crate::studio::graphql::desk;

use super::{
    Bundle, BundleConnection, Course, CourseConnection, MembershipPlan, Offering, OfferingConnection,
    OfferingFilter, OfferingOrder, StudioOfferingFilter, Workshop, WorkshopConnection,
};

loader! {
    /// The published plans of creators, the oldest first; at most 20 each.
    PlansOf: CreatorId => Vec<model::AnyOffering> = store::plans_of
}

loader! {
    /// What people are members of with creators.
    MembershipWith: (UserId, CreatorId) => Right = enrollments::memberships_with
}

/// Items a list input may have.
const MOST_IN_A_LIST: usize = 100;

/// The store's filter from the client's.
pub(crate) fn public_filter(filter: &OfferingFilter) -> Result<ListFilter> {
    let niche_slugs = filter.niche_slugs.clone();
    if niche_slugs.as_ref().is_some_and(|slugs| slugs.len() > MOST_IN_A_LIST) {
        return Err(CatalogRefusal::TooManyOf("niches", MOST_IN_A_LIST).at(["filter", "nicheSlugs"]).into());
    }
    let creator = filter.creator_id.as_ref();
    let kinds = filter.kinds.as_ref();
    Ok(ListFilter {
        kinds: kinds.map(|kinds| kinds.iter().map(|&kind| kind.into()).collect()),
        niche_slugs,
        creator: creator.map(|given| context::id(&["filter", "creatorId"], given)).transpose()?,
        level: filter.level.map(Into::into),
        language: filter.language.as_ref().map(|tag| tag.0.clone()),
        free_only: filter.free_only.unwrap_or(false),
    })
}

/// A page of public offerings. A cursor is good for this filter and order only.
pub(super) async fn public<T, C: Connection<T>>(
    ctx: &Context<'_>,
    name: &str,
    filter: ListFilter,
    order: OfferingOrder,
    (first, after): (Option<i32>, Option<String>),
    show: impl Fn(model::AnyOffering) -> Option<T>,
) -> Result<C> {
    let order = model::ListOrder::from(order);
    let told = secret::digest(&[&format!("{filter:?}")]);
    let list = format!("{name}:{}:{told}", order.name());
    let page = page_request(ctx, &list, first, after)?;
    let app = ctx.app();
    let read = store::public_list(app.db.read(), &filter, order, &page, app.now());
    let whose = filter.creator.map_or(Owner::Everybody, Owner::Creator);
    // Prices end.
    let of = (!filter.free_only).then_some(whose);
    let found = ctx.loaders().rows().find::<Lists, _, _>(format!("{list}:{page:?}"), |_| of, read).await?;
    let keyed = |offering: model::AnyOffering| Some((order.key(&offering), show(offering)?));
    let shown = Page { rows: found.rows.into_iter().filter_map(keyed).collect(), has_next: found.has_next };
    Ok(connect(ctx, &list, shown, |(key, _): &(Vec<String>, T)| key.clone(), |(_, one)| one))
}

/// Lists of offerings that are kept.
struct Lists;

/// The catalog's part of a creator.
#[derive(Clone)]
pub struct CreatorCourses(pub CreatorId);

#[Object]
impl CreatorCourses {
    /// The courses this creator has published.
    async fn courses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which come first.", default_with = "Some(OfferingOrder::Newest)")] order_by: Option<
            OfferingOrder,
        >,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<CourseConnection> {
        let filter = self.all(model::OfferingKind::Course);
        let order = order_by.unwrap_or(OfferingOrder::Newest);
        let show = |offering: model::AnyOffering| offering.course().map(Course);
        required(public(ctx, "courses", filter, order, (first, after), show).await)
    }

    /// The workshops this creator has published.
    async fn workshops(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which come first.", default_with = "Some(OfferingOrder::Newest)")] order_by: Option<
            OfferingOrder,
        >,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<WorkshopConnection> {
        let filter = self.all(model::OfferingKind::Workshop);
        let order = order_by.unwrap_or(OfferingOrder::Newest);
        let show = |offering: model::AnyOffering| offering.workshop().map(Workshop);
        required(public(ctx, "workshops", filter, order, (first, after), show).await)
    }

    /// The bundles this creator has published, the newest first.
    async fn bundles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<BundleConnection> {
        let filter = self.all(model::OfferingKind::Bundle);
        let show = |offering: model::AnyOffering| offering.bundle().map(Bundle);
        required(public(ctx, "bundles", filter, OfferingOrder::Newest, (first, after), show).await)
    }

    /// What one can be a member of, the oldest first; at most 20.
    async fn membership_plans(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<MembershipPlan>> {
        let found = required(ctx.loaders().load::<PlansOf, _>(self.0).await)?.unwrap_or_default();
        Ok(found.into_iter().filter_map(model::AnyOffering::plan).map(MembershipPlan).collect())
    }

    /// The caller's own membership with this creator, in whatever state, the newest; null for who never had one.
    async fn viewer_membership(&self, ctx: &Context<'_>) -> Fallible<Enrollment> {
        field(self.membership(ctx).await)
    }
}

impl CreatorCourses {
    async fn membership(&self, ctx: &Context<'_>) -> Result<Option<Enrollment>> {
        let Some(user) = ctx.actor().user_id() else { return Ok(None) };
        let found = ctx.loaders().load::<MembershipWith, _>((user, self.0)).await?;
        Ok(found.map(Enrollment::of))
    }

    fn all(&self, kind: model::OfferingKind) -> ListFilter {
        ListFilter { creator: Some(self.0), kinds: Some(vec![kind]), ..ListFilter::default() }
    }
}

/// The catalog's part of a studio.
#[derive(Clone)]
pub struct StudioOfferings(pub Membership);

#[Object]
impl StudioOfferings {
    /// Everything there is, drafts too, the newest first. Needs CATALOG.
    async fn offerings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All that is given must hold.")] filter: Option<StudioOfferingFilter>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<OfferingConnection> {
        let desk = desk(&self.0, Permission::Catalog)?;
        required(of_studio(ctx, desk.creator_id, filter.unwrap_or_default(), first, after).await)
    }
}

async fn of_studio(
    ctx: &Context<'_>,
    creator: CreatorId,
    filter: StudioOfferingFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<OfferingConnection> {
    let wanted = studio_filter(&filter)?;
    let list = format!("studio:{creator}:{}", secret::digest(&[&format!("{filter:?}")]));
    let page: PageRequest = page_request(ctx, &list, first, after)?;
    let found = store::of_studio(ctx.app().db.read(), creator, &wanted, &page).await?;
    let key = |offering: &model::AnyOffering| vec![offering.id.uuid().to_string()];
    Ok(connect(ctx, &list, found, key, Offering::from))
}

/// The store's filter from the client's.
fn studio_filter(filter: &StudioOfferingFilter) -> Result<StudioFilter> {
    let words = filter.search.as_deref().filter(|words| !words.trim().is_empty());
    let search = words
        .map(|words| text::line("A search", words, 100))
        .transpose()
        .map_err(|refusal| refusal.at(["filter", "search"]))?;
    let statuses = filter.statuses.as_ref().map(|list| list.iter().map(|&status| status.into()).collect());
    let kinds = filter.kinds.as_ref().map(|list| list.iter().map(|&kind| kind.into()).collect());
    Ok(StudioFilter { statuses, kinds, search })
}
