//! Following a creator, and no more. Both say the wanted state: a second time changes nothing.

use crate::app::App;
use crate::creators::model::Creator;
use crate::creators::store;
use crate::events::Event;
use crate::kernel::{CreatorId, Denied, Result, Viewer};

/// Follows a creator the viewer may see.
pub async fn follow(app: &App, viewer: &Viewer, creator: CreatorId) -> Result<()> {
    visible(app, viewer, creator).await?;
    let mut tx = app.begin().await?;
    if !store::insert_follow(&tx, viewer.user_id, creator).await? {
        return Ok(());
    }
    tx.record(event("creator.followed", viewer, creator));
    tx.commit().await
}

/// Follows no more; also a creator that has closed its page since.
pub async fn unfollow(app: &App, viewer: &Viewer, creator: CreatorId) -> Result<()> {
    let mut tx = app.begin().await?;
    if !store::remove_follow(&tx, viewer.user_id, creator).await? {
        drop(tx);
        return visible(app, viewer, creator).await;
    }
    tx.record(event("creator.unfollowed", viewer, creator));
    tx.commit().await
}

fn event(kind: &'static str, viewer: &Viewer, creator: CreatorId) -> Event {
    Event::new(kind, creator).of_creator(creator).of_user(viewer.user_id)
}

async fn visible(app: &App, viewer: &Viewer, id: CreatorId) -> Result<()> {
    let creator: Creator = store::by_id(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let role = match creator.is_public() {
        true => None,
        false => store::member(app.db.read(), id, viewer.user_id).await?.map(|member| member.role),
    };
    if creator.shows_to(role) { Ok(()) } else { Err(Denied::NotFound.into()) }
}
