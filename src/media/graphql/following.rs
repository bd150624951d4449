//! Following a file on its way.

use async_graphql::{Context, ID, Subscription};
use futures_util::{FutureExt, StreamExt};

use crate::app::App;
use crate::graphql::following::{Look, Told, follow};
use crate::graphql::payload::top_level;
use crate::graphql::{Ctx, context};
use crate::kernel::{Actor, AssetId, Denied, Error, Result};
use crate::media::{actions, model, store};

use super::Asset;

/// What one can follow of files.
#[derive(Default)]
pub struct MediaSubscription;

#[Subscription]
impl MediaSubscription {
    /// A file as it stands, then whenever its state or its progress changes, for its uploader and for the creator's team
    /// with the permission MEDIA. Ends by itself when the file is READY, FAILED, QUARANTINED or EXPIRED, having told it, and
    /// when it is deleted; with FORBIDDEN when the caller may not see it any more. Progress is told every other second at
    /// most.
    async fn asset_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ast_…`.")] asset_id: ID,
    ) -> async_graphql::Result<Told<Asset>> {
        let begun = async {
            ctx.viewer()?;
            let asset: AssetId = context::id(&["assetId"], &asset_id)?;
            let (app, actor) = (ctx.app().clone(), ctx.actor().clone());
            let look = move || look(app.clone(), actor.clone(), asset).boxed();
            follow(ctx, &model::topic(asset), look).await
        };
        let told = begun.await.map_err(top_level)?;
        Ok(told.map(|told| told.map(Asset)).boxed())
    }
}

async fn look(app: App, actor: Actor, id: AssetId) -> Result<Look<model::Asset>> {
    match actions::visible_asset(&app, &actor, id).await {
        Ok(asset) if asset.state.is_decided() => Ok(Look::Last(asset)),
        Ok(asset) => Ok(Look::Now(asset)),
        Err(Error::Denied(Denied::NotFound)) => {
            // Deleted is an end; being sent away is an error.
            let is_there = store::asset(app.db.read(), id).await?.is_some();
            if is_there { Err(Denied::NotFound.into()) } else { Ok(Look::Gone) }
        }
        Err(error) => Err(error),
    }
}
