//! The fields that everything one learns with has beyond those of everything on sale, written once: courses and
//! workshops.

use async_graphql::Context;

use crate::catalog::{model, store};
use crate::creators::graphql::Niche;
use crate::graphql::Ctx;
use crate::graphql::values::{Seo, seo};
use crate::kernel::{OfferingId, Result};
use crate::loader;
use crate::media::graphql::image;

loader! {
    /// Niches by offering, by name.
    NichesOf: OfferingId => Vec<crate::creators::model::Niche> = store::niches_of
}

/// Where an offering is listed.
pub(super) async fn niches(ctx: &Context<'_>, of: &model::Offering) -> Result<Vec<Niche>> {
    let niches = ctx.loaders().load::<NichesOf, _>(of.id).await?;
    Ok(niches.unwrap_or_default().into_iter().map(Niche).collect())
}

/// What an offering's page says of itself.
pub(super) async fn page_seo(ctx: &Context<'_>, of: &model::Offering) -> Result<Seo> {
    let image = image(ctx, of.cover).await?;
    let words = of.subtitle.as_deref().unwrap_or(&of.description);
    Ok(seo(&of.title, words, ctx.app().link(&of.path()), image))
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
                async fn description(&self) -> crate::graphql::values::RichText {
                    crate::graphql::values::RichText(self.0.description.clone())
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

                $($own)*
            }
        }
    };
}

pub(super) use taught;
