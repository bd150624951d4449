//! A server of its own for each story: a fresh folder, a free port, a clock that can be moved.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use media_store::{MediaStore, Settings, Upload};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{EndpointExt as _, Route, Server};
use sandbox::clock::{Clock, SharedClock};
use sandbox::s3::{EmbeddedS3, S3Settings};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const KEY_ID: &str = "local-key";
pub const SECRET: &str = "local-secret-of-this-test";
pub const HOUR: StdDuration = StdDuration::from_secs(3600);

/// The machine's clock and how far this story is ahead of it, in seconds.
#[derive(Default)]
struct StoryClock(AtomicI64);

impl Clock for StoryClock {
    #[expect(clippy::disallowed_methods, reason = "requests signed in the header carry the machine's date")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::seconds(self.0.load(Ordering::SeqCst))
    }

    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_seconds().max(0), Ordering::SeqCst);
    }
}

pub struct Running {
    pub address: String,
    pub store: MediaStore,
    pub http: reqwest::Client,
    pub clock: SharedClock,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Running {
    pub async fn start(folder: &Path) -> Running {
        let clock: SharedClock = Arc::new(StoryClock::default());
        let s3 = EmbeddedS3::open(settings(folder, Arc::clone(&clock))).expect("the folder is free");
        let app = Route::new().nest_no_strip(format!("/{}", s3.bucket()), s3.endpoint()).boxed();
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a free port");
        let address = acceptor.local_addr()[0].as_socket_addr().expect("TCP").to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let ended = async { stopped.await.unwrap_or_default() };
            let server = Server::new_with_acceptor(acceptor);
            server
                .run_with_graceful_shutdown(app, ended, Some(StdDuration::from_secs(5)))
                .await
                .expect("serves");
        });
        let store = connect(&address, KEY_ID, SECRET);
        Running { address, store, http: browser(), clock, stop, serving }
    }

    /// Ends the server and gives the folder free.
    pub async fn stop(self) {
        drop(self.http);
        drop(self.store);
        self.stop.send(()).expect("still serving");
        self.serving.await.expect("ends without a panic");
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Puts `bytes` at `key` over a signed link, as a browser does.
    pub async fn upload(&self, key: &str, content_type: &str, bytes: &'static [u8]) {
        let answer = self.upload_request(key, content_type, bytes).await.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
    }

    pub async fn upload_request(
        &self,
        key: &str,
        content_type: &str,
        bytes: &'static [u8],
    ) -> reqwest::RequestBuilder {
        let upload = Upload { key, content_type, byte_size: bytes.len() as u64, sha256: None };
        let signed = self.store.presign_put(upload, HOUR, self.now()).await.expect("signed");
        let request = self.http.put(&signed.url).body(bytes);
        signed
            .headers
            .iter()
            .filter(|(name, _)| name != "content-length")
            .fold(request, |r, (n, v)| r.header(n, v))
    }
}

pub fn settings(folder: &Path, clock: SharedClock) -> S3Settings {
    S3Settings {
        root: folder.to_owned(),
        bucket: "media".to_owned(),
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        clock,
    }
}

pub fn connect(address: &str, key_id: &str, secret: &str) -> MediaStore {
    MediaStore::connect(Settings {
        endpoint: format!("http://{address}"),
        public_endpoint: None,
        region: "us-east-1".to_owned(),
        bucket: "media".to_owned(),
        access_key_id: key_id.to_owned(),
        secret_access_key: secret.to_owned(),
        path_style: true,
        checksums_when_required: true,
        cdn: None,
    })
}

pub fn browser() -> reqwest::Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        rustls::crypto::aws_lc_rs::default_provider().install_default().expect("installed once");
    });
    reqwest::Client::builder().no_proxy().timeout(StdDuration::from_secs(20)).build().expect("a client")
}
