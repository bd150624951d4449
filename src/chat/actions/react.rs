//! Putting an emoji under a message: how questions are voted up.

use crate::app::App;
use crate::chat::model::{self, LoggedKind, MOST_EMOJI};
use crate::chat::refusals::ChatRefusal as No;
use crate::chat::store;
use crate::kernel::{ChatMessageId, Denied, Error, Refusal, Result, Viewer};
use crate::throttle::{self, Rate};

use super::enter;

const REACTIONS: Rate = Rate { burst: 30, every_seconds: 1 };

/// Says whether the caller's emoji is under a message; saying it again changes nothing. Also while only hosts may write.
pub async fn react(app: &App, viewer: &Viewer, id: ChatMessageId, emoji: &str, on: bool) -> Result<()> {
    let known = store::message(app.db.read(), id).await?.filter(|known| !known.is_removed);
    let known = known.ok_or(Denied::NotFound)?;
    let presence = enter(app, viewer, known.room).await?;
    let emoji = model::emoji(emoji).map_err(|no| Error::from(no.at(["emoji"])))?;
    throttle::take(app, "chat:react", &presence.user.to_string(), REACTIONS).await?;
    let mut tx = app.begin_in_turn(&model::topic(known.room)).await?;
    let room = store::lock(&tx, known.room).await?;
    store::message(tx.conn(), id).await?.filter(|known| !known.is_removed).ok_or(Denied::NotFound)?;
    let refused = |no: No, at: &'static str| Error::from(no.at([at]));
    presence.may_take_part(&tx, &room).await?.map_err(|no| refused(no, "contentId"))?;
    if on {
        let under = store::emoji_under(tx.conn(), id).await?;
        if under.len() >= MOST_EMOJI && !under.contains(emoji) {
            return Err(refused(No::TooManyEmoji, "emoji"));
        }
    }
    if store::set_reaction(&tx, id, viewer.user_id, emoji, on).await? {
        store::append(&mut tx, room.id, LoggedKind::ReactionsChanged(id)).await?;
        tx.commit().await?;
    }
    Ok(())
}
