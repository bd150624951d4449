//! The real schemas behind the transport: who is calling, what they may spend, and the run itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, Request, Response, Schema, SubscriptionType};
use futures_util::FutureExt;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use poem::http::HeaderMap;

use crate::app::App;
use crate::documents;
use crate::fairness::{Admission, Fairness, Payer, purpose};
use crate::graphql::Requester;
use crate::graphql::admin::{self, AdminMutation, AdminQuery};
use crate::graphql::api::{Admitted, Api, Asking, Caller};
use crate::graphql::batching;
use crate::graphql::codes::{Code, Refusal};
use crate::graphql::limits::{Budget, Limits, PriceList, Purpose, Rules, UnreadableSchema, Weight};
use crate::graphql::schema::{Mutation, Query, Subscription};
use crate::identity;
use crate::kept_rows::KeptRows;
use crate::kernel::Actor;

/// One endpoint's schema, ready to serve.
pub struct Product<Q, M, S> {
    app: App,
    schema: Schema<Q, M, S>,
    rules: Rules,
    fairness: Arc<Fairness>,
    /// Whether documents are answered that nobody registered.
    any_document: bool,
}

impl Product<Query, Mutation, Subscription> {
    /// The app's endpoint, for everybody.
    pub fn app(app: App, fairness: Arc<Fairness>) -> Result<Self, UnreadableSchema> {
        let schema = crate::graphql::build(app.settings.introspection);
        let rules = Rules::new(&crate::graphql::sdl(), &PriceList::atelier(), Limits::default(), purpose)?;
        let any_document = app.settings.any_document;
        Ok(Self { app, schema, rules, fairness, any_document })
    }
}

impl Product<AdminQuery, AdminMutation, EmptySubscription> {
    /// The admin endpoint, for operators. Each act is a request of its own, so that each is judged alone.
    pub fn admin(app: App, fairness: Arc<Fairness>) -> Result<Self, UnreadableSchema> {
        let schema = admin::build(app.settings.introspection);
        let rules = Rules::new(&admin::sdl(), &PriceList::atelier(), Limits::default(), |_| Purpose::Paying)?;
        Ok(Self { app, schema, rules, fairness, any_document: true })
    }
}

impl<Q, M, S> Product<Q, M, S> {
    async fn actor(&self, caller: &Caller, rows: &KeptRows) -> Result<Actor, Refusal> {
        let Some(token) = caller.bearer()? else { return Ok(Actor::Anonymous) };
        match identity::actions::authenticate(&self.app, rows, token).await {
            Ok(Some(viewer)) => Ok(Actor::Known(viewer)),
            Ok(None) => Err(Refusal::envelope(
                Code::Unauthenticated,
                "The access token is not valid or its session has ended. Refresh it with authTokenRefresh, or sign in.",
            )),
            Err(error) => {
                tracing::error!(%error, "a caller could not be recognised");
                Err(Refusal::envelope(
                    Code::Unavailable,
                    "We cannot check who you are right now. Try again in a moment.",
                ))
            }
        }
    }

    fn caller_address(&self, caller: &Caller) -> IpAddr {
        caller_address(&self.app, caller.peer, &caller.headers)
    }
}

/// A caller's address: the socket's, or what the proxies we trust say. Each of them adds, at the end, whom it was asked by;
/// what stands before the last address that is not theirs is the client's word.
pub(super) fn caller_address(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    let is_ours = |address: &IpAddr| app.settings.trusted_proxies.contains(address);
    if !is_ours(&peer) {
        return peer;
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let said = lines.iter().flat_map(|line| line.split(',')).rev().map_while(|entry| address(entry.trim()));
    let mut nearest = peer;
    for address in said {
        nearest = address;
        if !is_ours(&address) {
            break;
        }
    }
    nearest
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
        .map(|ip| ip.to_canonical())
}

impl<Q, M, S> Api for Product<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn request_id(&self) -> String {
        self.app.entropy.id(self.app.now()).simple().to_string()
    }

    fn admit<'a>(
        &'a self,
        caller: &'a Caller,
        request: Request,
        asking: Asking,
    ) -> BoxFuture<'a, Result<Admitted, Refusal>> {
        async move {
            let rows = KeptRows::new(self.app.clone());
            let actor = self.actor(caller, &rows).await?;
            let (budget, valid_for) = match &actor {
                Actor::Anonymous => (Budget::ANONYMOUS, None),
                Actor::Known(viewer) => {
                    let left = viewer.expires_at - self.app.now();
                    (Budget::STUDIO, Some(left.to_std().unwrap_or(Duration::ZERO)))
                }
            };
            let is_anybody = matches!(actor, Actor::Anonymous);
            let address = self.caller_address(caller);
            let payer = Payer::of(&actor, address);
            let in_public = is_anybody && asking == Asking::Publicly;
            let app = if in_public { self.app.for_visitors() } else { self.app.clone() };
            let rows = if asking == Asking::Otherwise { rows.no_more() } else { rows };
            let requester = Requester::new(app, actor, address, rows);
            let reads = is_anybody.then(|| Arc::clone(&requester.reads));
            Ok(Admitted { request: request.data(requester), budget, valid_for, payer, reads })
        }
        .boxed()
    }

    fn charge<'a>(
        &'a self,
        _: &'a Caller,
        payer: Payer,
        weight: Weight,
    ) -> BoxFuture<'a, Result<Admission, Refusal>> {
        self.fairness.admit(payer, weight).boxed()
    }

    fn address(&self, caller: &Caller) -> Option<IpAddr> {
        Some(self.caller_address(caller))
    }

    fn document<'a>(
        &'a self,
        caller: &'a Caller,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<str>>, Refusal>> {
        async move {
            if let Some(text) = documents::remembered(&self.app, id) {
                return Ok(Some(text));
            }
            // Numbers that nobody registered are looked for each time, before anything is known of who asks.
            self.fairness.charge_a_look(Payer::of(&Actor::Anonymous, self.caller_address(caller)))?;
            documents::text(&self.app, id).await.map_err(|error| {
                tracing::error!(%error, "a registered document could not be read");
                Refusal::envelope(
                    Code::Unavailable,
                    "The document cannot be looked up right now. Try again in a moment.",
                )
            })
        }
        .boxed()
    }

    fn takes_any_document(&self) -> bool {
        self.any_document
    }

    fn execute(&self, request: Request) -> BoxFuture<'_, Response> {
        batching::together(self.schema.execute(request)).boxed()
    }

    fn execute_stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request).boxed()
    }
}
