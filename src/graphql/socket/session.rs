//! One conversation in `graphql-transport-ws`, from the upgrade to its close code.
//!
//! A single loop owns the socket: it hears the client, the operations and the clocks, and is the only one to write.
//! Keeps true: nothing runs before the token was accepted; every rule of the protocol that a client breaks ends the
//! socket with that rule's code; a session never outlives its token, its client's attention or the process.
//! Not here: what a document may ask for and who the caller is, which are the same as over HTTP.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::Request;
use futures_util::{SinkExt, StreamExt};
use poem::web::websocket::{Message, WebSocketStream};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};

use super::{
    super::{
        api::{Api, Asking, Caller},
        codes::{Code, Refusal},
        request,
    },
    close::Close,
    message::{self, ClientMessage},
    operation::{Event, Happening, Operation, Start},
    places::{Place, SocketLimits},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No `connection_init` yet.
    Silent,
    /// `connection_init` came; its token is being looked at.
    Recognising,
    /// Acknowledged.
    Open,
}

/// A conversation under way.
pub(super) struct Session {
    api: Arc<dyn Api>,
    caller: Arc<Caller>,
    limits: SocketLimits,
    socket: WebSocketStream,
    phase: Phase,
    operations: HashMap<String, Operation>,
    generations: u64,
    events: mpsc::Sender<Event>,
    heard: Instant,
    expires: Option<Instant>,
    window: (Instant, u32),
}

/// Events waiting for the session; a full channel slows the operations down.
const EVENTS_WAITING: usize = 32;

impl Session {
    /// Talks until the end, then says why it ended.
    pub(super) async fn run(socket: WebSocketStream, api: Arc<dyn Api>, caller: Caller, place: Place) {
        let (events, mut heard) = mpsc::channel(EVENTS_WAITING);
        let now = Instant::now();
        let mut session = Session {
            api,
            caller: Arc::new(caller),
            limits: place.limits(),
            socket,
            phase: Phase::Silent,
            operations: HashMap::new(),
            generations: 0,
            events,
            heard: now,
            expires: None,
            window: (now, 0),
        };
        let close = session.talk(&mut heard, &place).await;
        session.operations.clear();
        close.say(session.socket).await;
    }

