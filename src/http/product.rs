//! The real schemas behind the transport: who is calling, what they may spend, and the run itself.

use std::net::{IpAddr, Ipv4Addr};
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
use crate::fairness::{Admission, Fairness, Payer};
use crate::graphql::Requester;
use crate::graphql::admin::{self, AdminMutation, AdminQuery};
use crate::graphql::api::{Admitted, Api, Caller};
use crate::graphql::batching;
use crate::graphql::codes::{Code, Refusal};
use crate::graphql::limits::{Budget, Limits, PriceList, Purpose, Rules, UnreadableSchema, Weight};
use crate::graphql::schema::{Mutation, Query, Subscription};
use crate::identity;
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
    async fn actor(&self, caller: &Caller) -> Result<Actor, Refusal> {
        let Some(token) = caller.bearer()? else { return Ok(Actor::Anonymous) };
        match identity::actions::authenticate(&self.app, token).await {
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

    fn address(&self, caller: &Caller) -> IpAddr {
        caller_address(&self.app, caller.peer, &caller.headers)
    }
}

/// A caller's address: the socket's, or what a proxy we trust says.
pub(super) fn caller_address(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if !app.settings.trusted_proxies.contains(&peer) {
        return peer;
    }
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The last entry is the one our own proxy added; anything before it is the client's word.
    forwarded
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok())
        .unwrap_or(peer)
}

/// Sign-in and money: exactly one such mutation a request, from budgets of their own.
fn purpose(mutation: &str) -> Purpose {
    const MONEY: [&str; 10] = [
        "checkoutCreate",
        "checkoutSync",
        "checkoutCancel",
        "enrollmentClaimFree",
        "giftRedeem",
        "membershipCancel",
        "membershipResume",
        "billingPortalSessionCreate",
        "payoutAccountLinkCreate",
        "orderRefund",
    ];
    match mutation {
        _ if mutation.starts_with("auth") => Purpose::SigningIn,
        _ if MONEY.contains(&mutation) => Purpose::Paying,
        _ => Purpose::Browsing,
    }
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
        is_public: bool,
    ) -> BoxFuture<'a, Result<Admitted, Refusal>> {
        async move {
            let actor = self.actor(caller).await?;
            let (budget, valid_for) = match &actor {
                Actor::Anonymous => (Budget::ANONYMOUS, None),
                Actor::Known(viewer) => {
                    let left = viewer.expires_at - self.app.now();
                    (Budget::STUDIO, Some(left.to_std().unwrap_or(Duration::ZERO)))
                }
            };
            let is_anybody = matches!(actor, Actor::Anonymous);
            let address = self.address(caller);
            let payer = Payer::of(&actor, address);
            let app = if is_anybody && is_public { self.app.for_visitors() } else { self.app.clone() };
            let requester = Requester::new(app, actor, address);
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

    fn document<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Arc<str>>, Refusal>> {
        let text = documents::text(&self.app, id);
        let away = |error| {
            tracing::error!(%error, "a registered document could not be read");
            Refusal::envelope(
                Code::Unavailable,
                "The document cannot be looked up right now. Try again in a moment.",
            )
        };
        text.map(move |found| found.map_err(away)).boxed()
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
