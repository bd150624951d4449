//! A creator: put together from the parts of several rooms. This is the profile.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object, SimpleObject};

use crate::affiliates::graphql::CreatorAffiliates;
use crate::catalog::graphql::CreatorCourses;
use crate::connection;
use crate::creators::model;
use crate::graphql::values::{RatingSummary, RichText, Seo, seo};
use crate::graphql::{Boxed, Ctx, Fallible, LanguageTag, Url, field, required};
use crate::kernel::{CreatorId, Denied, Result, UserId};
use crate::media::graphql::{Image, image};
use crate::storefront::graphql::CreatorPage;
use crate::workshops::graphql::CreatorSessions;

use super::{CreatorById, FollowsSince, Niche, OwnedBy, RoleIn, TeamRole};

/// A public teaching identity. Seen by anybody once its page is open, before that by its team.
#[derive(Clone, MergedObject)]
pub struct Creator(
    pub CreatorProfile,
    pub Boxed<CreatorPage>,
    pub Boxed<CreatorCourses>,
    pub Boxed<CreatorSessions>,
    pub Boxed<CreatorAffiliates>,
);

connection!(CreatorConnection, CreatorEdge, Creator, "creators");

impl Creator {
    /// All parts of one creator.
    pub fn of(creator: impl Into<Arc<model::Creator>>) -> Self {
        let creator = creator.into();
        let id = creator.id;
        let profile = CreatorProfile(Arc::clone(&creator));
        Self(
            profile,
            Boxed(CreatorPage(creator)),
            Boxed(CreatorCourses(id)),
            Boxed(CreatorSessions(id)),
            Boxed(CreatorAffiliates(id)),
        )
    }

    /// For the `Node` interface.
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(self.0.0.id.to_string().into())
    }
}

/// What a creator says of itself.
#[derive(Clone)]
pub struct CreatorProfile(pub Arc<model::Creator>);

#[Object]
impl CreatorProfile {
    /// `crt_…`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// In links; lower case.
    async fn handle(&self) -> &str {
        &self.0.handle
    }

    /// The address of the page.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        ctx.app().link(&self.0.path()).into()
    }

    /// Shown to people.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// One line below the name.
    async fn headline(&self) -> Option<&str> {
        self.0.headline.as_deref()
    }

    /// Who this is and what they teach; may be empty.
    async fn bio(&self) -> RichText {
        RichText(self.0.bio_markdown.clone())
    }

    /// Portrait.
    async fn avatar(&self, ctx: &Context<'_>) -> Fallible<Image> {
        field(image(ctx, self.0.avatar).await)
    }

    /// Wide picture.
    async fn cover(&self, ctx: &Context<'_>) -> Fallible<Image> {
        field(image(ctx, self.0.cover).await)
    }

    /// What they teach, by name; at most 5.
    async fn niches(&self) -> Vec<Niche> {
        self.0.niches.iter().cloned().map(Niche).collect()
    }

    /// The languages they teach in, the main one first; at most 10.
    async fn languages(&self) -> Vec<LanguageTag> {
        self.0.languages.iter().map(|tag| tag.as_str().into()).collect()
    }

    /// Elsewhere on the web; at most 20.
    async fn links(&self) -> Vec<ProfileLink> {
        self.0.links.iter().map(ProfileLink::from).collect()
    }

    /// Whether the platform knows them to be who they say.
    async fn is_verified(&self) -> bool {
        self.0.is_verified
    }

    /// How many people follow them.
    async fn follower_count(&self) -> i32 {
        self.0.follower_count
    }

    /// What learners think of all their offerings together.
    async fn rating_summary(&self) -> RatingSummary {
        self.0.ratings.into()
    }

    /// Whether the viewer follows them; false for anonymous callers.
    async fn viewer_is_following(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let Some(user) = ctx.actor().user_id() else { return Ok(false) };
        let since = ctx.loaders().load::<FollowsSince, _>((user, self.0.id)).await;
        Ok(required(since)?.is_some())
    }

    /// What the viewer is in the team; null for outsiders.
    async fn viewer_studio_role(&self, ctx: &Context<'_>) -> Fallible<TeamRole> {
        field(role(ctx, self.0.id).await.map(|role| role.map(TeamRole::from)))
    }

    /// What the page says of itself to search engines.
    async fn seo(&self, ctx: &Context<'_>) -> async_graphql::Result<Seo> {
        let picture = required(image(ctx, self.0.cover.or(self.0.avatar)).await)?;
        let text = match (&self.0.headline, self.0.bio_markdown.is_empty()) {
            (Some(headline), true) => headline,
            _ => &self.0.bio_markdown,
        };
        Ok(seo(&self.0.display_name, text, ctx.app().link(&self.0.path()), picture))
    }
}

/// A link on a profile or a page.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProfileLink {
    /// What it says.
    pub label: String,
    /// http or https.
    pub url: Url,
    /// Name of a symbol; show none if you do not know it.
    pub icon: Option<String>,
}

impl From<&model::Link> for ProfileLink {
    fn from(link: &model::Link) -> Self {
        Self { label: link.label.clone(), url: link.url.as_str().into(), icon: link.icon.clone() }
    }
}

/// What the caller is in a studio.
async fn role(ctx: &Context<'_>, creator: CreatorId) -> Result<Option<crate::creators::TeamRole>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    ctx.loaders().load::<RoleIn, _>((user, creator)).await
}

/// A creator the caller may see.
pub async fn creator(ctx: &Context<'_>, id: CreatorId) -> Result<Option<Creator>> {
    match ctx.loaders().kept::<CreatorById, _>(id).await? {
        Some(found) => seen(ctx, found).await,
        None => Ok(None),
    }
}

/// The creator, if the caller may see it. Asks about the team only for a closed page.
pub(super) async fn seen(ctx: &Context<'_>, found: Arc<model::Creator>) -> Result<Option<Creator>> {
    let role = if found.is_public() { None } else { role(ctx, found.id).await? };
    Ok(found.shows_to(role).then(|| Creator::of(found)))
}

/// The creator of something the caller has been let to see already (a bought course, an order), open page or not.
pub async fn its_creator(ctx: &Context<'_>, id: CreatorId) -> Result<Creator> {
    let found = ctx.loaders().kept::<CreatorById, _>(id).await?;
    Ok(found.map(Creator::of).ok_or(Denied::NotFound)?)
}

/// The first creator a person made, if the caller may see it.
pub async fn owned_creator(ctx: &Context<'_>, user: UserId) -> Result<Option<Creator>> {
    match ctx.loaders().load::<OwnedBy, _>(user).await? {
        Some(id) => creator(ctx, id).await,
        None => Ok(None),
    }
}
