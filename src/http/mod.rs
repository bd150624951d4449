//! HTTP: the router and what protects it.
//!
//! The API at `/graphql`, the operators' at `/admin/graphql`, Stripe's and LiveKit's webhooks, health, metrics and keys; in the sandbox also the embedded parts on the
//! same port. Not here: anything that decides about the business.

mod answers;
mod calendar;
pub mod graphiql;
pub mod graphql_endpoint;
mod health;
mod hls;
pub mod limits;
mod multipart;
mod observe;
mod pages;
mod product;
mod referrals;
pub mod slow_clients;
mod statements;
mod webhooks;

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, header};
use poem::middleware::{AddData, Compression, Cors, SetHeader};
use poem::{EndpointExt, Request, Response, Route, get, post};

use crate::app::App;
use crate::fairness::Fairness;
use crate::graphql::limits::UnreadableSchema;
use crate::wiring::Embedded;

use crate::graphql::socket::Sockets;

use answers::Answers;
use graphql_endpoint::GraphqlEndpoint;
use limits::HttpLimits;
use observe::{Metrics, Observe};
pub use product::Product;

/// Everything this process answers; `sockets` are those that a stop must close.
pub fn routes(
    app: &App,
    embedded: &Embedded,
    sockets: &Arc<Sockets>,
) -> Result<BoxEndpoint<'static, Response>, UnreadableSchema> {
    let metrics = Metrics::default();
    let fairness = Fairness::new(app);
    let product = Arc::new(Product::app(app.clone(), Arc::clone(&fairness))?);
    let operators = Arc::new(Product::admin(app.clone(), fairness)?);
    let api = GraphqlEndpoint::new(product, HttpLimits::default())
        .with_sockets(Arc::clone(sockets))
        .with(Compression::new())
        .before(live_uncompressed)
        .with(Answers(app.clone()))
        .with(cors())
        .after(told_apart);
    // The same transport and limits; no socket, since nothing is subscribed to there.
    let admin = GraphqlEndpoint::new(operators, HttpLimits::default()).with(cors()).with(Compression::new());
    let routes = Route::new()
        .at("/graphql", api)
        .at("/admin/graphql", admin)
        .at("/webhooks/stripe", post(webhooks::platform))
        .at("/webhooks/stripe-connect", post(webhooks::connect))
        .at("/webhooks/livekit", post(webhooks::livekit))
        .at("/statements/:file", get(statements::file))
        .at("/hls/:token/:file", hls::endpoint())
        .at("/calendar/:file", get(calendar::session))
        .at("/calendar/mine/:file", get(calendar::seats))
        .at("/r/:token", get(referrals::follow))
        .at("/healthz", get(health::healthz))
        .at("/readyz", get(health::readyz))
        .at("/metrics", get(observe::metrics))
        .at("/.well-known/jwks.json", get(health::jwks));
    // Without introspection the explorer knows nothing, so it is not there either.
    let routes =
        if app.settings.introspection { routes.nest("/graphiql", graphiql::routes()) } else { routes };
    let routes = mount(pages::add(routes), app, embedded);
    let guarded = routes
        .with(
            SetHeader::new()
                .overriding("x-content-type-options", "nosniff")
                .appending("referrer-policy", "same-origin"),
        )
        .with(AddData::new(app.clone()))
        .with(AddData::new(metrics.clone()))
        .with(Observe(metrics));
    Ok(guarded.map_to_response().boxed())
}

/// What is compressed waits until there is enough of it: a stream of parts is sent as it is.
async fn live_uncompressed(mut request: Request) -> poem::Result<Request> {
    if multipart::is_accepted(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    Ok(request)
}

/// What a network before us may keep, it shows to every page; and it asks for each form of it by itself. Poem's own layer
/// says neither.
async fn told_apart(answered: poem::Result<Response>) -> poem::Result<Response> {
    let mut response = answered?;
    let headers = response.headers_mut();
    headers.entry(header::ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(HeaderValue::from_static("*"));
    let forms = "accept, accept-encoding, authorization, origin";
    headers.insert(header::VARY, HeaderValue::from_static(forms));
    Ok(response)
}

/// Any web page may call the API with a bearer token; cookies are never used, so nothing can be forged.
fn cors() -> Cors {
    Cors::new()
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(["authorization", "content-type", "accept", "accept-language"])
        .expose_headers(["x-request-id", "etag", "retry-after"])
        .max_age(86_400)
}

#[cfg(feature = "sandbox")]
fn mount(routes: Route, app: &App, embedded: &Embedded) -> Route {
    if !embedded.any() {
        return routes;
    }
    embedded.sandbox.mount(routes, places(app, embedded), when_time_moved(app.clone()))
}

/// After the clock moved, everything that became due happens before the answer.
#[cfg(feature = "sandbox")]
fn when_time_moved(app: App) -> sandbox::control::OnAdvance {
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move {
            if let Err(cause) = crate::worker::run_due(&app).await {
                tracing::error!(%cause, "not everything that became due could be done; the worker tries again");
            }
        })
    })
}

#[cfg(feature = "sandbox")]
fn places(app: &App, embedded: &Embedded) -> Vec<sandbox::control::Place> {
    let place = |title: &str, address: &str, what_for: &str| sandbox::control::Place {
        title: title.to_owned(),
        address: address.to_owned(),
        what_for: what_for.to_owned(),
    };
    let mut places = vec![place(
        "Demo storefront",
        crate::seed::DEMO_PATH,
        "A creator with courses, to look at and to buy.",
    )];
    if embedded.sandbox.stripe.is_some() {
        places.push(place(
            "Payments",
            "/sandbox/stripe/requests",
            "Every call to Stripe, with its idempotency key.",
        ));
    }
    if app.settings.introspection {
        places.push(place("GraphiQL", "/graphiql", "Ask the API anything."));
    }
    places
}

#[cfg(not(feature = "sandbox"))]
fn mount(routes: Route, _: &App, _: &Embedded) -> Route {
    routes
}
