//! The pages and calls under `/sandbox`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Route, Server};
use reqwest::{RequestBuilder, Response};
use sandbox::Sandbox;
use sandbox::control::{OnAdvance, Place};
use sandbox::mail::Mailbox;
use sandbox::s3::{EmbeddedS3, S3Settings};
use sandbox::stripe::{StripeSandbox, StripeSettings};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::mail::{StoryClock, in_memory, send};

struct Desk {
    base: String,
    http: reqwest::Client,
    parts: Sandbox,
    rounds: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Desk {
    async fn open() -> Desk {
        let clock = StoryClock::shared();
        let mail = Some(in_memory(clock.clone()));
        Desk::of(Sandbox { stripe: None, s3: None, mail, clock }).await
    }

    async fn of(parts: Sandbox) -> Desk {
        let rounds = Arc::new(AtomicUsize::new(0));
        let counted = rounds.clone();
        let on_advance: OnAdvance = Arc::new(move || {
            let counted = counted.clone();
            Box::pin(async move {
                counted.fetch_add(1, Ordering::SeqCst);
            })
        });
        let places = vec![Place {
            title: "Demo <storefront>".to_owned(),
            address: "/graphiql?query=%7B\"".to_owned(),
            what_for: "See what a learner sees.".to_owned(),
        }];
        let app = parts.mount(Route::new(), places, on_advance);
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a free port");
        let base = format!("http://{}", acceptor.local_addr()[0].as_socket_addr().expect("TCP"));
        let serving = tokio::spawn(async move {
            Server::new_with_acceptor(acceptor).run(app).await.expect("serves");
        });
        Desk { base, http: browser(), parts, rounds, serving }
    }

    fn mailbox(&self) -> &Mailbox {
        self.parts.mail.as_ref().expect("opened with one")
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    fn move_clock(&self, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}/sandbox/clock", self.base)).json(body)
    }
}

fn browser() -> reqwest::Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        rustls::crypto::aws_lc_rs::default_provider().install_default().expect("installed once");
    });
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20));
    client.redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

async fn answered(request: RequestBuilder, status: u16) -> Response {
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), status);
    response
}

async fn body(request: RequestBuilder, status: u16) -> Value {
    answered(request, status).await.json().await.expect("JSON")
}

async fn error(request: RequestBuilder, status: u16) -> String {
    body(request, status).await["error"].as_str().expect("what was wrong").to_owned()
}

