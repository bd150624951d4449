//! The Stripe sandbox alone, for the judge and for play: no database, no API of ours, state in memory.
//!
//! `cargo run -p sandbox --bin stripe_sandbox -- --port 12111 --hooks http://127.0.0.1:12112` prints its addresses
//! and serves until it is stopped. It always listens on the loopback address.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use poem::listener::TcpListener;
use poem::{Route, Server};
use sandbox::clock::Clock;
use sandbox::stripe::{StripeSandbox, StripeSettings};

const USAGE: &str = "usage: stripe_sandbox [--port PORT] [--hooks URL]
  --port   where to listen on 127.0.0.1; 12111 unless given
  --hooks  events are posted to URL/webhooks/stripe and URL/webhooks/stripe-connect; nowhere unless given";
const SECRET_KEY: &str = "sk_test_sandbox";
const WEBHOOK_SECRET: &str = "whsec_sandbox_platform";
const CONNECT_WEBHOOK_SECRET: &str = "whsec_sandbox_connect";

/// The system's time plus what it was moved by.
#[derive(Default)]
struct MovedClock(Mutex<Duration>);

impl Clock for MovedClock {
    #[allow(clippy::disallowed_methods, reason = "a program of its own: here is its one clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
    fn advance(&self, by: Duration) {
        if by > Duration::zero() {
            *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }
}

/// What the command line says.
struct Arguments {
    port: u16,
    hooks: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut found = Arguments { port: 12111, hooks: None };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => found.port = value.parse().map_err(|_| format!("{value} is not a port"))?,
            "--hooks" => found.hooks = Some(value.trim_end_matches('/').to_owned()),
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(found)
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match serve(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the sandbox cannot serve: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> std::io::Result<()> {
    let base = format!("http://127.0.0.1:{}/sandbox/stripe", arguments.port);
    let hook = |name: &str| arguments.hooks.as_ref().map(|hooks| format!("{hooks}/webhooks/{name}"));
    let sandbox = StripeSandbox::open(StripeSettings {
        state_file: None,
        secret_key: SECRET_KEY.into(),
        webhook_secret: WEBHOOK_SECRET.into(),
        connect_webhook_secret: CONNECT_WEBHOOK_SECRET.into(),
        platform_webhook_url: hook("stripe"),
        connect_webhook_url: hook("stripe-connect"),
        public_base: base.clone(),
        clock: Arc::new(MovedClock::default()),
        seed: None,
        auto_deliver: true,
    })?;
    println!("API base address   {base}/api");
    println!("control calls      {base}");
    println!("secret key         {SECRET_KEY}");
    println!("webhook secrets    {WEBHOOK_SECRET} (platform), {CONNECT_WEBHOOK_SECRET} (connect)");
    let app = Route::new().nest("/sandbox/stripe", sandbox.routes());
    Server::new(TcpListener::bind(("127.0.0.1", arguments.port))).run(app).await
}
