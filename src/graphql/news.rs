//! Being told what happens: whatever the event log says of one account, or of one creator, from a moment ago on.
//!
//! The log is read behind the last line one knows, after each wake-up and every minute without one. A line only names a
//! thing that may have changed; what is told is how that thing stands when it is told, by the lookup and the rights of a
//! query at that moment: what may not be seen is left out, and a thing that is named again before its turn is told once.
//! Nothing is kept for a client that does not read but where it stopped, and up to [`MOST`] names. Not here: what is told
//! to whom (`identity::graphql`, `studio::graphql`), what must be told line by line (`chat::live`), following one thing
//! until it is settled (`following`).

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::{Context, ErrorExtensions};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::events::{self, Line, Whose};
use crate::kernel::{Error, Result, Viewer};
use crate::wakes::Woken;

use super::Ctx;
use super::codes::Code;
use super::following::Told;
use super::payload::top_level;

/// How long the log is not looked at without a wake-up: one may be lost, and rights may be too.
const LOOK: Duration = Duration::from_secs(60);
/// Before what failed is tried again.
const BREATH: Duration = Duration::from_secs(5);
/// Lines read at once.
const AT_ONCE: u64 = 200;
/// So often in a row; a client that did not read for so long asks anew how everything stands.
const PAGES: usize = 20;
/// Lines looked through for where it begins.
const LOOKED_THROUGH: u64 = 1_000;
/// How far back it begins: nothing is lost between two subscriptions, or between a question and a subscription.
const OVERLAP: chrono::Duration = chrono::Duration::seconds(10);
/// Things that wait to be told; who is further behind asks anew how everything stands.
const MOST: usize = 500;

/// Who is told, and what.
pub trait Audience: Send + Sync + 'static {
    /// What may have changed.
    type Thing: PartialEq + Send + Sync;
    /// The proof that they may be told.
    type Proof: Send + Sync;
    /// What is told.
    type Said: Send;

    /// What a line says may have changed, as far as these are told of it.
    fn named(&self, line: &Line) -> Vec<Self::Thing>;

    /// Whether they may still be told; asked before anything is.
    fn still(&self) -> impl Future<Output = Result<Standing<Self::Proof, Self::Said>>> + Send;

    /// How a thing stands now, if it is there and they may see it.
    fn now(
        &self,
        proof: &Self::Proof,
        thing: &Self::Thing,
    ) -> impl Future<Output = Result<Option<Self::Said>>> + Send;
}

/// Whether somebody may be told.
pub enum Standing<P, S> {
    /// They may, and here is why.
    May(P),
    /// Not any more: this is the last they are told.
    Last(S),
}

/// Tells an audience what has happened since [`OVERLAP`] ago, and what happens. Fails as a query would if they may not be told to begin with.
pub async fn tell<A: Audience>(ctx: &Context<'_>, whose: Whose, audience: A) -> Result<Told<A::Said>> {
    let (app, viewer) = (ctx.app().clone(), ctx.viewer()?.clone());
    // Before the first look, so that nothing falls between.
    let woken = app.db.wakes().about(&whose.topic());
    audience.still().await?;
    let known = events::until(&app.db, whose, app.now() - OVERLAP, LOOKED_THROUGH).await?;
    let due = Due(VecDeque::new());
    let news =
        News { app, viewer, whose, audience, woken, known, due, pause: Duration::ZERO, is_over: false };
    let told = stream::unfold(news, |mut news| async move {
        let next = news.next().await?;
        Some((next, news))
    });
    Ok(told.boxed())
}

struct News<A: Audience> {
    app: App,
    viewer: Viewer,
    whose: Whose,
    audience: A,
    woken: Woken,
    /// The last line that was read.
    known: i64,
    due: Due<A::Thing>,
    pause: Duration,
    is_over: bool,
}

impl<A: Audience> News<A> {
    async fn next(&mut self) -> Option<async_graphql::Result<A::Said>> {
        while !self.is_over {
            match self.step().await {
                Ok(Some(said)) => return Some(said),
                Ok(None) => {}
                Err(Error::Fault(cause)) => {
                    tracing::warn!(topic = self.whose.topic(), %cause, "news could not be told; trying again");
                    sleep(BREATH).await;
                    self.pause = Duration::ZERO;
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(top_level(error)));
                }
            }
        }
        None
    }

    async fn step(&mut self) -> Result<Option<async_graphql::Result<A::Said>>> {
        if self.due.0.is_empty() {
            // Woken or not, it is looked at.
            let _ = timeout(self.pause, self.woken.woken()).await.is_ok();
            self.pause = LOOK;
            if !self.read_on().await? {
                self.is_over = true;
                return Ok(Some(Err(too_far_behind())));
            }
        }
        self.viewer.holds_at(self.app.now())?;
        let proof = match self.audience.still().await? {
            Standing::May(proof) => proof,
            Standing::Last(last) => {
                self.is_over = true;
                return Ok(Some(Ok(last)));
            }
        };
        let Some(thing) = self.due.0.front() else { return Ok(None) };
        let said = match self.audience.now(&proof, thing).await {
            // It will not be better next time: the others shall not wait for it.
            Err(Error::Fault(cause)) if !cause.passing => {
                tracing::error!(topic = self.whose.topic(), %cause, "one thing could not be told");
                None
            }
            said => said?,
        };
        self.due.0.pop_front();
        Ok(said.map(Ok))
    }

    /// Reads what is new in the log; false if more is due than is kept, or has happened than is read.
    async fn read_on(&mut self) -> Result<bool> {
        for _ in 0..PAGES {
            let lines = events::of(&self.app.db, self.whose, self.known, AT_ONCE).await?;
            let is_all = (lines.len() as u64) < AT_ONCE;
            for line in lines {
                self.known = line.sequence;
                if !self.audience.named(&line).into_iter().all(|thing| self.due.add(thing)) {
                    return Ok(false);
                }
            }
            if is_all {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Things that wait to be told, each once.
struct Due<T>(VecDeque<T>);

impl<T: PartialEq> Due<T> {
    /// False if that would be too many.
    fn add(&mut self, thing: T) -> bool {
        if self.0.contains(&thing) {
            return true;
        }
        self.0.push_back(thing);
        self.0.len() <= MOST
    }
}

fn too_far_behind() -> async_graphql::Error {
    let error = async_graphql::Error::new(
        "More has changed than is told one by one. Ask anew how things stand, and subscribe again.",
    );
    error.extend_with(|_, extensions| extensions.set("code", Code::LimitExceeded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_kept_once_and_not_without_end() {
        let mut due = Due(VecDeque::new());
        assert!((0..MOST).all(|thing| due.add(thing)));
        assert!(due.add(7), "it waits already");
        assert_eq!((due.0.len(), due.0.front()), (MOST, Some(&0)), "in the order of its first line");
        assert!(!due.add(MOST));
    }
}