    async fn talk(&mut self, events: &mut mpsc::Receiver<Event>, place: &Place) -> Close {
        let start = Instant::now();
        let mut stopping = std::pin::pin!(place.stopping());
        let mut ping = interval_at(start + self.limits.ping, self.limits.ping);
        let mut recheck = interval_at(start + self.limits.recheck, self.limits.recheck);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                () = &mut stopping => Err(Close::GOING_AWAY),
                () = sleep_until(start + self.limits.init), if self.phase == Phase::Silent => Err(Close::INIT_TIMEOUT),
                () = sleep_until(self.expires.unwrap_or(start)), if self.expires.is_some() => Err(Close::EXPIRED),
                message = self.socket.next() => self.hear(message).await,
                Some(event) = events.recv() => self.happen(event).await,
                _ = ping.tick() => self.ping().await,
                _ = recheck.tick(), if self.phase == Phase::Open => {
                    self.recognise();
                    Ok(())
                }
            };
            if let Err(close) = step {
                return close;
            }
        }
    }

    async fn hear(&mut self, message: Option<std::io::Result<Message>>) -> Result<(), Close> {
        self.heard = Instant::now();
        self.count_message()?;
        match message {
            None | Some(Ok(Message::Close(_))) => Err(Close::GONE),
            Some(Err(error)) => Err(Close::unreadable(&error)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err(Close::bad_message("Messages are text frames")),
            Some(Ok(Message::Text(text))) => match message::read(&text) {
                Ok(message) => self.understand(message).await,
                Err(reason) => Err(Close::bad_message(reason)),
            },
        }
    }

    fn count_message(&mut self) -> Result<(), Close> {
        let (since, count) = self.window;
        if since.elapsed() > Duration::from_secs(1) {
            self.window = (self.heard, 1);
            return Ok(());
        }
        self.window = (since, count + 1);
        if count >= self.limits.messages_per_second { Err(Close::TOO_MANY_MESSAGES) } else { Ok(()) }
    }

    async fn understand(&mut self, message: ClientMessage) -> Result<(), Close> {
        match (message, self.phase) {
            (ClientMessage::Init(payload), Phase::Silent) => {
                let caller = Caller { init: payload, ..(*self.caller).clone() };
                self.caller = Arc::new(caller);
                self.phase = Phase::Recognising;
                self.recognise();
                Ok(())
            }
            (ClientMessage::Init(_), _) => Err(Close::TOO_MANY_INITS),
            (ClientMessage::Ping(payload), _) => self.send(message::pong(payload.as_ref())).await,
            (ClientMessage::Pong, _) => Ok(()),
            (ClientMessage::Subscribe { id, payload }, Phase::Open) => {
                self.subscribe(id, request::from_parameters(payload)).await
            }
            (ClientMessage::Subscribe { .. }, _) => Err(Close::UNAUTHORIZED),
            (ClientMessage::Complete(id), _) => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn subscribe(&mut self, id: String, request: Result<Request, Refusal>) -> Result<(), Close> {
        if self.operations.contains_key(&id) {
            return Err(Close::duplicate(&id));
        }
        if self.operations.len() >= self.limits.operations {
            let refusal = Refusal::envelope(
                Code::LimitExceeded,
                format!("A socket runs at most {} operations. Complete one first.", self.limits.operations),
            );
            let error = refusal.into_error(&self.api.request_id());
            return self.send(message::error(&id, &[error])).await;
        }
        self.generations += 1;
        let start = Start {
            api: Arc::clone(&self.api),
            caller: Arc::clone(&self.caller),
            events: self.events.clone(),
            patience: self.limits.patience,
        };
        let operation = start.operation(id.clone(), self.generations, request);
        self.operations.insert(id, operation);
        Ok(())
    }

    /// Has the token looked at, beside the conversation.
    fn recognise(&self) {
        let (api, caller, events) = (Arc::clone(&self.api), Arc::clone(&self.caller), self.events.clone());
        let patience = self.limits.patience;
        tokio::spawn(async move {
            let outcome =
                tokio::time::timeout(patience, api.admit(&caller, Request::new(""), Asking::Otherwise)).await;
            let outcome =
                outcome.unwrap_or_else(|_| Err(Refusal::envelope(Code::Unavailable, "No answer in time.")));
            let outcome = outcome.map(|admitted| admitted.valid_for);
            // A session that has ended meanwhile does not need to know.
            let _ = events.send(Event::Recognised(outcome)).await;
        });
    }

    async fn happen(&mut self, event: Event) -> Result<(), Close> {
        match event {
            Event::Recognised(Ok(valid_for)) => self.welcome(valid_for).await,
            Event::Recognised(Err(refusal)) => Err(Close::not_admitted(&refusal)),
            Event::Operation { id, generation, what } => {
                if self.operations.get(&id).is_none_or(|running| running.generation != generation) {
                    return Ok(());
                }
                match what {
                    Happening::Next(answer) => self.send(message::next(&id, &answer)).await,
                    Happening::Refused(errors) => {
                        self.operations.remove(&id);
                        self.send(message::error(&id, &errors)).await
                    }
                    Happening::Done => {
                        self.operations.remove(&id);
                        self.send(message::complete(&id)).await
                    }
                }
            }
        }
    }

    async fn welcome(&mut self, valid_for: Option<Duration>) -> Result<(), Close> {
        self.expires = valid_for.map(|left| Instant::now() + left);
        if self.phase == Phase::Recognising {
            self.phase = Phase::Open;
            self.send(message::ack()).await?;
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), Close> {
        if self.heard.elapsed() > self.limits.ping * 2 {
            return Err(Close::NO_ANSWER);
        }
        self.write(Message::Ping(Vec::new())).await
    }

    async fn send(&mut self, text: String) -> Result<(), Close> {
        self.write(Message::Text(text)).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Close> {
        match tokio::time::timeout(self.limits.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Close::GONE),
        }
    }
}
