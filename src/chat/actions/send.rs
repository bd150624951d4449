//! Saying something.

use chrono::Duration;
use uuid::Uuid;

use crate::app::App;
use crate::chat::model::{self, Logged, LoggedKind, Message, Room, RoomState};
use crate::chat::refusals::ChatRefusal as No;
use crate::chat::store::{self, NewMessage};
use crate::db::Tx;
use crate::kernel::text::Checks;
use crate::kernel::{ChatMessageId, Error, Refusal, Result};
use crate::throttle::{self, Rate};

use super::Presence;
use super::enter::seconds_until;

/// More than this is no conversation.
const SENDS: Rate = Rate { burst: 10, every_seconds: 1 };

/// What somebody wants to say.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Made by the client for this message: saying it again says nothing twice.
    pub client_message_id: Uuid,
    /// 1 to 1,000 characters.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<ChatMessageId>,
}

/// Says it once, however often it is asked for.
pub async fn send(app: &App, presence: &Presence, wish: Wish) -> Result<Message> {
    let mut checks = Checks::default();
    let body = checks.take(&["input", "body"], model::body(&wish.body));
    checks.done()?;
    throttle::take(app, "chat:send", &presence.user.to_string(), SENDS).await?;
    let mut tx = app.begin_in_turn(&model::topic(presence.room)).await?;
    let room = store::lock(&tx, presence.room).await?;
    if let Some(said) = store::of_client(&tx, room.id, presence.user, wish.client_message_id).await? {
        let gone = || Error::from(No::Removed.at(["input", "clientMessageId"]));
        return if said.is_removed { Err(gone()) } else { Ok(said) };
    }
    may_say(&tx, presence, &room).await?.map_err(|no| Error::from(no.at(["roomId"])))?;
    if let Some(id) = wish.reply_to {
        let there = store::message(tx.conn(), id).await?;
        there
            .filter(|there| there.room == room.id && !there.is_removed)
            .ok_or_else(|| Error::from(No::ReplyUnknown.at(["input", "replyToId"])))?;
    }
    let id = ChatMessageId(tx.id());
    let new = NewMessage {
        id,
        room: room.id,
        client_message_id: wish.client_message_id,
        author: presence.user,
        is_host: presence.standing.moderates(),
        body: body.unwrap_or_default(),
        reply_to: wish.reply_to,
    };
    let sequence = store::next(&tx, room.id).await?;
    let said = store::insert_message(&tx, new, sequence).await?;
    store::log(&mut tx, room.id, Logged { sequence, kind: LoggedKind::MessageAdded(id) }).await?;
    tx.commit().await?;
    Ok(said)
}

async fn may_say(tx: &Tx, presence: &Presence, room: &Room) -> Result<std::result::Result<(), No>> {
    if let Err(no) = presence.may_take_part(tx, room).await? {
        return Ok(Err(no));
    }
    if presence.standing.moderates() {
        return Ok(Ok(()));
    }
    if room.state_at(&presence.session, tx.now()) == RoomState::HostsOnly {
        return Ok(Err(No::HostsOnly));
    }
    if room.slow_mode_seconds == 0 {
        return Ok(Ok(()));
    }
    let last = store::last_of(tx, room.id, presence.user).await?;
    let next = last.map(|last| last + Duration::seconds(room.slow_mode_seconds.into()));
    let wait = next.filter(|next| *next > tx.now());
    Ok(wait.map_or(Ok(()), |next| Err(No::Slow(seconds_until(next, tx.now())))))
}
