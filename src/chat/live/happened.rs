//! What happened in a room, with all that is needed to show it to everybody, read once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::app::App;
use crate::chat::model::{Logged, LoggedKind, Message, Room, Tally};
use crate::chat::store;
use crate::identity;
use crate::identity::model::Account;
use crate::kernel::{ChatMessageId, ChatRoomId, Fault, Instant, Result, UserId, WorkshopSessionId};
use crate::workshops::model::Session;
use crate::workshops::store as workshops;

/// One line of a room's log, ready to be shown.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its number.
    pub sequence: i64,
    /// What.
    pub what: What,
    /// What it refers to, shared with the lines that were read with it.
    pub around: Arc<Around>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// Something was said, and is still there.
    Added(Arc<Message>),
    /// A message is gone; also in the place where one was said that is gone by now.
    Removed(ChatMessageId),
    /// What is under a message changed.
    Reactions(ChatMessageId),
    /// The room's rules changed, or somebody was muted.
    Room(Arc<RoomNow>),
}

/// A room as it is now.
#[derive(Clone, Debug)]
pub struct RoomNow {
    /// The room.
    pub room: Room,
    /// Its session.
    pub session: Session,
    /// How many have a seat.
    pub participants: i64,
    /// Who is muted, and until when.
    pub mutes: HashMap<UserId, Instant>,
}

/// What some lines of a log refer to.
#[derive(Debug, Default)]
pub struct Around {
    /// Who said it.
    pub authors: HashMap<UserId, Account>,
    /// What was said, and what that answers.
    pub messages: HashMap<ChatMessageId, Arc<Message>>,
    /// What is under it.
    pub reactions: HashMap<ChatMessageId, Vec<Tally>>,
}

/// What happened behind a number, at most `limit` lines: as many statements for one as for many.
pub async fn read(app: &App, room: ChatRoomId, after: i64, limit: u64) -> Result<Vec<Arc<Happened>>> {
    let lines = store::after(app.db.read(), room, after, limit).await?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let around = Arc::new(around(app, &lines).await?);
    let now = match lines.iter().any(|line| line.kind == LoggedKind::RoomChanged) {
        true => Some(Arc::new(room_now(app, room).await?)),
        false => None,
    };
    Ok(lines.into_iter().filter_map(|line| happened(line, &around, now.as_ref())).map(Arc::new).collect())
}

fn happened(line: Logged, around: &Arc<Around>, now: Option<&Arc<RoomNow>>) -> Option<Happened> {
    let what = match line.kind {
        LoggedKind::MessageAdded(id) => match around.messages.get(&id) {
            Some(message) => What::Added(Arc::clone(message)),
            None => What::Removed(id),
        },
        LoggedKind::MessageRemoved(id) => What::Removed(id),
        LoggedKind::ReactionsChanged(id) => What::Reactions(id),
        LoggedKind::RoomChanged => What::Room(Arc::clone(now?)),
    };
    Some(Happened { sequence: line.sequence, what, around: Arc::clone(around) })
}

async fn around(app: &App, lines: &[Logged]) -> Result<Around> {
    let said = |line: &Logged| match line.kind {
        LoggedKind::MessageAdded(id) => Some(id),
        _ => None,
    };
    let added: HashSet<ChatMessageId> = lines.iter().filter_map(said).collect();
    let mut messages = messages(app, added.into_iter().collect()).await?;
    let answered: HashSet<_> = messages.values().filter_map(|message| message.reply_to).collect();
    let answered = answered.into_iter().filter(|id| !messages.contains_key(id)).collect();
    messages.extend(self::messages(app, answered).await?);
    let authors: HashSet<UserId> = messages.values().map(|message| message.author).collect();
    let authors: Vec<UserId> = authors.into_iter().collect();
    let authors = match authors.is_empty() {
        true => HashMap::new(),
        false => identity::store::accounts(app, &authors).await?,
    };
    let shown: HashSet<ChatMessageId> = lines.iter().filter_map(|line| line.kind.message()).collect();
    let shown: Vec<ChatMessageId> = shown.into_iter().collect();
    let reactions = match shown.is_empty() {
        true => HashMap::new(),
        false => store::tallies(app.db.read(), &shown).await?,
    };
    Ok(Around { authors, messages, reactions })
}

/// Those that are still there.
async fn messages(app: &App, ids: Vec<ChatMessageId>) -> Result<HashMap<ChatMessageId, Arc<Message>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = store::messages_by_id(app, &ids).await?;
    let there = found.into_iter().filter(|(_, message)| !message.is_removed);
    Ok(there.map(|(id, message)| (id, Arc::new(message))).collect())
}

async fn room_now(app: &App, id: ChatRoomId) -> Result<RoomNow> {
    let session = WorkshopSessionId(id.0);
    let counted = workshops::seated_counts(app, &[session]).await?;
    let found = workshops::session(app.db.read(), session).await?;
    Ok(RoomNow {
        room: store::room(app.db.read(), id).await?,
        session: found.ok_or_else(|| Fault::new("reading a chat", "a room without a session"))?,
        participants: counted.get(&session).copied().unwrap_or_default(),
        mutes: store::mutes(app.db.read(), id, app.now()).await?,
    })
}
