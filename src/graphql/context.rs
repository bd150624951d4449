//! Who asks, and what resolvers may reach.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::{Context, ID};

use crate::app::App;
use crate::kept_rows::KeptRows;
use crate::kernel::{Actor, Code, Denied, Error, InvalidId, Problem, PublicId, Result, Viewer};

use super::loaders::Loaders;
use super::reads::Reads;

/// One request's caller.
pub struct Requester {
    /// Everything actions may reach.
    pub app: App,
    /// Who asks.
    pub actor: Actor,
    /// From where: the socket's address, or what a trusted proxy says.
    pub address: IpAddr,
    /// Batching for this request.
    pub loaders: Loaders,
    /// What the answer rests on.
    pub reads: Arc<Reads>,
}

impl Requester {
    /// A caller with fresh batches, who may be shown these rows.
    pub fn new(app: App, actor: Actor, address: IpAddr, rows: KeptRows) -> Self {
        Self { loaders: Loaders::new(app.clone(), rows), app, actor, address, reads: Arc::default() }
    }
}

/// What resolvers say instead of reaching into the context's data.
pub trait Ctx {
    /// The request's caller.
    fn requester(&self) -> &Requester;

    /// Everything actions may reach.
    fn app(&self) -> &App {
        &self.requester().app
    }

    /// Who asks.
    fn actor(&self) -> &Actor {
        &self.requester().actor
    }

    /// The signed-in person, or UNAUTHENTICATED.
    fn viewer(&self) -> std::result::Result<&Viewer, Denied> {
        self.actor().viewer()
    }

    /// What the answer rests on, to be noted while it is made.
    fn reads(&self) -> &Reads {
        &self.requester().reads
    }

    /// This request's batches.
    fn loaders(&self) -> &Loaders {
        &self.requester().loaders
    }
}

impl Ctx for Context<'_> {
    fn requester(&self) -> &Requester {
        // The HTTP handler puts it there before anything runs; a schema test does the same.
        self.data_unchecked::<Requester>()
    }
}

/// The id at argument `path`, or INVALID_ID.
pub fn id<T: PublicId>(path: &[&str], id: &ID) -> Result<T> {
    T::from_str(id).map_err(|wrong: InvalidId| {
        Error::from(Problem {
            code: Code::InvalidId,
            message: wrong.to_string(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            detail: Default::default(),
        })
    })
}
