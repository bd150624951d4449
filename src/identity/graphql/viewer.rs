//! The viewer, people, and sessions.

use async_graphql::{Context, ID, MergedObject, Object};
use chrono::{DateTime, Utc};

use crate::affiliates::graphql::ViewerAffiliate;
use crate::checkout::graphql::ViewerOrders;
use crate::creators::graphql::{Creator, ViewerCreators, owned_creator};
use crate::graphql::{Boxed, Ctx, EmailAddress, Fallible, LanguageTag, TimeZone, field, required};
use crate::identity::model::{self, Account};
use crate::identity::store;
use crate::kernel::{Denied, Result, SessionId, UserId, ViewerId};
use crate::learning::graphql::ViewerLibrary;
use crate::loader;
use crate::media::graphql::{Image, image};
use crate::workshops::graphql::ViewerSeats;

use super::ClientPlatform;

loader! {
    /// Accounts by key.
    UserById: UserId => Account = store::accounts
}

/// Identity's root fields.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The signed-in person; null for anonymous callers, never an error.
    async fn viewer(&self, ctx: &Context<'_>) -> Fallible<Viewer> {
        ctx.actor().known().map(|viewer| Ok(Viewer::of(viewer.user_id, Some(viewer.session_id))))
    }
}

/// The signed-in person and everything that is theirs. Other rooms add their parts.
#[derive(Clone, MergedObject)]
pub struct Viewer(
    pub ViewerAccount,
    pub Boxed<ViewerCreators>,
    pub Boxed<ViewerLibrary>,
    pub Boxed<ViewerOrders>,
    pub Boxed<ViewerSeats>,
    pub Boxed<ViewerAffiliate>,
);

impl Viewer {
    /// The viewer of an account; `session` is the one that asks.
    pub fn of(user: UserId, session: Option<SessionId>) -> Self {
        let account = ViewerAccount { user, session };
        Self(
            account,
            Boxed(ViewerCreators(user)),
            Boxed(ViewerLibrary(user)),
            Boxed(ViewerOrders { user }),
            Boxed(ViewerSeats { user }),
            Boxed(ViewerAffiliate(user)),
        )
    }

    /// For the `Node` interface.
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(ViewerId(self.0.user.0).to_string().into())
    }
}

/// Identity's part of the viewer.
#[derive(Clone)]
pub struct ViewerAccount {
    user: UserId,
    session: Option<SessionId>,
}

impl ViewerAccount {
    async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
        Ok(ctx.loaders().load::<UserById, _>(self.user).await?.ok_or(Denied::NotFound)?)
    }
}

#[Object]
impl ViewerAccount {
    /// Stable, so that caches keep one record.
    async fn id(&self) -> ID {
        ViewerId(self.user.0).to_string().into()
    }

    /// How others see this person.
    async fn user(&self, ctx: &Context<'_>) -> async_graphql::Result<User> {
        Ok(User(required(self.account(ctx).await)?))
    }

    /// Where letters go.
    async fn email(&self, ctx: &Context<'_>) -> async_graphql::Result<EmailAddress> {
        Ok(required(self.account(ctx).await)?.email.into())
    }

    /// When the address was proven.
    async fn email_verified_at(&self, ctx: &Context<'_>) -> Fallible<DateTime<Utc>> {
        field(self.account(ctx).await.map(|account| account.email_verified_at))
    }

    /// For letters and messages.
    async fn language(&self, ctx: &Context<'_>) -> async_graphql::Result<LanguageTag> {
        Ok(required(self.account(ctx).await)?.language.into())
    }

    /// The person's zone.
    async fn time_zone(&self, ctx: &Context<'_>) -> async_graphql::Result<TimeZone> {
        Ok(required(self.account(ctx).await)?.time_zone.into())
    }

    /// Signed-in devices, newest first; at most 100.
    async fn sessions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Session>> {
        let listed = store::sessions_of(&ctx.app().db, self.user, ctx.app().now()).await;
        let current = self.session;
        Ok(required(listed)?.into_iter().map(|session| Session { session, current }).collect())
    }
}

/// The public face of an account. Never an e-mail address.
#[derive(Clone)]
pub struct User(pub Account);

/// The public face of an account.
#[Object]
impl User {
    /// `usr_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What this person wants to be called.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The first creator this person made, if its page is open to the caller.
    async fn creator(&self, ctx: &Context<'_>) -> Fallible<Creator> {
        field(owned_creator(ctx, self.0.id).await)
    }

    /// A portrait.
    async fn avatar(&self, ctx: &Context<'_>) -> Fallible<Image> {
        field(image(ctx, self.0.avatar).await)
    }
}

/// A person by key; null when the account is gone.
pub async fn user(ctx: &Context<'_>, id: UserId) -> Result<Option<User>> {
    Ok(ctx.loaders().load::<UserById, _>(id).await?.map(User))
}

/// One signed-in device.
#[derive(Clone)]
pub struct Session {
    /// The session.
    pub session: model::Session,
    /// The one that asks.
    pub current: Option<SessionId>,
}

/// One signed-in device.
#[Object]
impl Session {
    /// `ses_…`.
    pub async fn id(&self) -> ID {
        self.session.id.to_string().into()
    }

    /// What it runs.
    async fn platform(&self) -> ClientPlatform {
        self.session.platform.into()
    }

    /// What it is called.
    async fn device_name(&self) -> Option<&str> {
        self.session.device_name.as_deref()
    }

    /// Signed in at.
    async fn created_at(&self) -> DateTime<Utc> {
        self.session.created_at
    }

    /// Last exchange of tokens.
    async fn last_seen_at(&self) -> DateTime<Utc> {
        self.session.last_seen_at
    }

    /// Whether it is the one that asks.
    async fn is_current(&self) -> bool {
        self.current == Some(self.session.id)
    }
}
