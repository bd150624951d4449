//! The fields that everything one learns with has beyond those of everything on sale, written once: courses and
//! workshops.

use std::borrow::Cow;

use async_graphql::Context;

use crate::catalog::{model, store};
use crate::creators::graphql::Niche;
use crate::graphql::values::{RichText, Seo, seo};
use crate::graphql::{Ctx, required};
use crate::kernel::{Fault, OfferingId, Result};
use crate::loader;
use crate::media::graphql::image;

loader! {
    /// What is said at length by offering.
    WordsOf: OfferingId => model::Words = store::words_of
}

loader! {
    /// Niches by offering, by name.
    NichesOf: OfferingId => Vec<crate::creators::model::Niche> = store::niches_of
}

/// Where an offering is listed.
pub(super) async fn niches(ctx: &Context<'_>, of: &model::Offering) -> Result<Vec<Niche>> {
    let niches = ctx.loaders().kept_of::<NichesOf, _>(of.creator, of.id).await?;
    Ok(niches.unwrap_or_default().into_iter().map(Niche).collect())
}

/// What an offering's page says of itself.
pub(super) async fn page_seo(ctx: &Context<'_>, of: &model::Offering) -> Result<Seo> {
    let image = image(ctx, of.cover).await?;
    let words = match &of.subtitle {
        Some(subtitle) => Cow::Borrowed(subtitle.as_str()),
        None => Cow::Owned(words(ctx, of).await?.into_owned().description),
    };
    Ok(seo(&of.title, &words, ctx.app().link(&of.path()), image))
}

/// What is said of an offering at length.
pub(super) async fn words<'a>(ctx: &Context<'_>, of: &'a model::Offering) -> Result<Cow<'a, model::Words>> {
    match &of.words {
        Some(words) => Ok(Cow::Borrowed(words)),
        None => {
            let read = ctx.loaders().kept_of::<WordsOf, _>(of.creator, of.id).await?;
            let read = read.ok_or_else(|| Fault::new("reading what is said of an offering", of.id))?;
            Ok(Cow::Owned(read))
        }
    }
}

/// What an offering is about.
pub(super) async fn description(ctx: &Context<'_>, of: &model::Offering) -> async_graphql::Result<RichText> {
    required(words(ctx, of).await.map(|words| RichText(words.description.clone())))
}

/// `taught! { impl Course: Course { … } }` is `on_sale!` with the fields that courses and workshops share.
macro_rules! taught {
    ($(#[$about:meta])* impl $name:ident: $kind:ident { $($own:tt)* }) => {
        super::on_sale::on_sale! {
            $(#[$about])*
            impl $name: $kind {
                /// Whether the caller has it, and why not.
                pub async fn viewer_access(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                ) -> async_graphql::Result<super::ViewerAccess> {
                    crate::graphql::required(super::access::viewer_access(ctx, &self.0, false).await)
                }

                /// Rises with each edit: pass it as `expectedVersion`.
                async fn version(&self) -> i32 {
                    self.0.version
                }

                /// What it is about; may be empty in a draft.
                async fn description(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                ) -> async_graphql::Result<crate::graphql::values::RichText> {
                    super::taught::description(ctx, &self.0).await
                }

                /// For whom.
                async fn level(&self) -> super::Level {
                    self.0.level.into()
                }

                /// The language it is taught in.
                async fn language(&self) -> crate::graphql::LanguageTag {
                    self.0.language.as_str().into()
                }

                /// Where it is listed, by name; at most 5.
                async fn niches(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                ) -> async_graphql::Result<Vec<crate::creators::graphql::Niche>> {
                    crate::graphql::required(super::taught::niches(ctx, &self.0).await)
                }

                /// When it was first published.
                async fn published_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
                    self.0.published_at
                }

                /// What the page says of itself to search engines.
                async fn seo(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                ) -> async_graphql::Result<crate::graphql::values::Seo> {
                    crate::graphql::required(super::taught::page_seo(ctx, &self.0).await)
                }

                /// What learners think of it.
                async fn reviews(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(
                        desc = "Which come first.",
                        default_with = "Some(crate::reviews::graphql::ReviewOrder::Helpful)"
                    )]
                    order_by: Option<crate::reviews::graphql::ReviewOrder>,
                    #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<
                        i32,
                    >,
                    #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
                ) -> async_graphql::Result<crate::reviews::graphql::ReviewConnection> {
                    let listed = crate::reviews::graphql::reviews_of(ctx, &self.0.offering, order_by, (first, after));
                    crate::graphql::required(listed.await)
                }

                $($own)*
            }
        }
    };
}

pub(super) use taught;
