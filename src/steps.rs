//! Durable steps: each commit of a change and each move of a job, named by its place in the code.
//!
//! A process can die between any two of them, so what lies between must be harmless. Tests prove it: they watch an
//! installation's steps, then make each one in turn fail, be done without its caller learning of it, or be the last of
//! its process (docs/proofs.md). Nobody names points by hand, so no new step can be forgotten. A build without the
//! sandbox has no watcher at all.

use std::panic::Location;
#[cfg(feature = "sandbox")]
use std::sync::{Arc, PoisonError, RwLock};

use crate::kernel::Result;
#[cfg(feature = "sandbox")]
use crate::kernel::{Error, Fault};

/// Where in the code a step is taken.
pub type Place = &'static Location<'static>;

/// What becomes of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It happens.
    #[default]
    Happens,
    /// It does not happen, and its caller is told so.
    Fails,
    /// It happens, and its caller is told that it did not; so it will be repeated.
    IsForgotten,
    /// It does not happen, and nothing after it ever does: the process is gone.
    DiesBefore,
    /// It happens, and nothing after it ever does.
    DiesAfter,
}

/// Decides what becomes of each step.
#[cfg(feature = "sandbox")]
pub trait Watcher: Send + Sync {
    /// Asked once for every step, just before it is taken.
    fn fate(&self, place: Place) -> Fate;

    /// Told when a step was the last of its process.
    fn died(&self);
}

/// The steps of one installation. Clones are the same ones.
#[derive(Clone, Default)]
pub struct Steps {
    #[cfg(feature = "sandbox")]
    watcher: Arc<RwLock<Option<Arc<dyn Watcher>>>>,
}

impl Steps {
    /// From now on this watcher decides.
    #[cfg(feature = "sandbox")]
    pub fn watched_by(&self, watcher: Arc<dyn Watcher>) {
        *self.watcher.write().unwrap_or_else(PoisonError::into_inner) = Some(watcher);
    }

    /// Takes a step. `work` owns everything it needs, so that a step that is not taken leaves nothing open.
    #[cfg(not(feature = "sandbox"))]
    pub(crate) async fn take<T>(&self, _: Place, work: impl Future<Output = Result<T>>) -> Result<T> {
        work.await
    }

    /// Takes a step. `work` owns everything it needs, so that a step that is not taken leaves nothing open.
    #[cfg(feature = "sandbox")]
    pub(crate) async fn take<T>(&self, place: Place, work: impl Future<Output = Result<T>>) -> Result<T> {
        match self.fate(place) {
            Fate::Happens => work.await,
            Fate::Fails => {
                drop(work);
                Err(lost(place))
            }
            Fate::IsForgotten => {
                work.await?;
                Err(lost(place))
            }
            Fate::DiesBefore => {
                drop(work);
                self.end().await
            }
            Fate::DiesAfter => {
                let _ = work.await;
                self.end().await
            }
        }
    }

    #[cfg(feature = "sandbox")]
    fn fate(&self, place: Place) -> Fate {
        self.watcher().map_or(Fate::Happens, |watcher| watcher.fate(place))
    }

    /// Nothing comes after this.
    #[cfg(feature = "sandbox")]
    async fn end<T>(&self) -> T {
        if let Some(watcher) = self.watcher() {
            watcher.died();
        }
        std::future::pending().await
    }

    #[cfg(feature = "sandbox")]
    fn watcher(&self) -> Option<Arc<dyn Watcher>> {
        self.watcher.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(feature = "sandbox")]
fn lost(place: Place) -> Error {
    let cause = format!("the connection broke at {}:{}", place.file(), place.line());
    Error::Fault(Fault::away("talking to the database", cause))
}
