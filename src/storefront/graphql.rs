//! A creator's page as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Offering, OfferingById};
use crate::catalog::model::{AnyOffering, ListFilter, ListOrder};
use crate::catalog::store::public_list;
use crate::creators::graphql::{ProfileLink, RoleIn};
use crate::creators::model::Creator;
use crate::graphql::values::RichText;
use crate::graphql::{Ctx, Fallible, Rows, field, required};
use crate::kernel::{PageRequest, Result};
use crate::media::graphql::{Image, image};
use crate::reviews::graphql::{Review, praise_of};
use crate::storefront::model::{self, Section};

/// The page's part of a creator.
#[derive(Clone)]
pub struct CreatorPage(pub Arc<Creator>);

#[Object]
impl CreatorPage {
    /// The page; null while it is closed, except for the team.
    async fn storefront(&self, ctx: &Context<'_>) -> Fallible<Storefront> {
        field(self.seen(ctx).await.map(|seen| seen.then(|| Storefront(Arc::clone(&self.0)))))
    }
}

impl CreatorPage {
    async fn seen(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.0.is_public() {
            return Ok(true);
        }
        let Some(user) = ctx.actor().user_id() else { return Ok(false) };
        let role = ctx.loaders().load::<RoleIn, _>((user, self.0.id)).await?;
        Ok(self.0.shows_to(role))
    }
}

/// A creator's page.
pub struct Storefront(Arc<Creator>);

impl Storefront {
    /// The page of a creator the caller may see.
    pub fn of(creator: impl Into<Arc<Creator>>) -> Self {
        Self(creator.into())
    }
}

/// A creator's page: how it looks, and its sections in order.
#[Object]
impl Storefront {
    /// Rises with each edit.
    async fn version(&self) -> i32 {
        self.0.storefront.version
    }

    /// Whether anybody may see it.
    async fn is_published(&self) -> bool {
        self.0.storefront.is_published
    }

    /// How it looks.
    async fn theme(&self) -> Theme {
        let theme = self.0.storefront.theme.clone();
        Theme {
            preset: theme.preset,
            color_primary: theme.color_primary,
            color_background: theme.color_background,
            font_family: theme.font_family,
            corner_radius: theme.corner_radius,
        }
    }

    /// From top to bottom; at most 20. Skip kinds you do not know.
    async fn sections(&self) -> Vec<StorefrontSection> {
        let show = |section| StorefrontSection::of(section, Arc::clone(&self.0));
        model::sections(&self.0.storefront.sections).into_iter().map(show).collect()
    }

    /// Last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.storefront.updated_at
    }
}

/// Colours and letters of a page.
#[derive(SimpleObject)]
pub struct Theme {
    /// The preset it began with.
    pub preset: String,
    /// `#rrggbb`.
    pub color_primary: String,
    /// `#rrggbb`.
    pub color_background: String,
    /// CSS font family.
    pub font_family: String,
    /// Pixels.
    pub corner_radius: i32,
}

/// A part of a page.
#[derive(Union)]
pub enum StorefrontSection {
    /// The first thing one sees.
    Hero(HeroSection),
    /// Some offerings.
    Featured(FeaturedSection),
    /// Formatted text.
    Text(TextSection),
    /// Good words of learners.
    Testimonials(TestimonialsSection),
    /// The profile's links.
    Links(LinksSection),
}

impl StorefrontSection {
    fn of(section: Section, creator: Arc<Creator>) -> Self {
        match section {
            Section::Hero { heading, body } => Self::Hero(HeroSection { creator, heading, body }),
            Section::Featured { heading, offering_ids } => {
                Self::Featured(FeaturedSection { creator, heading, chosen: offering_ids })
            }
            Section::Text { heading, body } => Self::Text(TextSection { heading, body: RichText(body) }),
            Section::Testimonials { heading } => Self::Testimonials(TestimonialsSection { creator, heading }),
            Section::Links { heading } => {
                let links = creator.links.iter().map(ProfileLink::from).collect();
                Self::Links(LinksSection { heading, links })
            }
        }
    }
}

/// The first thing one sees.
pub struct HeroSection {
    creator: Arc<Creator>,
    heading: Option<String>,
    body: Option<String>,
}

/// The first thing one sees: a name, a line, a picture.
#[Object]
impl HeroSection {
    /// The creator's name, if they chose nothing else.
    async fn heading(&self) -> &str {
        self.heading.as_deref().unwrap_or(&self.creator.display_name)
    }

    /// The headline, if they chose nothing else.
    async fn body(&self) -> Option<&str> {
        self.body.as_deref().or(self.creator.headline.as_deref())
    }

    /// The cover.
    async fn image(&self, ctx: &Context<'_>) -> Fallible<Image> {
        field(image(ctx, self.creator.cover).await)
    }

    /// What to do first: the first link of the profile.
    async fn call_to_action(&self) -> Option<ProfileLink> {
        self.creator.links.first().map(ProfileLink::from)
    }
}

/// Some offerings.
pub struct FeaturedSection {
    creator: Arc<Creator>,
    heading: String,
    chosen: Option<Vec<String>>,
}

/// Some offerings: those the creator chose, or the newest.
#[Object]
impl FeaturedSection {
    /// Above them.
    async fn heading(&self) -> &str {
        &self.heading
    }

    /// Those that are published; at most 12.
    async fn offerings(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Offering>> {
        let found = match &self.chosen {
            Some(ids) => self.chosen(ctx, ids).await,
            None => self.newest(ctx).await,
        };
        Ok(required(found)?.into_iter().map(Offering::from).collect())
    }
}

impl FeaturedSection {
    async fn newest(&self, ctx: &Context<'_>) -> Result<Vec<AnyOffering>> {
        let filter = ListFilter { creator: Some(self.creator.id), ..ListFilter::default() };
        let page = PageRequest { first: model::MOST_FEATURED, after: None };
        let app = ctx.app();
        let found = public_list(app.db.read(), &filter, ListOrder::Newest, &page, app.now()).await?;
        Ok(found.rows)
    }

    /// What was unpublished since, or belongs to somebody else, is left out.
    async fn chosen(&self, ctx: &Context<'_>, ids: &[String]) -> Result<Vec<AnyOffering>> {
        let named = model::named_offerings(ids);
        let loaded = named.into_iter().map(|id| ctx.loaders().kept::<OfferingById, _>(id));
        let found = futures_util::future::try_join_all(loaded).await?.into_iter().flatten();
        Ok(found.filter(|one| one.is_public() && one.creator == self.creator.id).collect())
    }
}

/// Formatted text.
#[derive(SimpleObject)]
pub struct TextSection {
    /// Above it.
    pub heading: Option<String>,
    /// The words.
    pub body: RichText,
}

/// Good words of learners.
pub struct TestimonialsSection {
    creator: Arc<Creator>,
    heading: Option<String>,
}

/// Good words of learners: the reviews of this creator's published offerings that were found most helpful.
#[Object]
impl TestimonialsSection {
    /// Above them.
    async fn heading(&self) -> Option<&str> {
        self.heading.as_deref()
    }

    /// With four or five stars and words; at most 6, and none while there are none.
    async fn reviews(&self, ctx: &Context<'_>) -> async_graphql::Result<Rows<Review>> {
        required(praise_of(ctx, self.creator.id).await)
    }
}

/// The profile's links.
#[derive(SimpleObject)]
pub struct LinksSection {
    /// Above them.
    pub heading: Option<String>,
    /// At most 20.
    pub links: Vec<ProfileLink>,
}
