//! Rooms of our own: settings that are refused, what the doctor says, names of people inside.

use atelier::config::{Environment, Settings};
use atelier::kernel::{SeatId, UserId};
use atelier::workshops::model::Identity;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Kind, LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStub, Market, play_with};

fn wrong(own: &[(&str, &str)]) -> Vec<String> {
    let all = own.iter().fold(Environment::default(), |all, (name, value)| all.with(name, *value));
    Settings::from(&all).map_or_else(|error| error.0, |_| Vec::new())
}

#[test]
fn the_settings_of_a_livekit_are_a_whole_and_can_be_used() {
    let whole =
        |url| vec![("LIVEKIT_URL", url), ("LIVEKIT_API_KEY", "key"), ("LIVEKIT_API_SECRET", "hush-hush")];
    assert_eq!(wrong(&whole("wss://live.example.org")), Vec::<String>::new());
    assert_eq!(wrong(&[("LIVEKIT_URL", "wss://live.example.org")]).len(), 2, "key and secret are missing");
    assert_eq!(wrong(&[("LIVEKIT_MEET_URL", "https://meet.livekit.io")]).len(), 3);
    for url in ["ws://live.example.org", "live.example.org"] {
        let said = wrong(&whole(url));
        assert!(said.len() == 1 && said[0].starts_with("LIVEKIT_URL cannot be used"), "{said:?}");
        assert!(!said[0].contains("hush-hush"));
    }
    let mut production = whole("ws://localhost:7880");
    production.extend([("ATELIER_ENV", "production"), ("LIVEKIT_MEET_URL", "http://meet.example.org")]);
    let said = wrong(&production);
    for name in
        ["LIVEKIT_URL must begin with wss://", "LIVEKIT_API_SECRET must have", "LIVEKIT_MEET_URL must begin"]
    {
        assert!(said.iter().any(|line| line.starts_with(name)), "{name}: {said:?}");
    }
}

#[test]
fn recording_needs_a_bucket_that_livekit_reaches_and_a_key_of_its_own() {
    let live =
        [("LIVEKIT_URL", "wss://live.example.org"), ("LIVEKIT_API_KEY", "key"), ("LIVEKIT_API_SECRET", "s")];
    let bucket = [("S3_BUCKET", "media"), ("S3_ACCESS_KEY_ID", "id"), ("S3_SECRET_ACCESS_KEY", "hush-hush")];
    let recorder = [
        ("LIVEKIT_RECORD", "yes"),
        ("LIVEKIT_RECORD_ACCESS_KEY_ID", "recorder"),
        ("LIVEKIT_RECORD_SECRET_ACCESS_KEY", "hush-hush"),
    ];
    assert_eq!(wrong(&[&live[..], &bucket, &recorder].concat()), Vec::<String>::new());
    assert_eq!(wrong(&[&live[..], &bucket, &[("LIVEKIT_RECORD", "no")]].concat()), Vec::<String>::new());
    let embedded = wrong(&[&live[..], &recorder].concat());
    assert!(embedded.len() == 1 && embedded[0].starts_with("LIVEKIT_RECORD needs a bucket"), "{embedded:?}");
    let shared = wrong(&[&live[..], &bucket, &recorder[..1]].concat());
    assert_eq!(shared.len(), 2, "{shared:?}");
    assert!(shared.iter().all(|line| line.contains("below rec/")), "{shared:?}");
    assert_eq!(wrong(&[&live[..], &bucket, &[("LIVEKIT_RECORD", "perhaps")]].concat()).len(), 1);
    assert!(!wrong(&[&bucket[..], &recorder].concat()).is_empty(), "of which rooms?");
}

#[test]
fn an_identity_reads_back_as_it_was_written() {
    let (seat, user) = (SeatId(Uuid::from_u128(7)), UserId(Uuid::from_u128(8)));
    for identity in [Identity::Host(user), Identity::Holder(seat, user)] {
        assert_eq!(Identity::of(&identity.to_string()), Some(identity));
    }
    for nobody in ["", ".", "host", "host.", "guest.usr_1", "EG_1234", "host.host.host"] {
        assert_eq!(Identity::of(nobody), None, "{nobody}");
    }
    let swapped = format!("{user}.{seat}");
    assert_eq!(Identity::of(&swapped), None);
}

async fn broken(market: &Market) -> Vec<String> {
    let rules = atelier::doctor::rules(market.app()).await;
    let of_workshops = rules.into_iter().find(|(room, _)| *room == "workshops").unwrap();
    let named = of_workshops.1.unwrap().into_iter().map(|rule| rule.split(':').next().unwrap().to_owned());
    named.collect()
}

/// A task of its own: the thread of a test has a small stack.
async fn doctor_says(market: &Market) -> (String, Option<String>) {
    let app = market.app().clone();
    let findings = tokio::spawn(async move { atelier::doctor::examine(&app).await }).await.unwrap();
    let found = findings.into_iter().find(|finding| finding.what == "live rooms").unwrap();
    (found.fine.into_owned(), found.wrong)
}

fn in_an_installation_with_rooms(kind: Kind) {
    let livekit = LiveKitStub::listens();
    let url = livekit.url();
    let own = [
        ("LIVEKIT_URL", url.as_str()),
        ("LIVEKIT_API_KEY", LIVEKIT_KEY),
        ("LIVEKIT_API_SECRET", LIVEKIT_SECRET),
    ];
    play_with(kind, &own, async |market| {
        assert_eq!(doctor_says(&market).await, ("ok".to_owned(), None));
        livekit.answers(401, json!({ "code": "unauthenticated", "msg": "invalid token" }));
        let (_, said) = doctor_says(&market).await;
        assert!(said.is_some_and(|said| said.contains("LIVEKIT_API_KEY") && said.contains("invalid token")));

        let mira = market.person("Mira").await;
        let evening = mira.opens_studio("mira").await.invites("Ink", json!({ "free": true }), 10).await;
        mira.opens_room(&evening.session).await;
        assert_eq!(broken(&market).await, Vec::<String>::new());
        let room = "SELECT COUNT(*) AS n FROM live_rooms";
        market.db_runs("UPDATE workshop_sessions SET join_provider = 'EXTERNAL_LINK'").await;
        market.db_runs("DELETE FROM live_rooms").await;
        assert_eq!((market.db_number(room).await, broken(&market).await), (0, Vec::new()));
        market.db_runs("UPDATE workshop_sessions SET join_provider = 'BUILT_IN'").await;
        assert_eq!(broken(&market).await, ["built_in_doors_have_rooms"]);
        mira.opens_room(&evening.session).await;
        assert_eq!((market.db_number(room).await, broken(&market).await), (1, Vec::new()));
    });
}

#[test]
fn the_doctor_looks_at_rooms_on_sqlite() {
    in_an_installation_with_rooms(Kind::Sqlite);
}

#[test]
fn the_doctor_looks_at_rooms_on_postgres() {
    in_an_installation_with_rooms(Kind::Postgres);
}

#[test]
fn without_a_livekit_the_doctor_says_so() {
    play_with(Kind::Sqlite, &[], async |market| {
        let (fine, wrong) = doctor_says(&market).await;
        assert!(fine.contains("LIVEKIT_URL") && wrong.is_none(), "{fine} {wrong:?}");
    });
}
