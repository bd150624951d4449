//! What operators see: a log line a request, and numbers for Prometheus.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use poem::web::Data;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result, handler};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::queue;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    area: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobState {
    state: &'static str,
}

/// The process's numbers.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Family<Asked, Counter>,
    seconds: Histogram,
    statements: Gauge<f64, AtomicU64>,
    jobs: Family<JobState, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("atelier");
        let (requests, jobs) = (Family::default(), Family::default());
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 14));
        let statements = Gauge::default();
        registry.register("http_requests", "Requests answered, by area and status", requests.clone());
        registry.register("http_request_seconds", "Time from request to answer", seconds.clone());
        registry.register("sql_statements", "Statements run since the start", statements.clone());
        registry.register("jobs", "Jobs by state", jobs.clone());
        Self { registry: Arc::new(Mutex::new(registry)), requests, seconds, statements, jobs }
    }
}

/// Prometheus's text format.
#[handler]
pub async fn metrics(Data(app): Data<&App>, Data(metrics): Data<&Metrics>) -> Result<Response> {
    metrics.statements.set(app.db.statements() as f64);
    for state in ["QUEUED", "RUNNING", "DEAD"] {
        let count = queue::count(&app.db, state).await.map_err(|cause| {
            tracing::error!(%cause, "jobs could not be counted");
            poem::Error::from_status(poem::http::StatusCode::SERVICE_UNAVAILABLE)
        })?;
        metrics.jobs.get_or_create(&JobState { state }).set(count);
    }
    let mut text = String::new();
    if let Ok(registry) = metrics.registry.lock() {
        encode(&mut text, &registry).map_err(poem::error::InternalServerError)?;
    }
    Ok(text
        .with_header("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        .into_response())
}

/// Counts and logs every request.
#[derive(Clone, Default)]
pub struct Observe(pub Metrics);

impl<E: Endpoint> Middleware<E> for Observe {
    type Output = Observed<E>;

    fn transform(&self, inner: E) -> Observed<E> {
        Observed { inner, metrics: self.0.clone() }
    }
}

/// An endpoint that is watched.
pub struct Observed<E> {
    inner: E,
    metrics: Metrics,
}

impl<E: Endpoint> Endpoint for Observed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let begun = Instant::now();
        let method = request.method().clone();
        // The path alone: a query may hold a token.
        let path = request.uri().path().to_owned();
        let response = match self.inner.call(request).await {
            Ok(output) => output.into_response(),
            Err(error) => error.into_response(),
        };
        let (area, status) = (area(&path), response.status().as_u16());
        let took = begun.elapsed();
        self.metrics.requests.get_or_create(&Asked { area, status }).inc();
        self.metrics.seconds.observe(took.as_secs_f64());
        let request_id = response.header("x-request-id").unwrap_or("-");
        tracing::info!(target: "atelier::access", %method, area, status, ms = took.as_millis() as u64, request_id, "answered");
        Ok(response)
    }
}

/// The first part of the path, from a closed list: labels must not grow with what strangers ask for.
fn area(path: &str) -> &'static str {
    const AREAS: [&str; 10] = [
        "/hls",
        "/graphql",
        "/graphiql",
        "/webhooks",
        "/healthz",
        "/readyz",
        "/metrics",
        "/sandbox",
        "/media",
        "/.well-known",
    ];
    AREAS.into_iter().find(|area| path.starts_with(area)).unwrap_or("other")
}
