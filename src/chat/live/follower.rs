//! One follower of a room: first what it missed, then what happens, in order and without a hole, or with a gap that is named.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::app::App;
use crate::chat::actions::{Presence, enter};
use crate::chat::store;
use crate::kernel::{ChatRoomId, Error, Result, Viewer};

use super::feed::{Feed, Feeds, Present};
use super::happened::{self, Happened};

/// Lines that are told again to who comes back; of more than that, it is told that there is a gap.
pub const MOST_REPLAYED: u64 = 500;

/// What a follower is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// The next line of the log.
    Happened(Arc<Happened>),
    /// Lines are left out.
    Gap {
        /// The last line that was told before.
        after: i64,
        /// The last line that is left out.
        upto: i64,
    },
}

/// One subscription to a room.
pub struct Follower {
    app: App,
    viewer: Viewer,
    presence: Presence,
    _feed: Arc<Feed>,
    hears: Receiver<Arc<Happened>>,
    present: watch::Receiver<Arc<Present>>,
    /// To be told before anything that is heard.
    first: VecDeque<Told>,
    /// The last line that was told.
    told: i64,
    is_over: bool,
}

/// Begins to follow a room: behind `after`, or from now on.
pub async fn follow(app: &App, viewer: &Viewer, room: ChatRoomId, after: Option<i64>) -> Result<Follower> {
    let presence = enter(app, viewer, room).await?;
    let feed = app.kept::<Feeds>().of(app, &presence.session).await?;
    let (hears, present) = (feed.hears(), feed.present());
    // Once more: whoever lost their seat before this listened would be missed.
    let presence = enter(app, viewer, presence.room).await?;
    // Read after listening has begun, so that nothing falls between.
    let last = store::room(app.db.read(), room).await?.last_sequence;
    let mut follower = Follower {
        app: app.clone(),
        viewer: viewer.clone(),
        presence,
        _feed: feed,
        hears,
        present,
        first: VecDeque::new(),
        told: after.map_or(last, |after| after.clamp(0, last)),
        is_over: false,
    };
    if follower.told < last {
        follower.catch_up(last).await?;
    }
    Ok(follower)
}

impl Follower {
    /// As whom this one is there.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    /// What comes next; an error once, and then nothing, when this one may not be there any more.
    pub async fn next(&mut self) -> Option<Result<Told>> {
        if self.is_over {
            return None;
        }
        let next = loop {
            match self.wait().await {
                // What was missed by it is read with the next line, and who may be there is looked at again in a minute.
                Err(Error::Fault(cause)) => {
                    tracing::warn!(room = %self.presence.room, %cause, "a follower could not go on; trying again");
                }
                next => break next.transpose(),
            }
        };
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }

    async fn wait(&mut self) -> Result<Option<Told>> {
        loop {
            self.viewer.holds_at(self.app.now())?;
            if let Some(first) = self.first.pop_front() {
                self.told = match &first {
                    Told::Happened(line) => line.sequence,
                    Told::Gap { upto, .. } => *upto,
                };
                return Ok(Some(first));
            }
            tokio::select! {
                biased;
                looked = self.present.changed() => match looked {
                    Ok(()) => self.still_present().await?,
                    Err(_) => return Ok(None),
                },
                heard = self.hears.recv() => match heard {
                    Ok(line) => self.hear(line).await?,
                    // What follows shows how much was missed.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(None),
                },
            }
        }
    }

    async fn hear(&mut self, line: Arc<Happened>) -> Result<()> {
        match line.sequence - self.told {
            ..=0 => Ok(()),
            1 => {
                self.first.push_back(Told::Happened(line));
                Ok(())
            }
            _ => self.catch_up(line.sequence).await,
        }
    }

    /// Reads what was missed up to a line, as much as is told again, and names the rest.
    async fn catch_up(&mut self, upto: i64) -> Result<()> {
        let missed = u64::try_from(upto - self.told).unwrap_or_default().min(MOST_REPLAYED);
        let lines = happened::read(&self.app, self.presence.room, self.told, missed).await?;
        let after = lines.last().map_or(self.told, |line| line.sequence);
        self.first.extend(lines.into_iter().map(Told::Happened));
        if after < upto {
            self.first.push_back(Told::Gap { after, upto });
        }
        Ok(())
    }

    /// The list of who is there is a moment old: nobody is sent away without being looked up.
    async fn still_present(&mut self) -> Result<()> {
        let standing = self.present.borrow_and_update().get(&self.viewer.user_id).copied();
        if let Some(standing) = standing {
            self.presence.standing = standing;
            return Ok(());
        }
        self.presence = enter(&self.app, &self.viewer, self.presence.room).await?;
        Ok(())
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("room", &self.presence.room).field("told", &self.told).finish()
    }
}