async fn page(request: RequestBuilder) -> String {
    let response = answered(request, 200).await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn moving_the_clock_answers_after_what_became_due() {
    let desk = Desk::open().await;
    let before = body(desk.get("/sandbox/clock"), 200).await;
    assert_eq!(before, json!({ "now": "2027-01-15T08:00:00Z", "advancedSeconds": 0 }));
    for (round, total) in [(1, 86_400), (2, 172_800)] {
        let moved = body(desk.move_clock(&json!({ "advanceSeconds": 86_400 })), 200).await;
        assert_eq!(moved["advancedSeconds"], total);
        assert_eq!(desk.rounds.load(Ordering::SeqCst), round);
    }
    assert_eq!(desk.parts.clock.now().to_rfc3339(), "2027-01-17T08:00:00+00:00");
    let button = desk.http.post(format!("{}/sandbox/clock", desk.base)).body("advanceSeconds=3600");
    let button =
        button.header("content-type", "application/x-www-form-urlencoded").header("origin", &desk.base);
    let back = answered(button, 303).await;
    assert_eq!(back.headers()["location"], "/sandbox");
    assert_eq!(desk.parts.clock.now().to_rfc3339(), "2027-01-17T09:00:00+00:00");
}

#[tokio::test]
async fn a_wrong_move_is_answered_with_what_to_do_and_moves_nothing() {
    let desk = Desk::open().await;
    for wrong in [
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"advanceSeconds\":-1}",
        "{\"advanceSeconds\":1.5}",
        "{\"advanceSeconds\":\"86400\"}",
        "{\"advanceSeconds\":315576001}",
        "{\"advanceSeconds\":99999999999999999999}",
        "{\"advanceSeconds\":1,\"to\":2}",
    ] {
        let error = error(desk.http.post(format!("{}/sandbox/clock", desk.base)).body(wrong), 400).await;
        assert!(error.contains("advanceSeconds"), "{wrong}: {error}");
    }
    let foreign = desk.move_clock(&json!({ "advanceSeconds": 1 })).header("origin", "https://evil.example");
    assert!(error(foreign, 403).await.contains("another website"));
    for _ in 0..5 {
        body(desk.move_clock(&json!({ "advanceSeconds": 315_576_000 })), 200).await;
    }
    assert!(error(desk.move_clock(&json!({ "advanceSeconds": 1 })), 400).await.contains("50 years"));
    assert_eq!(desk.rounds.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn letters_are_read_as_json_newest_first() {
    let desk = Desk::open().await;
    send(desk.mailbox(), "ada@example.com", "Your code", "Your code is 042817", "<b>042817</b>").await;
    send(desk.mailbox(), "bob@example.com", "Welcome", "See https://atelier.example/", "<p>x</p>").await;
    let all = body(desk.get("/sandbox/mail.json"), 200).await;
    assert_eq!((&all[0]["subject"], &all[1]["subject"]), (&json!("Welcome"), &json!("Your code")));
    let to_ada = body(desk.get("/sandbox/mail.json?to=ada%40example.com"), 200).await;
    assert_eq!(to_ada.as_array().unwrap().len(), 1);
    let letter = &to_ada[0];
    assert_eq!((&letter["code"], &letter["links"]), (&json!("042817"), &json!([])));
    assert_eq!(letter["sentAt"], "2027-01-15T08:00:00Z");
    let mut fields: Vec<&String> = letter.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["calendar", "code", "html", "id", "links", "sentAt", "subject", "text", "to"]);
    for wrong in ["?to=nobody", "?to=a@b&to=c@d"] {
        let error = error(desk.get(&format!("/sandbox/mail.json{wrong}")), 400).await;
        assert!(error.contains("?to="), "{wrong}: {error}");
    }
}

#[tokio::test]
async fn nothing_in_a_letter_becomes_part_of_the_page() {
    let desk = Desk::open().await;
    let evil = "\"></iframe><script>alert(1)</script>";
    let text = format!("{evil} https://a.example/?x='onmouseover=alert(1) 123456");
    send(desk.mailbox(), "ada@example.com", evil, &text, &format!("<p>hello</p>{evil}")).await;
    let list = page(desk.get("/sandbox/mail")).await;
    let id = desk.mailbox().messages(None)[0].id.clone();
    assert!(list.contains(&format!("href=\"/sandbox/mail/{id}\"")), "{list}");
    let view = page(desk.get(&format!("/sandbox/mail/{id}"))).await;
    for page in [&list, &view] {
        assert!(!page.contains("<script") && !page.contains("'onmouseover"), "{page}");
    }
    assert!(view.contains("<iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    assert!(view.contains("<p class=code>123456</p>"));
    assert_eq!(view.matches("</iframe>").count(), 1);
}

#[tokio::test]
async fn the_start_page_leads_everywhere_and_a_wrong_path_back_to_it() {
    let desk = Desk::open().await;
    for path in ["/sandbox", "/sandbox/"] {
        let start = page(desk.get(path)).await;
        assert!(start.contains("href=\"/sandbox/mail\"") && start.contains("action=/sandbox/clock"));
        assert!(
            start.contains("Demo &lt;storefront&gt;") && start.contains("href=\"/graphiql?query=%7B&quot;\"")
        );
        assert!(start.contains("Friday, 15 January 2027, 08:00:00 UTC"), "{start}");
    }
    assert!(error(desk.get("/sandbox/nowhere"), 404).await.contains("/sandbox"));
    assert!(error(desk.get("/sandbox/mail/0123"), 404).await.contains("no letter"));
    error(desk.http.delete(format!("{}/sandbox/clock", desk.base)), 405).await;
}

#[tokio::test]
async fn all_parts_are_reached_at_one_address() {
    let folder = tempfile::tempdir().unwrap();
    let clock = StoryClock::shared();
    let stripe = StripeSandbox::open(StripeSettings {
        state_file: None,
        secret_key: "sk_test_desk".to_owned(),
        webhook_secret: "whsec_desk".to_owned(),
        connect_webhook_secret: "whsec_desk_connect".to_owned(),
        platform_webhook_url: None,
        connect_webhook_url: None,
        public_base: "http://localhost/sandbox/stripe".to_owned(),
        clock: clock.clone(),
        seed: Some(1),
        auto_deliver: false,
    });
    let s3 = EmbeddedS3::open(S3Settings {
        root: folder.path().to_owned(),
        bucket: "media".to_owned(),
        access_key_id: "key".to_owned(),
        secret_access_key: "secret".to_owned(),
        clock: clock.clone(),
    });
    let parts = Sandbox { stripe: Some(stripe.unwrap()), s3: Some(s3.unwrap()), mail: None, clock };
    let desk = Desk::of(parts).await;
    answered(desk.get("/sandbox/stripe/requests"), 200).await;
    assert!(answered(desk.get("/media/m/a"), 403).await.text().await.unwrap().contains("AccessDenied"));
    assert!(error(desk.get("/sandbox/mail.json"), 404).await.contains("SMTP_URL"));
    assert!(!page(desk.get("/sandbox")).await.contains("/sandbox/mail"));
    body(desk.move_clock(&json!({ "advanceSeconds": 60 })), 200).await;
    assert_eq!(desk.rounds.load(Ordering::SeqCst), 1);
}
