//! A LiveKit of a few scripted answers: plain HTTP on loopback, every call kept for reading; and what LiveKit tells us,
//! signed as its server signs it.
//!
//! Not here: rooms with people in them. Nobody of us has seen a real server in a test.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use atelier::kernel::Instant;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Duration;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Evening, Market, Person, text};

/// The key's name.
pub const LIVEKIT_KEY: &str = "APIstub";
/// The key.
pub const LIVEKIT_SECRET: &str = "a-secret-of-thirty-two-characters-or-more";
/// Setting the way in.
pub const DOOR: &str =
    "mutation($id: ID!, $input: JoinInfoInput!) { workshopJoinInfoSet(sessionId: $id, input: $input) {
    session { id } userErrors { code path message } } }";

/// Status and body; none = silence.
type Reply = Option<(u16, Value)>;

/// A call as it arrived.
#[derive(Clone, Debug)]
pub struct Called {
    /// `/twirp/livekit.RoomService/DeleteRoom`.
    pub path: String,
    /// By lower-cased name.
    pub headers: HashMap<String, String>,
    /// JSON.
    pub body: Value,
}

impl Called {
    /// What the call's permission says.
    pub fn grant(&self) -> Value {
        let token = self.headers["authorization"].strip_prefix("Bearer ").unwrap().to_owned();
        let claims = claims_of(&token);
        let lasts = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
        assert!(lasts <= 60, "for this call alone");
        claims["video"].clone()
    }
}

/// A LiveKit. Clones are the same one.
#[derive(Clone)]
pub struct LiveKitStub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Called>>>,
    /// What is answered next: status and body, or nothing at all. Then always 200.
    script: Arc<Mutex<VecDeque<Reply>>>,
}

impl LiveKitStub {
    /// Listens, in threads of its own: it is there before the installation.
    pub fn listens() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub =
            Self { address: listener.local_addr().unwrap(), seen: Arc::default(), script: Arc::default() };
        let served = stub.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || served.serve(stream));
            }
        });
        stub
    }

    /// `ws://127.0.0.1:…`.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// The settings of an installation that talks to it.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("LIVEKIT_URL", self.url()),
            ("LIVEKIT_API_KEY", LIVEKIT_KEY.to_owned()),
            ("LIVEKIT_API_SECRET", LIVEKIT_SECRET.to_owned()),
        ]
    }

    /// Answers so next.
    pub fn answers(&self, status: u16, body: Value) {
        self.script.lock().unwrap().push_back(Some((status, body)));
    }

    /// Reads the next call and never answers.
    pub fn is_silent(&self) {
        self.script.lock().unwrap().push_back(None);
    }

    /// The calls of a method, such as `RoomService/DeleteRoom`.
    pub fn calls(&self, method: &str) -> Vec<Called> {
        let path = format!("/twirp/livekit.{method}");
        self.seen.lock().unwrap().iter().filter(|call| call.path == path).cloned().collect()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some(path) = line.split_whitespace().nth(1).map(str::to_owned) else { return };
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            match line.trim().split_once(": ") {
                Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
                None => break,
            };
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let body = serde_json::from_slice(&body).unwrap();
        self.seen.lock().unwrap().push(Called { path, headers, body });
        let next = self.script.lock().unwrap().pop_front();
        let Some((status, body)) = next.unwrap_or_else(|| Some((200, json!({})))) else {
            // Until the other side gives up.
            let _ = reader.read(&mut [0]);
            return;
        };
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = reader.get_mut().write_all(format!("{head}{body}").as_bytes());
    }
}

/// What a token says, if it is signed with the stub's key.
pub fn claims_of(token: &str) -> Value {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[LIVEKIT_KEY]);
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(LIVEKIT_SECRET.as_bytes());
    decode::<Value>(token, &key, &validation).unwrap().claims
}

