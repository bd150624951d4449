//! People's places in studios, and what the viewer has of creators.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::creators::model::{self, Permission};
use crate::creators::store;
use crate::graphql::connection::connect;
use crate::graphql::{Ctx, page_request, required};
use crate::identity::graphql::{User, user};
use crate::kernel::{Denied, MemberId, Result, UserId};

use super::{Creator, CreatorConnection, MemberById, RoleIn, its_creator};

/// What somebody is in a studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::TeamRole")]
pub enum TeamRole {
    /// Whose studio it is; may do everything.
    Owner,
    /// Everything but what only the owner may.
    Admin,
    /// Makes courses: CATALOG, MEDIA.
    Editor,
    /// Runs live sessions: HOST, COMMUNITY.
    Host,
    /// Answers learners: COMMUNITY.
    Support,
    /// Keeps the books: FINANCE, ANALYTICS.
    Finance,
    /// Reads reports: ANALYTICS.
    Analyst,
}

/// What a role may include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Permission")]
pub enum TeamPermission {
    /// Courses, lessons, prices.
    Catalog,
    /// Files.
    Media,
    /// Live sessions.
    Host,
    /// Learners and what they write.
    Community,
    /// Coupons, affiliates, sponsors.
    Marketing,
    /// Orders, ledger, payouts.
    Finance,
    /// Reports.
    Analytics,
    /// Who works here.
    Team,
    /// Profile and storefront.
    Settings,
    /// Webhooks and API tokens.
    Developer,
}

impl TeamPermission {
    /// What a role includes.
    pub fn of(role: model::TeamRole) -> Vec<Self> {
        role.permissions().iter().copied().map(Self::from).collect()
    }
}

/// A person's place in a studio.
#[derive(Clone)]
pub struct StudioMembership(pub model::Member);

/// A person's place in a studio. Seen by its team.
#[Object]
impl StudioMembership {
    /// `mbr_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who.
    async fn user(&self, ctx: &Context<'_>) -> async_graphql::Result<User> {
        let found = user(ctx, self.0.user_id).await;
        required(found.and_then(|user| Ok(user.ok_or(Denied::NotFound)?)))
    }

    /// Whose studio.
    async fn creator(&self, ctx: &Context<'_>) -> async_graphql::Result<Creator> {
        required(its_creator(ctx, self.0.creator_id).await)
    }

    /// As what.
    async fn role(&self) -> TeamRole {
        self.0.role.into()
    }

    /// What that includes.
    async fn permissions(&self) -> Vec<TeamPermission> {
        TeamPermission::of(self.0.role)
    }

    /// Since when.
    async fn joined_at(&self) -> DateTime<Utc> {
        self.0.joined_at
    }
}

/// Somebody's place in a studio that the caller works in too.
pub async fn membership(ctx: &Context<'_>, id: MemberId) -> Result<Option<StudioMembership>> {
    let Some(viewer) = ctx.actor().user_id() else { return Ok(None) };
    let Some(member) = ctx.loaders().load::<MemberById, _>(id).await? else { return Ok(None) };
    let colleague = ctx.loaders().load::<RoleIn, _>((viewer, member.creator_id)).await?.is_some();
    Ok(colleague.then_some(StudioMembership(member)))
}

/// What the viewer has of creators.
#[derive(Clone)]
pub struct ViewerCreators(pub UserId);

#[Object]
impl ViewerCreators {
    /// The studios this person works in, longest first; at most 100.
    async fn studios(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<StudioMembership>> {
        let mine = required(store::memberships_of(&ctx.app().db, self.0).await)?;
        Ok(mine.into_iter().map(StudioMembership).collect())
    }

    /// The creators this person follows, latest first; those whose page is closed are left out.
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<CreatorConnection> {
        let list = "viewer.following";
        let page = async {
            let request = page_request(ctx, list, first, after)?;
            store::followed(ctx.app(), self.0, &request).await
        };
        let page = required(page.await)?;
        let key = |(since, creator): &(DateTime<Utc>, _)| key_of(*since, creator);
        Ok(connect(ctx, list, page, key, |(_, creator)| Creator::of(creator)))
    }
}

fn key_of(since: DateTime<Utc>, creator: &std::sync::Arc<model::Creator>) -> Vec<String> {
    vec![since.timestamp_micros().to_string(), creator.id.to_string()]
}
