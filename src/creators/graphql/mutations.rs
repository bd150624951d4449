//! Changing creators. Thin: who asks, which desk, which action, how it is now.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use crate::creators::actions::{self, Desk, LinkGiven, Profile, Start};
use crate::creators::model::{self, Permission};
use crate::creators::store;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer};
use crate::kernel::text::Checks;
use crate::kernel::{AssetId, CreatorId, Denied, Error, Result};
use crate::media;
use crate::storefront::graphql::Storefront;
use crate::studio::graphql::Studio;

use super::*;

/// Creators' mutations.
#[derive(Default)]
pub struct CreatorsMutation;

#[Object]
impl CreatorsMutation {
    /// Makes a creator, owned by the viewer, whose e-mail address must be proven. Its page is closed at first.
    async fn creator_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who it is.")] input: CreatorCreateInput,
    ) -> Fallible<CreatorCreatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let new = actions::create(ctx.app(), viewer, input.into()).await?;
            let at = actions::membership(ctx.app(), viewer, new).await?;
            Ok((now(ctx, new).await?, Studio::of(at)))
        };
        answer(done.await.map(|(creator, studio)| CreatorCreatePayload {
            creator: Some(Creator::of(creator)),
            studio: Some(studio),
            user_errors: Vec::new(),
        }))
    }

    /// Changes a profile. Needs SETTINGS.
    async fn creator_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What changes.")] input: CreatorUpdateInput,
    ) -> Fallible<CreatorUpdatePayload> {
        let done = async {
            let desk = settings(ctx, &creator_id).await?;
            let mut checks = Checks::default();
            let avatar = picture(ctx, &desk, &mut checks, "avatarAssetId", &input.avatar_asset_id).await?;
            let cover = picture(ctx, &desk, &mut checks, "coverAssetId", &input.cover_asset_id).await?;
            let profile = Profile {
                display_name: input.display_name,
                headline: clearable(input.headline),
                bio_markdown: clearable(input.bio_markdown).map(|bio| bio.map(|text| text.0)),
                avatar,
                cover,
                niches: input.niche_slugs,
                languages: input.languages.map(|tags| tags.into_iter().map(|tag| tag.0).collect()),
            };
            actions::update(ctx.app(), &desk, profile, checks).await?;
            now(ctx, desk.creator_id).await
        };
        answer(done.await.map(|creator| CreatorUpdatePayload {
            creator: Some(Creator::of(creator)),
            user_errors: Vec::new(),
        }))
    }

    /// Replaces the links of a profile, in this order; at most 20. Needs SETTINGS.
    async fn creator_links_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "All of them.")] links: Vec<ProfileLinkInput>,
    ) -> Fallible<CreatorLinksSetPayload> {
        let done = async {
            let desk = settings(ctx, &creator_id).await?;
            let links = links.into_iter().map(LinkGiven::from).collect();
            actions::set_links(ctx.app(), &desk, links).await?;
            now(ctx, desk.creator_id).await
        };
        answer(done.await.map(|creator| CreatorLinksSetPayload {
            creator: Some(Creator::of(creator)),
            user_errors: Vec::new(),
        }))
    }

    /// Opens or closes a creator's page. Needs SETTINGS.
    async fn storefront_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "Whether it shall be open.")] published: bool,
    ) -> Fallible<StorefrontPublishPayload> {
        let done = async {
            let desk = settings(ctx, &creator_id).await?;
            actions::publish(ctx.app(), &desk, published).await?;
            now(ctx, desk.creator_id).await
        };
        answer(done.await.map(|creator| StorefrontPublishPayload {
            storefront: Some(Storefront::of(creator)),
            user_errors: Vec::new(),
        }))
    }

    /// Follows a creator; a second time changes nothing.
    async fn creator_follow(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] creator_id: ID,
    ) -> Fallible<CreatorFollowPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let wanted: CreatorId = id(&["creatorId"], &creator_id)?;
            actions::follow(ctx.app(), viewer, wanted).await.missing_at(&["creatorId"])?;
            creator(ctx, wanted).await
        };
        answer(done.await.map(|creator| CreatorFollowPayload { creator, user_errors: Vec::new() }))
    }

    /// Follows a creator no more; a second time changes nothing.
    async fn creator_unfollow(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] creator_id: ID,
    ) -> Fallible<CreatorUnfollowPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let wanted: CreatorId = id(&["creatorId"], &creator_id)?;
            actions::unfollow(ctx.app(), viewer, wanted).await.missing_at(&["creatorId"])?;
            creator(ctx, wanted).await
        };
        answer(done.await.map(|creator| CreatorUnfollowPayload { creator, user_errors: Vec::new() }))
    }
}

impl From<CreatorCreateInput> for Start {
    fn from(input: CreatorCreateInput) -> Self {
        Self {
            handle: input.handle,
            display_name: input.display_name,
            country: input.country.0,
            time_zone: input.time_zone.0,
            currency: input.currency.0,
            niches: input.niche_slugs,
        }
    }
}

impl From<ProfileLinkInput> for LinkGiven {
    fn from(input: ProfileLinkInput) -> Self {
        Self { label: input.label, url: input.url.0, icon: input.icon }
    }
}

/// The viewer's desk for profile and page.
async fn settings(ctx: &Context<'_>, creator_id: &ID) -> Result<Desk> {
    let viewer = ctx.viewer()?;
    let creator = id(&["creatorId"], creator_id)?;
    actions::desk(ctx.app(), viewer, creator, Permission::Settings).await.missing_at(&["creatorId"])
}

/// The creator after a change.
async fn now(ctx: &Context<'_>, id: CreatorId) -> Result<model::Creator> {
    Ok(store::by_id(ctx.app().db.read(), id).await?.ok_or(Denied::NotFound)?)
}

/// Absent keeps, null clears.
fn clearable<T>(given: MaybeUndefined<T>) -> Option<Option<T>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// A new picture, re-checked by media to be a ready image of this creator; what is wrong is noted.
async fn picture(
    ctx: &Context<'_>,
    desk: &Desk,
    checks: &mut Checks,
    field: &str,
    given: &MaybeUndefined<ID>,
) -> Result<Option<Option<AssetId>>> {
    let given = match given {
        MaybeUndefined::Undefined => return Ok(None),
        MaybeUndefined::Null => return Ok(Some(None)),
        MaybeUndefined::Value(given) => given,
    };
    let path = ["input", field];
    let checked = async {
        let asset: AssetId = id(&path, given)?;
        media::actions::ready_image(ctx.app().db.read(), desk.creator_id, asset, &path).await?;
        Ok(asset)
    };
    match checked.await {
        Ok(asset) => Ok(Some(Some(asset))),
        Err(Error::Refused(problems)) => {
            problems.into_vec().into_iter().for_each(|problem| checks.add(problem));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
