//! A market: a real installation with its sandbox, and the people in it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use atelier::app::App;
use atelier::config::{Environment, Settings};
use atelier::server::Server;
use atelier::{doctor, worker};
use sandbox::mail::Mailbox;
use sandbox::stripe::StripeSandbox;
use sea_orm::ConnectionTrait;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::Person;
use super::database::Place;

/// A running installation. Clones are the same one.
#[derive(Clone)]
pub struct Market(Arc<Inner>);

struct Inner {
    app: App,
    url: String,
    stripe: StripeSandbox,
    mail: Mailbox,
    http: reqwest::Client,
    stop: CancellationToken,
    serving: AbortHandle,
    /// Who goes on after a crash: what the story's end looks at.
    successor: OnceLock<Market>,
    /// Settings of its own.
    own: Vec<(String, String)>,
    /// Its files are removed with the last clone.
    place: Arc<Place>,
}

impl Market {
    /// Opens an installation in a fresh place.
    #[allow(dead_code, reason = "stories say which settings they want, other proofs do not")]
    pub async fn open(place: Place) -> Self {
        Self::open_with(place, &[]).await
    }

    /// Opens an installation with settings of its own.
    pub async fn open_with(place: Place, own: &[(&str, &str)]) -> Self {
        Self::open_at(Arc::new(place), 0, chrono::Duration::zero(), own).await
    }

