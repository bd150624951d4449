//! Niches: a closed list that everybody sees.

use async_graphql::{Context, ID, Object};

use crate::creators::model;
use crate::graphql::{Ctx, required};
use crate::kernel::{NicheId, Result};

use super::{CreatorsUnder, NicheById};

/// What creators teach.
#[derive(Clone)]
pub struct Niche(pub model::Niche);

/// What creators teach; a closed list.
#[Object]
impl Niche {
    /// `nic_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// In inputs and links.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// For people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How many public creators are listed under it.
    async fn creator_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        ctx.reads().everything();
        let count = ctx.loaders().load::<CreatorsUnder, _>(self.0.id).await;
        Ok(required(count)?.unwrap_or(0))
    }
}

/// A niche by key.
pub async fn niche(ctx: &Context<'_>, id: NicheId) -> Result<Option<Niche>> {
    Ok(ctx.loaders().load::<NicheById, _>(id).await?.map(Niche))
}
