//! A date's recording, for who may watch it.

use async_graphql::Context;

use crate::catalog::graphql::workshop_by_id;
use crate::catalog::model::OfferingStatus;
use crate::creators::graphql::RoleIn;
use crate::graphql::Ctx;
use crate::kernel::{Result, WorkshopId, WorkshopSessionId};
use crate::loader;
use crate::media::graphql::{Asset, AssetById};
use crate::media::model::Asset as Film;
use crate::workshops::model::{Replay, Session, opens_replay, shows_replays_to};
use crate::workshops::store;

use super::own_seat;

loader! {
    /// The recordings of sessions.
    ReplayOf: WorkshopSessionId => Replay = store::replays_by_session
}

/// The recording, if there is one and the caller may watch it now.
pub(super) async fn shown_replay(ctx: &Context<'_>, session: &Session) -> Result<Option<Asset>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    let Some(replay) = ctx.loaders().load::<ReplayOf, _>(session.id).await? else { return Ok(None) };
    let role = ctx.loaders().load::<RoleIn, _>((user, session.creator)).await?;
    let on_team = role.is_some_and(shows_replays_to);
    if !on_team && !may_watch(ctx, session, &replay).await? {
        return Ok(None);
    }
    let film = ctx.loaders().load::<AssetById, _>(replay.asset).await?.filter(Film::is_ready);
    let shown = film.map(|film| if on_team { Asset(film) } else { Asset(film).without_name() });
    Ok(shown)
}

async fn may_watch(ctx: &Context<'_>, session: &Session, replay: &Replay) -> Result<bool> {
    let Some(seat) = own_seat(ctx, session.id).await? else { return Ok(false) };
    let Some(workshop) = workshop_by_id(ctx, WorkshopId(session.workshop.0)).await? else { return Ok(false) };
    let opens = opens_replay(replay, workshop.replay_policy, &seat.0, ctx.app().now());
    Ok(workshop.status != OfferingStatus::TakenDown && opens.is_ok())
}
