//! A Stripe sandbox on a loopback port, a shop's two webhook endpoints beside it, and a clock that stands still.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, TimeZone, Utc};
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Request, Route, Server, handler, post};
use sandbox::clock::Clock;
use sandbox::stripe::{StripeSandbox, StripeSettings};
use serde_json::Value;

pub const KEY: &str = "sk_test_sandbox";
pub const SECRET: &str = "whsec_platform";
pub const CONNECT_SECRET: &str = "whsec_connect";
pub const VERSION: &str = "2026-08-26.dahlia";

/// A clock that moves only when told.
pub struct StillClock(Mutex<DateTime<Utc>>);

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

/// One post at a webhook endpoint.
#[derive(Clone, Debug)]
pub struct Received {
    pub connect: bool,
    pub signature: String,
    pub body: String,
    pub event: Value,
}

/// The shop's side: what arrived, and what it answers.
pub struct Shop {
    pub received: Mutex<Vec<Received>>,
    pub answer: Mutex<u16>,
    pub arrival: tokio::sync::Notify,
}

#[handler]
async fn hook(Data(shop): Data<&Arc<Shop>>, request: &Request, body: String) -> StatusCode {
    let signature = request.header("stripe-signature").unwrap_or_default().to_owned();
    let connect = request.original_uri().path().ends_with("connect");
    let event = serde_json::from_str(&body).unwrap_or_default();
    shop.received.lock().unwrap().push(Received { connect, signature, body, event });
    shop.arrival.notify_one();
    StatusCode::from_u16(*shop.answer.lock().unwrap()).unwrap()
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
    pub fn id(&self) -> &str {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.body))
    }
    pub fn error(&self, member: &str) -> &str {
        self.body["error"][member].as_str().unwrap_or_default()
    }
}

pub struct World {
    pub sandbox: StripeSandbox,
    pub clock: Arc<StillClock>,
    pub shop: Arc<Shop>,
    pub base: String,
    pub http: reqwest::Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with(None).await
    }

    pub async fn with(state_file: Option<PathBuf>) -> Self {
        let noon = DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z").unwrap().to_utc();
        Self::open(state_file, noon, false).await
    }

    /// A world whose sandbox delivers by itself, as in `atelier serve`.
    pub async fn delivering() -> Self {
        Self::open(None, Utc.timestamp_opt(1_795_262_400, 0).unwrap(), true).await
    }

    async fn open(state_file: Option<PathBuf>, now: DateTime<Utc>, auto_deliver: bool) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let port = acceptor.local_addr()[0].as_socket_addr().unwrap().port();
        let home = format!("http://127.0.0.1:{port}");
        let clock = Arc::new(StillClock(Mutex::new(now)));
        let sandbox = StripeSandbox::open(StripeSettings {
            state_file,
            secret_key: KEY.into(),
            webhook_secret: SECRET.into(),
            connect_webhook_secret: CONNECT_SECRET.into(),
            platform_webhook_url: Some(format!("{home}/webhooks/stripe")),
            connect_webhook_url: Some(format!("{home}/webhooks/stripe-connect")),
            public_base: format!("{home}/sandbox/stripe"),
            clock: clock.clone(),
            seed: Some(7),
            auto_deliver,
        })
        .unwrap();
        let shop = Arc::new(Shop {
            received: Mutex::default(),
            answer: Mutex::new(200),
            arrival: Default::default(),
        });
        let app = Route::new()
            .nest("/sandbox/stripe", sandbox.routes())
            .at("/webhooks/stripe", post(hook))
            .at("/webhooks/stripe-connect", post(hook))
            .data(shop.clone());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(30))
            .build()
            .unwrap();
        Self { sandbox, clock, shop, base: format!("{home}/sandbox/stripe"), http }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub fn clock_forward(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.http.get(format!("{}/api{path}", self.base)).bearer_auth(KEY);
        read(request.send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        read(self.request(path, body).send().await.unwrap()).await
    }

    pub async fn post_with_key(&self, path: &str, body: &str, key: &str) -> Answer {
        read(self.request(path, body).header("idempotency-key", key).send().await.unwrap()).await
    }

    /// A call in the name of a connected account.
    pub async fn post_as(&self, account: &str, path: &str, body: &str) -> Answer {
        read(self.request(path, body).header("stripe-account", account).send().await.unwrap()).await
    }

    pub fn request(&self, path: &str, body: &str) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}/api{path}", self.base))
            .bearer_auth(KEY)
            .header("stripe-version", VERSION)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned())
    }

    /// A control call.
    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.base)).json(&body);
        read(request.send().await.unwrap()).await
    }

    pub async fn open_session(&self) -> Answer {
        let answer = self.post("/v1/checkout/sessions", &session_form()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    }

    pub async fn open_account(&self) -> Answer {
        let answer = self.post("/v1/accounts", ACCOUNT).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    }

    /// The types of the events that arrived, in the order they arrived.
    pub fn arrived(&self) -> Vec<String> {
        let received = self.shop.received.lock().unwrap();
        received.iter().map(|post| post.event["type"].as_str().unwrap().to_owned()).collect()
    }

    pub fn received(&self, kind: &str) -> Received {
        let received = self.shop.received.lock().unwrap();
        let found = received.iter().find(|post| post.event["type"] == kind).cloned();
        drop(received);
        found.unwrap_or_else(|| panic!("no {kind} among {:?}", self.arrived()))
    }

    pub fn no_violations(&self) {
        assert_eq!(self.sandbox.violations(), Vec::<String>::new());
    }
}

async fn read(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

pub const ACCOUNT: &str = "country=DE&email=creator@example.com&controller[stripe_dashboard][type]=express\
    &controller[fees][payer]=application&controller[losses][payments]=application\
    &controller[requirement_collection]=stripe&capabilities[transfers][requested]=true&metadata[creator]=cr_1";

/// Two lines, 48.00 euro in all, as our checkout sends them.
pub fn session_form() -> String {
    "mode=payment&ui_mode=hosted_page&client_reference_id=ord_1&metadata[order]=ord_1\
     &success_url=https://shop.example/done?session={CHECKOUT_SESSION_ID}&cancel_url=https://shop.example/basket\
     &customer_email=ada@example.com&payment_intent_data[transfer_group]=ord_1\
     &payment_intent_data[metadata][order]=ord_1&payment_intent_data[description]=Atelier order\
     &line_items[0][quantity]=1&line_items[0][price_data][currency]=eur\
     &line_items[0][price_data][unit_amount]=4000&line_items[0][price_data][product_data][name]=Watercolour\
     &line_items[0][price_data][tax_behavior]=inclusive\
     &line_items[1][quantity]=2&line_items[1][price_data][currency]=eur\
     &line_items[1][price_data][unit_amount]=400&line_items[1][price_data][product_data][name]=Brush"
        .to_owned()
}