    async fn open_at(place: Arc<Place>, port: u16, ahead: chrono::Duration, own: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut environment = Environment::default()
            .with("PORT", port.to_string())
            // Most stories upload the beginnings of films, which nobody could process.
            .with("MEDIA_PROCESSING", "off")
            // Whatever is kept is read all the same: every story shows that no change goes untold.
            .with("KEPT_ROWS", "proved")
            .with("ATELIER_DATA_DIR", place.folder.path().display().to_string());
        if let Some(url) = &place.database_url {
            environment = environment.with("DATABASE_URL", url).with("DATABASE_CONNECTIONS", "10");
        }
        let environment = own.iter().fold(environment, |all, (name, value)| all.with(name, *value));
        let mut settings = Settings::from(&environment).unwrap();
        settings.sandbox_delivers = false;
        let server = Server::open(settings).await.unwrap();
        server.app.clock.advance(ahead);
        server.app.db.migrate().await.unwrap();
        let (app, stop) = (server.app.clone(), CancellationToken::new());
        let stripe = server.embedded.sandbox.stripe.clone().unwrap();
        let mail = server.embedded.sandbox.mail.clone().unwrap();
        let url = format!("http://localhost:{}", server.address.port());
        let stopping = stop.clone();
        let serving = tokio::spawn(async move { server.run(false, stopping).await.unwrap() }).abort_handle();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none());
        let (http, successor) = (http.build().unwrap(), OnceLock::new());
        let own = own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self(Arc::new(Inner { app, own, url, stripe, mail, http, stop, serving, successor, place }))
    }

    /// Gives the installation that is started after this one's death, on the same data, port and time. Whoever calls
    /// this sees to it that the dead one takes no step any more (`atelier::steps`); here it only lets go of its port
    /// and files.
    pub async fn crashes(&self) -> Self {
        let violations = self.0.stripe.violations();
        assert!(violations.is_empty(), "Stripe's contract was violated: {violations:?}");
        self.0.stop.cancel();
        while !self.0.serving.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let port = self.0.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap();
        let next =
            Self::open_at(Arc::clone(&self.0.place), port, self.0.app.clock.ahead(), &self.own()).await;
        self.0.successor.get_or_init(|| next.clone());
        next
    }

    /// Opens a second installation on the same database, with the same keys and time and a sandbox of its own.
    pub async fn opens_beside(&self) -> Self {
        const KEY: &str = "access-token-key.pem";
        let folder = tempfile::Builder::new().prefix("atelier-story-").tempdir().unwrap();
        std::fs::copy(self.0.place.folder.path().join(KEY), folder.path().join(KEY)).unwrap();
        let place = Place { folder, database_url: self.0.place.database_url.clone() };
        // One address for both, as behind a balancer: tokens are made for it.
        let own = [self.own(), vec![("PUBLIC_URL", self.0.url.as_str())]].concat();
        Self::open_at(Arc::new(place), 0, self.0.app.clock.ahead(), &own).await
    }

    fn own(&self) -> Vec<(&str, &str)> {
        self.0.own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// A new person with a proven address, signed in.
    pub async fn person(&self, name: &str) -> Person {
        let person = self.stranger(name);
        person.signs_up().await;
        person.proves_address().await;
        person
    }

    /// Somebody without an account.
    pub fn stranger(&self, name: &str) -> Person {
        Person::new(self.clone(), name)
    }

    /// Works through everything that is due: jobs, and Stripe's events, until nothing moves.
    pub async fn settles(&self) {
        for _ in 0..1000 {
            let jobs = match worker::run_due(&self.0.app).await {
                // A step that was made to fail: a worker goes on with the next round.
                Err(error) if error.to_string().contains("the connection broke at") => 1,
                worked => worked.unwrap(),
            };
            let events = self.0.stripe.flush().await;
            if jobs == 0 && events == 0 {
                return;
            }
        }
        panic!("the market never settled");
    }

    /// Lets time pass, then works through what became due.
    pub async fn passes(&self, time: chrono::Duration) {
        self.0.app.clock.advance(time);
        self.settles().await;
    }

    /// Every invariant holds, and the sandbox saw no request that Stripe would not take.
    pub async fn is_sound(&self) {
        for (room, broken) in doctor::rules(&self.0.app).await {
            let broken = broken.unwrap();
            assert!(broken.is_empty(), "the rules of {room} are broken: {broken:?}");
        }
        let violations = self.0.stripe.violations();
        assert!(violations.is_empty(), "Stripe's contract was violated: {violations:?}");
    }

    /// Ends the story: everything settles, everything is sound, the installation stops.
    pub async fn close(&self) {
        let mut last = self;
        while let Some(next) = last.0.successor.get() {
            last = next;
        }
        last.settles().await;
        last.is_sound().await;
        last.0.stop.cancel();
    }

    /// What actions reach; for moving and asking the clock, and for `db_…` shortcuts.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The other side of every payment.
    pub fn stripe(&self) -> &StripeSandbox {
        &self.0.stripe
    }

    /// Letters that arrived, newest first.
    pub fn mail(&self) -> &Mailbox {
        &self.0.mail
    }

    /// Plain HTTP.
    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// Stops without a word, as after a failure.
    pub fn stops(&self) {
        self.0.stop.cancel();
    }

    /// Runs a statement, past the API.
    pub async fn db_runs(&self, statement: &str) {
        self.app().db.read().execute_unprepared(statement).await.unwrap();
    }

    /// Leaves a job behind that was given up, past the API.
    pub async fn db_gives_up_a_job(&self, kind: &str) {
        let text = format!(
            "INSERT INTO jobs (id, kind, payload, state, attempts, max_attempts, run_at, last_error, created_at)
             VALUES ($1, '{kind}', $2, 'DEAD', 12, 12, $3, 'the mail server is gone', $3)"
        );
        let app = self.app();
        let binds = [app.entropy.id(app.now()).into(), serde_json::json!({}).into(), app.now().into()];
        app.db.read().execute_raw(atelier::db::sql(app.db.backend(), &text, binds)).await.unwrap();
    }

    /// Removes every job, past the API.
    pub async fn db_forgets_jobs(&self) {
        self.app().db.read().execute_unprepared("DELETE FROM jobs").await.unwrap();
    }

    /// How many statements `work` costs.
    pub async fn statements<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.0.app.db.statements();
        let done = work.await;
        (done, self.0.app.db.statements() - before)
    }
}