/// The token of a webhook with this body, as LiveKit's server makes it.
pub fn signed(body: &str, secret: &str, now: Instant) -> String {
    let claims = json!({
        "iss": LIVEKIT_KEY, "nbf": now.timestamp(), "exp": now.timestamp() + 300,
        "sha256": BASE64_STANDARD.encode(Sha256::digest(body.as_bytes())),
    });
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

impl Market {
    /// LiveKit tells of an event; gives our answer's status.
    pub async fn is_told(&self, event: Value) -> u16 {
        let body = event.to_string();
        let token = signed(&body, LIVEKIT_SECRET, self.app().now());
        self.is_sent(&body, Some(&token)).await
    }

    /// Somebody posts to where LiveKit tells of events; gives our answer's status.
    pub async fn is_sent(&self, body: &str, authorization: Option<&str>) -> u16 {
        let mut post = self.http().post(format!("{}/webhooks/livekit", self.url()));
        if let Some(token) = authorization {
            post = post.header("authorization", token);
        }
        let post = post.header("content-type", "application/webhook+json").body(body.to_owned());
        post.send().await.unwrap().status().as_u16()
    }
}

impl Person {
    /// Lets everybody into a room of ours.
    pub async fn opens_room(&self, session: &str) {
        let door = json!({ "id": session, "input": { "provider": "BUILT_IN" } });
        self.does(DOOR, door).await;
    }

    /// Goes in; gives what the permission says.
    pub async fn goes_in(&self, session: &str) -> Value {
        let join = self.does(super::JOIN, json!({ "id": session })).await["join"].clone();
        assert_eq!((&join["provider"], &join["passcode"]), (&json!("BUILT_IN"), &Value::Null));
        let url = url::Url::parse(&text(&join["joinUrl"])).unwrap();
        let token = url.query_pairs().find(|(name, _)| name == "access_token").unwrap().1.into_owned();
        let claims = claims_of(&token);
        let ends: Instant = text(&join["expiresAt"]).parse().unwrap();
        assert_eq!(claims["exp"], json!(ends.timestamp()));
        claims
    }
}

/// Until some minutes before the session begins; they may all be signed out by then.
pub async fn shortly_before<const N: usize>(
    market: &Market,
    evening: &Evening,
    minutes: i64,
    people: [&Person; N],
) -> [Person; N] {
    let seen = people[0].session(&evening.session).await;
    let starts: chrono::DateTime<chrono::Utc> = text(&seen["startsAt"]).parse().unwrap();
    market.passes(starts - Duration::minutes(minutes) - market.app().now()).await;
    let mut back = Vec::new();
    for person in people {
        back.push(person.comes_back().await);
    }
    back.try_into().unwrap_or_else(|_| unreachable!())
}

/// What LiveKit tells of somebody who came in with these claims.
pub fn joined(id: &str, claims: &Value) -> Value {
    json!({
        "event": "participant_joined", "id": id, "createdAt": "1796000000",
        "room": { "sid": "RM_1", "name": claims["video"]["room"], "numParticipants": 1 },
        "participant": { "sid": "PA_1", "identity": claims["sub"], "state": "ACTIVE" },
    })
}

/// What LiveKit tells of the room of these claims.
pub fn of_room(event: &str, id: &str, claims: &Value) -> Value {
    json!({ "event": event, "id": id, "room": { "sid": "RM_1", "name": claims["video"]["room"] } })
}

/// Like `story!`, in an installation with a LiveKit; `with ("NAME" = "value")` adds settings.
macro_rules! live_story {
    ($(async fn $name:ident($market:ident, $livekit:ident) $(with ($($setting:literal = $value:literal),*))? $body:block)*) => {
        $(
            mod $name {
                #[allow(unused_imports, reason = "a story takes what it needs")]
                use super::*;

                async fn story($market: $crate::support::Market, $livekit: $crate::support::LiveKitStub) $body

                fn played(kind: $crate::support::Kind) {
                    let livekit = $crate::support::LiveKitStub::listens();
                    let own = livekit.settings();
                    #[allow(unused_mut, reason = "for a story with settings of its own")]
                    let mut own: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    $(own.extend([$(($setting, $value)),*]);)?
                    $crate::support::play_with(kind, &own, |market| story(market, livekit));
                }

                #[test]
                fn sqlite() {
                    played($crate::support::Kind::Sqlite);
                }

                #[test]
                fn postgres() {
                    played($crate::support::Kind::Postgres);
                }
            }
        )*
    };
}
pub(crate) use live_story;
