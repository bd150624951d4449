//! Following one thing: how it stands now, then whenever that changes, until nothing about it will.
//!
//! A wake-up only says "look", and each look is the checked lookup that a query makes: so rights are asked for anew with
//! every change, and every minute. What is told is how things stand, not what happened in between: several changes may be
//! told as one. Not here: what must be told line by line (`chat::live`).

use std::time::Duration;

use async_graphql::Context;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use tokio::time::timeout;

use crate::app::App;
use crate::kernel::{Actor, Denied, Error, Result};
use crate::wakes::Woken;

use super::Ctx;
use super::payload::top_level;

/// How long nothing is looked at without a wake-up: one may be lost, and rights may be too.
const LOOK: Duration = Duration::from_secs(60);
/// Before a look that failed is tried again.
const BREATH: Duration = Duration::from_secs(5);

/// What a look found.
pub enum Look<T> {
    /// It stands like this, for now.
    Now(T),
    /// It stands like this for good.
    Last(T),
    /// It is not there any more.
    Gone,
}

/// What a subscription tells: results, and at most one error, which is the last.
pub type Told<T> = BoxStream<'static, async_graphql::Result<T>>;

/// Follows one thing: `look` finds it as the caller may see it, `topic` is said when it may have changed. NOT_FOUND for what
/// is not there when it begins.
pub async fn follow<T, L>(ctx: &Context<'_>, topic: &str, look: L) -> Result<Told<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
    L: Fn() -> BoxFuture<'static, Result<Look<T>>> + Send + Sync + 'static,
{
    let (app, actor) = (ctx.app().clone(), ctx.actor().clone());
    // Before the first look, so that nothing falls between.
    let woken = app.db.wakes().about(topic);
    let first = match look().await? {
        Look::Gone => return Err(Denied::NotFound.into()),
        found => Some(found),
    };
    let followed = Followed { app, actor, woken, look, first, told: None, pause: LOOK, is_over: false };
    let told = stream::unfold(followed, |mut followed| async move {
        let next = followed.next().await?;
        Some((next.map_err(top_level), followed))
    });
    Ok(told.boxed())
}

struct Followed<T, L> {
    app: App,
    actor: Actor,
    woken: Woken,
    look: L,
    first: Option<Look<T>>,
    told: Option<T>,
    pause: Duration,
    is_over: bool,
}

impl<T, L> Followed<T, L>
where
    T: Clone + PartialEq,
    L: Fn() -> BoxFuture<'static, Result<Look<T>>>,
{
    async fn next(&mut self) -> Option<Result<T>> {
        while !self.is_over {
            let found = match self.first.take() {
                Some(first) => Ok(first),
                None => self.look_again().await,
            };
            match found {
                Ok(found) => {
                    if let Some(news) = self.news(found) {
                        return Some(Ok(news));
                    }
                }
                Err(Error::Fault(cause)) => {
                    tracing::warn!(%cause, "what is followed could not be looked at; trying again");
                    self.pause = BREATH;
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }

    async fn look_again(&mut self) -> Result<Look<T>> {
        // Woken or not, it is looked at.
        let _ = timeout(self.pause, self.woken.woken()).await.is_ok();
        self.pause = LOOK;
        if let Some(viewer) = self.actor.known() {
            viewer.holds_at(self.app.now())?;
        }
        (self.look)().await
    }

    /// What was not told yet of what was found.
    fn news(&mut self, found: Look<T>) -> Option<T> {
        self.is_over = !matches!(found, Look::Now(_));
        let (Look::Now(seen) | Look::Last(seen)) = found else { return None };
        (self.told.as_ref() != Some(&seen)).then(|| self.told.insert(seen).clone())
    }
}
