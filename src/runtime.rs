//! The threads everything runs on.
//!
//! A mutation's future holds the states of all it may await, and a build without optimisation keeps every one of them on
//! the stack: completing an upload took 2 MiB, tokio's default, before the schema's roots were boxed
//! (`graphql/boxed.rs`). Memory is only taken for the depth that is reached.

use tokio::runtime::{Builder, Runtime};

/// Bytes of stack of a thread.
const STACK: usize = 8 << 20;

/// `threads` workers; as many as there are cores where nothing is said.
///
/// # Errors
/// What the system says when it has no threads left.
pub fn start(threads: Option<usize>) -> std::io::Result<Runtime> {
    let mut runtime = Builder::new_multi_thread();
    if let Some(threads) = threads {
        runtime.worker_threads(threads);
    }
    runtime.thread_stack_size(STACK).enable_all().build()
}
