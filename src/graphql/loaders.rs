//! Batching: what many fields of one request need of one kind is read in one statement.
//!
//! A room declares a loader with [`loader!`](crate::loader); it begins to exist when a request first needs it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::runtime::Timer;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::changes::Owner;
use crate::kept_rows::{Keep, KeptRows, Key};
use crate::kernel::{CreatorId, Error, Fault, Result};

use super::batching::OwnTask;

/// A batch failed; every waiting field fails the same way.
#[derive(Clone, Debug)]
pub struct LoadError(Arc<Error>);

impl From<Error> for LoadError {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<LoadError> for Error {
    fn from(LoadError(error): LoadError) -> Self {
        match &*error {
            Error::Denied(denied) => Error::Denied(denied.clone()),
            Error::Refused(problems) => Error::Refused(problems.clone()),
            Error::Fault(fault) => {
                Error::Fault(Fault { passing: fault.passing, ..Fault::new(&fault.doing, &fault.cause) })
            }
        }
    }
}

/// No wait: a batch begins after everything else that can go on (see `batching`).
pub(super) struct AtOnce;

impl Timer for AtOnce {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::ready(()).boxed()
    }
}

/// All batches of one request.
pub struct Loaders {
    app: App,
    begun: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    rows: KeptRows,
}

impl Loaders {
    /// None yet, and the request's way to rows that are kept.
    pub fn new(app: App, rows: KeptRows) -> Self {
        Self { app, begun: Mutex::default(), rows }
    }

    /// The same as [`Loaders::load`], of rows that are kept between questions.
    pub async fn kept<L, K>(&self, key: K) -> Result<Option<L::Value>>
    where
        L: Loader<K, Error = LoadError> + From<App> + Whose<<L as Loader<K>>::Value>,
        L::Value: Keep,
        K: Key,
    {
        self.shown::<L, K>(key, |found| found.and_then(L::whose)).await
    }

    /// The same, of rows that do not say whose they are; that there is none is kept, too.
    pub async fn kept_of<L, K>(&self, of: CreatorId, key: K) -> Result<Option<L::Value>>
    where
        L: Loader<K, Error = LoadError> + From<App>,
        L::Value: Keep,
        K: Key,
    {
        self.shown::<L, K>(key, move |_| Some(of)).await
    }

    async fn shown<L, K>(
        &self,
        key: K,
        whose: impl Fn(Option<&L::Value>) -> Option<CreatorId> + Send + Sync,
    ) -> Result<Option<L::Value>>
    where
        L: Loader<K, Error = LoadError> + From<App>,
        L::Value: Keep,
        K: Key,
    {
        if let Some(found) = self.rows.at_hand::<L, K, _>(&key) {
            return Ok(found);
        }
        let whose = |found: &Option<L::Value>| whose(found.as_ref()).map(Owner::Creator);
        self.rows.find::<L, _, _>(key.clone(), whose, self.load::<L, K>(key)).await
    }

    /// Rows that are kept between questions, read in a statement of their own.
    pub fn rows(&self) -> &KeptRows {
        &self.rows
    }

    /// One value by its key, read together with what others of this request need.
    pub async fn load<L, K>(&self, key: K) -> Result<Option<L::Value>>
    where
        L: Loader<K, Error = LoadError> + From<App>,
        K: Send + Sync + Hash + Eq + Clone + 'static,
    {
        let loader = self.of::<L>();
        // In a box for the same reason as rows that are read (`KeptRows::find`).
        Ok(Box::pin(loader.load_one(key)).await?)
    }

    fn of<L: From<App> + Send + Sync + 'static>(&self) -> Arc<DataLoader<L>> {
        let make =
            || Arc::new(DataLoader::new(L::from(self.app.clone()), OwnTask, AtOnce).max_batch_size(1000));
        let Ok(mut begun) = self.begun.lock() else { return make() };
        let known = begun.entry(TypeId::of::<L>()).or_insert_with(|| make());
        Arc::clone(known).downcast().unwrap_or_else(|_| make())
    }
}

/// A loader whose rows say whose they are.
pub trait Whose<V> {
    /// Whose this is; none for what is not to be kept.
    fn whose(row: &V) -> Option<CreatorId>;
}

/// Declares a loader: `loader! { /// Doc. Name: Key => Value = path::to::fn }`, where the function is
/// `async fn(&App, &[Key]) -> kernel::Result<HashMap<Key, Value>>`.
#[macro_export]
macro_rules! loader {
    ($(#[$doc:meta])* $name:ident: $key:ty => $value:ty = $function:path) => {
        $(#[$doc])*
        pub struct $name($crate::app::App);

        impl From<$crate::app::App> for $name {
            fn from(app: $crate::app::App) -> Self {
                Self(app)
            }
        }

        impl async_graphql::dataloader::Loader<$key> for $name {
            type Value = $value;
            type Error = $crate::graphql::loaders::LoadError;

            async fn load(
                &self,
                keys: &[$key],
            ) -> std::result::Result<std::collections::HashMap<$key, $value>, Self::Error> {
                Ok($function(&self.0, keys).await?)
            }
        }
    };
}
