//! A small schema behind the real transport, so that protocol tests need no database.
//!
//! It has one of everything the transport must tell apart: rows, lists, connections, sign-in mutations, refusals,
//! faults, a slow field, a panic and two subscriptions. Not here: anything of the product's own schema.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    ErrorExtensions, ID, Object, Request, Response, Schema, SimpleObject, Subscription, Union,
};
use atelier::{
    fairness::{Admission, Payer},
    graphql::{
        api::{Admitted, Api, Asking, Caller},
        codes::{Code, Refusal},
        limits::{Budget, Limits, PriceList, Purpose, Rules, Weight},
        socket::{SocketLimits, Sockets},
    },
    http::{
        graphql_endpoint::GraphqlEndpoint,
        limits::{ConnectionLimits, Crowd, HttpLimits},
        slow_clients::Patient,
    },
};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use poem::{Body, Route, Server, handler, listener::TcpAcceptor, post};

/// Resolves a nullable field or fails it alone.
type Fallible<T> = Option<async_graphql::Result<T>>;

#[derive(SimpleObject, Clone)]
pub struct Author {
    id: ID,
    name: String,
}

#[derive(SimpleObject, Clone)]
pub struct Video {
    id: ID,
    seconds: i32,
}

#[derive(Union, Clone)]
pub enum Content {
    Author(Author),
    Video(Video),
}

pub struct Course;

#[Object]
impl Course {
    async fn id(&self) -> ID {
        "crs_1".into()
    }

    async fn title(&self) -> &str {
        "Glazing at home"
    }

    async fn author(&self) -> Author {
        Author { id: "usr_1".into(), name: "Ines".to_owned() }
    }

    async fn prices(&self) -> Vec<Video> {
        vec![]
    }

    async fn related(&self, #[graphql(default = 20)] first: i32) -> CourseConnection {
        CourseConnection(first)
    }

    /// Nullable, fails alone.
    async fn rating(&self) -> Fallible<i32> {
        Some(Err(typed("UNAVAILABLE")))
    }

    /// Nullable, but written so that its failure takes the parent along.
    async fn badly_written(&self) -> async_graphql::Result<Option<i32>> {
        Err(typed("UNAVAILABLE"))
    }

    /// Non-null and failing.
    async fn must(&self) -> async_graphql::Result<i32> {
        Err(typed("UNAVAILABLE"))
    }
}

pub struct CourseConnection(i32);

#[Object]
impl CourseConnection {
    async fn nodes(&self) -> Vec<Course> {
        (0..self.0.clamp(0, 3)).map(|_| Course).collect()
    }

    async fn total_count(&self) -> i32 {
        self.0
    }
}

fn typed(code: &'static str) -> async_graphql::Error {
    async_graphql::Error::new("The rating service does not answer.").extend_with(|_, e| e.set("code", code))
}

#[derive(Default)]
pub struct Query;

#[Object]
impl Query {
    async fn course(&self) -> Fallible<Course> {
        Some(Ok(Course))
    }

    async fn courses(&self, #[graphql(default = 20)] first: i32) -> CourseConnection {
        CourseConnection(first)
    }

    async fn nodes(&self, ids: Vec<ID>) -> Vec<Author> {
        ids.into_iter().map(|id| Author { id, name: String::new() }).collect()
    }

    async fn content(&self) -> Content {
        Content::Author(Author { id: "usr_1".into(), name: "Ines".to_owned() })
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn on(&self, day: chrono::NaiveDate) -> String {
        day.to_string()
    }

    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_secs(600)).await;
        1
    }

    async fn fast(&self) -> i32 {
        2
    }

    /// Ready only after the others have been polled.
    async fn later(&self) -> i32 {
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        3
    }

    async fn database_down(&self) -> Fallible<i32> {
        Some(Err(std::io::Error::other("connection to postgres://admin:hunter2@db refused").into()))
    }

    async fn untyped(&self) -> Fallible<i32> {
        Some(Err(async_graphql::Error::new("select * from secrets")))
    }

    async fn forbidden(&self) -> Fallible<i32> {
        Some(Err(typed("FORBIDDEN")))
    }

    async fn bug(&self, divisor: i32) -> i32 {
        1 / divisor
    }
}

#[derive(Default)]
pub struct Mutation;

#[Object]
impl Mutation {
    async fn auth_sign_in(&self, password: String) -> bool {
        password == "right"
    }

    async fn rename(&self, title: String) -> String {
        title
    }
}

#[derive(Default)]
pub struct Changes;

#[Subscription]
impl Changes {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    async fn forever(&self) -> impl Stream<Item = i32> {
        stream::iter(1..=1).chain(stream::pending())
    }

    async fn refused(&self) -> async_graphql::Result<stream::Empty<i32>> {
        Err(typed("FORBIDDEN"))
    }

    async fn broken(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        stream::iter([Ok(1), Err(std::io::Error::other("hunter2").into())])
    }
}

pub type ToySchema = Schema<Query, Mutation, Changes>;

