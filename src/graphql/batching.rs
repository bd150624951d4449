//! Batches run in the request's own task, after everything else that can go on has gone on.
//!
//! Kept true: how many statements a request costs depends on its document alone. A batch that ran on another thread
//! would begin while this one still adds keys, and wake some of those who wait for it before the others; each time the
//! rest would need a batch of its own.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::future::{FutureExt, poll_fn};
use futures_util::stream::FuturesUnordered;
use futures_util::task::{FutureObj, Spawn, SpawnError};

/// Batches that were asked for and have not begun.
type Asked = Arc<Mutex<Vec<FutureObj<'static, ()>>>>;

tokio::task_local! {
    static ASKED: Asked;
}

/// Gives batches to the request that asks for them; outside of one (a subscription's stream) to the runtime.
pub struct OwnTask;

impl Spawn for OwnTask {
    fn spawn_obj(&self, batch: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        let within = ASKED.try_with(Arc::clone);
        match within {
            Ok(asked) => asked.lock().map_err(|_| SpawnError::shutdown())?.push(batch),
            Err(_) => {
                let soon = tokio::task::yield_now().then(|()| batch);
                tokio::runtime::Handle::try_current().map_err(|_| SpawnError::shutdown())?.spawn(soon);
            }
        }
        Ok(())
    }
}

/// Runs a request and its batches: the request as far as it goes, then the batches it asked for, and so on.
pub async fn together<F: Future>(request: F) -> F::Output {
    let asked = Asked::default();
    let mut request = pin!(ASKED.scope(Arc::clone(&asked), request));
    let mut batches = FuturesUnordered::new();
    poll_fn(|cx| {
        loop {
            if let Poll::Ready(answer) = request.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            if let Ok(mut asked) = asked.lock() {
                batches.extend(asked.drain(..));
            }
            let mut finished = false;
            while let Poll::Ready(Some(())) = batches.poll_next_unpin(cx) {
                finished = true;
            }
            if !finished {
                return Poll::Pending;
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::join_all;

    use super::super::loaders::AtOnce;
    use super::*;

    struct Doubles(Arc<AtomicUsize>);

    impl Loader<u32> for Doubles {
        type Value = u32;
        type Error = ();

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, ()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * 2)).collect())
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_level_costs_one_batch_however_many_ask_and_however_deep_they_are() {
        for _ in 0..50 {
            let batches = Arc::new(AtomicUsize::new(0));
            let loader = DataLoader::new(Doubles(Arc::clone(&batches)), OwnTask, AtOnce);
            let ask = |key: u32| {
                let loader = &loader;
                async move {
                    let once = loader.load_one(key).await.ok().flatten().unwrap_or_default();
                    loader.load_one(once).await.ok().flatten()
                }
            };
            let answers = together(join_all((1..=40).map(ask))).await;
            assert_eq!(answers[39], Some(160));
            assert_eq!(batches.load(Ordering::SeqCst), 2);
        }
    }
}
