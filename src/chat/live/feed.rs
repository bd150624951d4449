//! One reader a room and process: it reads the log when it is woken, and now and then by itself, and hands what it read to
//! all followers. It also knows who may be there, so that a thousand followers need not ask one by one.
//!
//! A feed begins with its first follower and ends with its last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::app::App;
use crate::chat::model::{Standing, topic};
use crate::chat::store;
use crate::creators;
use crate::kernel::{ChatRoomId, CreatorId, Result, UserId, WorkshopSessionId};
use crate::wakes::Woken;
use crate::workshops::model::{Session, seats_topic};
use crate::workshops::store as workshops;

use super::happened::{self, Happened};

/// Lines that are kept for followers who are behind; who is further behind is told of a gap.
const KEPT: usize = 256;
/// Lines read at once.
const AT_ONCE: u64 = 200;
/// How often the log is looked at without being woken.
const LOOK: Duration = Duration::from_secs(5);
/// How often it is looked at who may be there, without being woken.
const RECHECK: Duration = Duration::from_secs(60);

/// The feeds of a process.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<ChatRoomId, Weak<Feed>>>);

/// Who may be in a room, and as what.
pub type Present = HashMap<UserId, Standing>;

/// What happens in one room, as this process's followers hear it.
pub struct Feed {
    // Not the senders: should the reader end, so do the followers, and come back to another.
    said: broadcast::Receiver<Arc<Happened>>,
    present: watch::Receiver<Arc<Present>>,
    reader: AbortHandle,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Feeds {
    /// The room's feed, begun if nobody in this process follows it yet.
    pub async fn of(&self, app: &App, session: &Session) -> Result<Arc<Feed>> {
        let room = ChatRoomId(session.id.0);
        if let Some(feed) = self.running(room) {
            return Ok(feed);
        }
        let new = Feed::open(app, room, session).await?;
        let mut feeds = self.feeds();
        // Somebody else may have begun it in the meantime.
        if let Some(feed) = feeds.get(&room).and_then(Weak::upgrade).filter(|feed| feed.is_running()) {
            return Ok(feed);
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        feeds.insert(room, Arc::downgrade(&new));
        Ok(new)
    }

    fn running(&self, room: ChatRoomId) -> Option<Arc<Feed>> {
        self.feeds().get(&room).and_then(Weak::upgrade).filter(|feed| feed.is_running())
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<ChatRoomId, Weak<Feed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    /// Everything behind what is in the log by now is said to who listens from now on.
    async fn open(app: &App, room: ChatRoomId, session: &Session) -> Result<Arc<Self>> {
        let (say, said) = broadcast::channel(KEPT);
        let (show, present) = watch::channel(Arc::default());
        let wakes = app.db.wakes();
        let reader = Reader {
            app: app.clone(),
            happened: wakes.about(&topic(room)),
            seats: wakes.about(&seats_topic(session.id)),
            room,
            session: session.id,
            creator: session.creator,
            read: store::room(app.db.read(), room).await?.last_sequence,
            said: say,
            present: show,
        };
        let reader = tokio::spawn(reader.run()).abort_handle();
        Ok(Arc::new(Self { said, present, reader }))
    }

    fn is_running(&self) -> bool {
        !self.reader.is_finished()
    }

    /// What is said from now on.
    pub fn hears(&self) -> broadcast::Receiver<Arc<Happened>> {
        self.said.resubscribe()
    }

    /// Who may be there, whenever it was looked at again.
    pub fn present(&self) -> watch::Receiver<Arc<Present>> {
        let mut present = self.present.clone();
        present.mark_unchanged();
        present
    }
}

struct Reader {
    app: App,
    /// Something may have been written into the log.
    happened: Woken,
    /// Somebody may have lost or got a seat.
    seats: Woken,
    room: ChatRoomId,
    session: WorkshopSessionId,
    creator: CreatorId,
    /// The last line that was said.
    read: i64,
    said: broadcast::Sender<Arc<Happened>>,
    present: watch::Sender<Arc<Present>>,
}

impl Reader {
    async fn run(mut self) {
        let mut look = interval_at(Instant::now() + LOOK, LOOK);
        let mut recheck = interval_at(Instant::now() + RECHECK, RECHECK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Something may have happened before this listened.
        let mut outcome = self.read_on().await;
        loop {
            if let Err(cause) = outcome {
                tracing::warn!(room = %self.room, %cause, "a room could not be read; trying again");
            }
            outcome = tokio::select! {
                () = self.happened.woken() => self.read_on().await,
                _ = look.tick() => self.read_on().await,
                () = self.seats.woken() => self.look_round().await,
                _ = recheck.tick() => self.look_round().await,
            };
        }
    }

    async fn read_on(&mut self) -> Result<()> {
        loop {
            let lines = happened::read(&self.app, self.room, self.read, AT_ONCE).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            self.read = last.sequence;
            let is_all = u64::try_from(lines.len()).is_ok_and(|read| read < AT_ONCE);
            for line in lines {
                // Nobody listens: the last follower has just gone.
                let _ = self.said.send(line).is_ok();
            }
            if is_all {
                return Ok(());
            }
        }
    }

    async fn look_round(&self) -> Result<()> {
        let conn = self.app.db.read();
        let seated = workshops::seated(conn, self.session).await?.into_iter();
        let mut present: Present = seated.map(|user| (user, Standing::Attendee)).collect();
        let hosts =
            workshops::hosts(&self.app, &[self.session]).await?.remove(&self.session).unwrap_or_default();
        let team = creators::store::team(conn, self.creator).await?.into_iter();
        present.extend(team.map(|(user, role)| (user, Standing::of_team(role, hosts.contains(&user)))));
        self.present.send_replace(Arc::new(present));
        Ok(())
    }
}
