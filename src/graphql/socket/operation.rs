//! One subscription on a socket: prepared like any request, then run until it ends or is dropped.
//!
//! It runs as a task of its own so that a slow check or stream never holds up the conversation, and speaks to the
//! session through a bounded channel, so that a client that does not read slows its own streams down. Keeps true:
//! dropping an `Operation` stops its task; what it had already said is recognised as stale by its generation.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Request, ServerError, Value, parser::types::OperationType};
use futures_util::{FutureExt, StreamExt};
use tokio::{sync::mpsc, task::JoinHandle};

use super::super::{
    api::{Api, Caller},
    codes::{Code, Refusal},
    prepare::prepare,
    respond::{Answer, FAULT},
};

/// What tasks tell the session.
pub(super) enum Event {
    /// The sender was looked at, on `connection_init` and again at intervals: how long its token is still good for.
    Recognised(Result<Option<Duration>, Refusal>),
    /// Something about an operation.
    Operation {
        /// The client's id of it.
        id: String,
        /// Tells it from an earlier operation with the same id.
        generation: u64,
        /// What happened.
        what: Happening,
    },
}

/// What happens to an operation.
pub(super) enum Happening {
    /// One more result.
    Next(Box<Answer>),
    /// Refused or failed before its first result; nothing more follows.
    Refused(Vec<ServerError>),
    /// The stream ended by itself.
    Done,
}

/// A running operation.
pub(super) struct Operation {
    pub(super) generation: u64,
    task: JoinHandle<()>,
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What an operation needs of its session.
pub(super) struct Start {
    pub(super) api: Arc<dyn Api>,
    pub(super) caller: Arc<Caller>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) patience: Duration,
}

impl Start {
    /// Starts an operation under the client's id.
    pub(super) fn operation(
        self,
        id: String,
        generation: u64,
        request: Result<Request, Refusal>,
    ) -> Operation {
        let task = tokio::spawn(async move {
            let request_id = self.api.request_id();
            let events = self.events.clone();
            let say = |what| {
                let event = Event::Operation { id: id.clone(), generation, what };
                let events = events.clone();
                async move { events.send(event).await.is_ok() }
            };
            let last = match AssertUnwindSafe(self.run(request, &request_id, &say)).catch_unwind().await {
                Ok(last) => last,
                Err(_panic) => {
                    tracing::error!(request_id, "a subscription panicked; the client was told INTERNAL");
                    Happening::Refused(vec![fault(&request_id)])
                }
            };
            say(last).await;
        });
        Operation { generation, task }
    }

    async fn run<F: Future<Output = bool>>(
        &self,
        request: Result<Request, Refusal>,
        request_id: &str,
        say: impl Fn(Happening) -> F,
    ) -> Happening {
        let refuse = |refusal: Refusal| Happening::Refused(vec![refusal.into_error(request_id)]);
        let request = match request {
            Ok(request) => request,
            Err(refusal) => return refuse(refusal),
        };
        let preparing = prepare(&*self.api, &self.caller, request, only_subscriptions);
        let prepared = match tokio::time::timeout(self.patience, preparing).await {
            Ok(Ok(prepared)) => prepared,
            Ok(Err(unprepared)) => return Happening::Refused(unprepared.into_answer(request_id).errors),
            Err(_) => return refuse(Refusal::envelope(Code::Timeout, "Starting took too long. Try again.")),
        };
        let mut results = self.api.execute_stream(prepared.request);
        let mut is_first = true;
        while let Some(response) = results.next().await {
            let answer = Answer::executed(response, request_id);
            // An error before anything, and lost access at any time, is the end; another error is a result like others.
            let is_empty = answer.data.as_ref().is_none_or(|data| *data == Value::Null);
            if is_empty && !answer.errors.is_empty() && (is_first || answer.says_goodbye()) {
                return Happening::Refused(answer.errors);
            }
            is_first = false;
            if !say(Happening::Next(Box::new(answer))).await {
                break;
            }
        }
        Happening::Done
    }
}

fn only_subscriptions(kind: OperationType) -> Result<(), Refusal> {
    match kind {
        OperationType::Subscription => Ok(()),
        _ => Err(Refusal::document(
            Code::BadRequest,
            format!("Only subscriptions run on the socket: send a {kind} by POST to this address."),
        )),
    }
}

fn fault(request_id: &str) -> ServerError {
    Refusal::envelope(Code::Internal, FAULT).into_error(request_id)
}
