//! Which function runs which kind of job.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, Result};
use crate::queue::Claimed;

/// A job under way.
pub(super) type Running = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Runs one kind of job.
pub type Handler = Box<dyn Fn(App, Value) -> Running + Send + Sync>;

/// All kinds of jobs, and which of them recur.
#[derive(Default)]
pub struct Registry {
    handlers: BTreeMap<&'static str, Handler>,
    recurring: Vec<(&'static str, i64)>,
    /// Kinds that take long, and how long at most.
    long: Vec<(&'static str, Duration)>,
}

impl Registry {
    /// `handler` runs jobs of this kind; it gets the job's payload, which holds ids.
    pub fn on<F, Fut>(&mut self, kind: &'static str, handler: F)
    where
        F: Fn(App, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let replaced =
            self.handlers.insert(kind, Box::new(move |app, payload| Box::pin(handler(app, payload))));
        assert!(replaced.is_none(), "two handlers for {kind}");
    }

    /// `handler` runs jobs of this kind, each of which may take as long as `patience`: one at a time of its kind in a
    /// process, beside all others, its lease renewed for as long as it runs. It may be dropped at any await: by a stop, or
    /// when its patience ends.
    pub fn on_long<F, Fut>(&mut self, kind: &'static str, patience: Duration, handler: F)
    where
        F: Fn(App, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.long.push((kind, patience));
        self.on(kind, handler);
    }

    /// `handler` runs every `seconds`, once in the whole installation, whatever the number of workers.
    pub fn every<F, Fut>(&mut self, seconds: i64, kind: &'static str, handler: F)
    where
        F: Fn(App) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.recurring.push((kind, seconds));
        self.on(kind, move |app, _| handler(app));
    }

    /// Whether jobs of this kind are run here.
    pub fn knows(&self, kind: &str) -> bool {
        self.handlers.contains_key(kind)
    }

    /// The kinds that take long.
    pub(super) fn long_kinds(&self) -> Vec<&'static str> {
        self.long.iter().map(|(kind, _)| *kind).collect()
    }

    /// How long a job of this kind may take, if it is one that takes long.
    pub(super) fn patience(&self, kind: &str) -> Option<Duration> {
        self.long.iter().find(|(known, _)| *known == kind).map(|(_, patience)| *patience)
    }

    /// The recurring kinds and their seconds.
    pub(super) fn recurring(&self) -> impl Iterator<Item = (&'static str, i64)> + '_ {
        self.recurring.iter().copied()
    }

    pub(super) fn run(&self, app: &App, job: &Claimed) -> Running {
        match self.handlers.get(job.kind.as_str()) {
            Some(handler) => handler(app.clone(), job.payload.clone()),
            None => {
                let fault = Fault::new(&job.kind, "no handler for this kind of job in this version");
                Box::pin(async move { Err(Error::Fault(fault)) })
            }
        }
    }
}