pub fn schema() -> ToySchema {
    Schema::build(Query, Mutation, Changes).disable_suggestions().finish()
}

fn purpose(mutation: &str) -> Purpose {
    if mutation.starts_with("auth") { Purpose::SigningIn } else { Purpose::Browsing }
}

pub fn rules() -> Rules {
    let prices = PriceList::plain().extra("totalCount", 5).size("prices", 2);
    Rules::new(&schema().sdl(), &prices, Limits::default(), purpose).expect("the exported SDL is read back")
}

/// The toy behind the transport's seam. The token decides: `good`, `studio`, `short` (one second), else refused.
pub struct Toy {
    schema: ToySchema,
    rules: Rules,
    requests: AtomicU64,
    pub revoked: AtomicBool,
}

impl Toy {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            schema: schema(),
            rules: rules(),
            requests: AtomicU64::new(0),
            revoked: AtomicBool::new(false),
        })
    }
}

impl Api for Toy {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn request_id(&self) -> String {
        format!("req_{}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn admit<'a>(
        &'a self,
        caller: &'a Caller,
        request: Request,
        _: Asking,
    ) -> BoxFuture<'a, Result<Admitted, Refusal>> {
        let outcome = caller.bearer().and_then(|token| {
            let (budget, valid_for) = match token {
                None => (Budget::ANONYMOUS, None),
                Some("good") if !self.revoked.load(Ordering::Relaxed) => {
                    (Budget::SIGNED_IN, Some(Duration::from_secs(900)))
                }
                Some("studio") => (Budget::STUDIO, None),
                Some("short") => (Budget::SIGNED_IN, Some(Duration::from_millis(200))),
                Some("banned") => {
                    return Err(Refusal::envelope(Code::Forbidden, "The account is suspended."));
                }
                Some(_) => {
                    return Err(Refusal::envelope(
                        Code::Unauthenticated,
                        "The token is not valid. Sign in again.",
                    ));
                }
            };
            let payer = Payer::Network(IpAddr::V4(Ipv4Addr::LOCALHOST));
            Ok(Admitted { request, budget, valid_for, payer, reads: None })
        });
        async { outcome }.boxed()
    }

    fn charge<'a>(
        &'a self,
        caller: &'a Caller,
        _: Payer,
        _: Weight,
    ) -> BoxFuture<'a, Result<Admission, Refusal>> {
        let limited = caller.headers.contains_key("x-be-limited");
        async move {
            if limited {
                return Err(
                    Refusal::envelope(Code::RateLimited, "Too many attempts.").with("retryAfterSeconds", 30)
                );
            }
            Ok(Admission { balance: None, place: None })
        }
        .boxed()
    }

    fn execute(&self, request: Request) -> BoxFuture<'_, Response> {
        self.schema.execute(request).boxed()
    }

    fn execute_stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request)
    }
}

/// Stands for a media upload: reads a body of any size, as it comes.
#[handler]
async fn count_bytes(body: Body) -> poem::Result<String> {
    let mut bytes = body.into_bytes_stream();
    let mut count = 0;
    while let Some(part) = bytes.next().await {
        count += part.map_err(|_| poem::Error::from_status(poem::http::StatusCode::BAD_REQUEST))?.len();
    }
    Ok(count.to_string())
}

/// A client; plain HTTP, though it wants a TLS provider before it is built.
pub fn client() -> reqwest::Client {
    // An error means another test was first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::new()
}

/// A server on a free port, stopped when dropped.
pub struct ToyServer {
    pub address: SocketAddr,
    pub toy: Arc<Toy>,
    pub sockets: Arc<Sockets>,
    pub crowd: Arc<Crowd>,
    task: tokio::task::JoinHandle<()>,
}

impl ToyServer {
    pub async fn start() -> Self {
        Self::start_with(HttpLimits::default(), SocketLimits::default(), ConnectionLimits::default()).await
    }

    pub async fn start_sockets(sockets: SocketLimits) -> Self {
        Self::start_with(HttpLimits::default(), sockets, ConnectionLimits::default()).await
    }

    pub async fn start_connections(connections: ConnectionLimits) -> Self {
        Self::start_with(HttpLimits::default(), SocketLimits::default(), connections).await
    }

    pub async fn start_with(http: HttpLimits, sockets: SocketLimits, connections: ConnectionLimits) -> Self {
        let toy = Toy::new();
        let sockets = Sockets::new(sockets);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let endpoint = GraphqlEndpoint::new(toy.clone(), http).with_sockets(sockets.clone());
        let acceptor = Patient::new(TcpAcceptor::from_tokio(listener).expect("listening"), connections);
        let crowd = acceptor.crowd();
        let task = tokio::spawn(async move {
            let app = Route::new().at("/graphql", endpoint).at("/upload", post(count_bytes));
            Server::new_with_acceptor(acceptor).run(app).await.expect("served");
        });
        Self { address, toy, sockets, crowd, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }
}

impl Drop for ToyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
