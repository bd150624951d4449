//! Taking a message away: its author at any time, also without a seat; who moderates the room for everybody's.

use crate::app::App;
use crate::chat::model::{LoggedKind, topic};
use crate::chat::store;
use crate::events::Event;
use crate::kernel::{ChatMessageId, Denied, Result, Viewer};

use super::enter;

/// Takes the message's words and what is under it away for good; its place in the log stays. Doing it again changes nothing.
pub async fn remove(app: &App, viewer: &Viewer, id: ChatMessageId) -> Result<()> {
    let known = store::message(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let is_own = known.author == viewer.user_id;
    if !is_own && !enter(app, viewer, known.room).await?.standing.moderates() {
        return Err(Denied::NotFound.into());
    }
    let mut tx = app.begin_in_turn(&topic(known.room)).await?;
    store::lock(&tx, known.room).await?;
    if store::message(tx.conn(), id).await?.is_none_or(|message| message.is_removed) {
        return Ok(());
    }
    let by = viewer.user_id;
    store::forget_reactions(&tx, id).await?;
    store::remove(&tx, id, by).await?;
    store::append(&mut tx, known.room, LoggedKind::MessageRemoved(id)).await?;
    if !is_own {
        tx.record(Event::new("chat.message_removed", id).of_user(known.author).with("by", by));
    }
    tx.commit().await
}
