//! A session in a room of ours is recorded because a host wants it and has said so: once, into a bucket that LiveKit reaches,
//! and shown by itself when it is over.

use atelier::keys::Purpose;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    DOOR, Evening, FILM, Kind, LiveKitStub, Market, PLAY, Person, REPLAY_SET, joined, live_story, of_room,
    play_with, replay_of, shortly_before, text,
};

const LIVE: &str =
    "mutation($id: ID!, $live: Boolean!) { workshopSessionStatusSet(sessionId: $id, live: $live) {
    session { status } userErrors { code path message } } }";
pub(super) const TOLD: &str =
    "query($id: ID!) { workshopSession(id: $id) { recorded replay { id byteSize } } }";
pub(super) const JOIN: &str = "mutation($id: ID!) { workshopJoin(sessionId: $id) {
    join { recorded } userErrors { code path message } } }";
pub(super) const START: &str = "Egress/StartRoomCompositeEgress";
pub(super) const STOP: &str = "Egress/StopEgress";

/// The bucket's key that LiveKit is given.
const RECORDER: (&str, &str) = ("atelier-recorder", "a key that may write below rec/");

pub(super) type Recorded = (Market, LiveKitStub, Market);

/// Plays a story in an installation that records, into the bucket of another installation.
pub(super) fn plays<F: Future<Output = ()>>(kind: Kind, story: impl FnOnce(Recorded) -> F) {
    play_with(Kind::Sqlite, &[], async |bucket: Market| {
        let livekit = LiveKitStub::listens();
        let Some(place) = kind.place() else { return };
        let secret = bucket.app().keys.sign(Purpose::Embedded, b"s3");
        let (settings, url) = (livekit.settings(), bucket.url());
        let mut own: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        own.extend([
            ("S3_ENDPOINT", url),
            ("S3_BUCKET", "media"),
            ("S3_REGION", "us-east-1"),
            ("S3_ACCESS_KEY_ID", "atelier"),
            ("S3_SECRET_ACCESS_KEY", secret.as_str()),
            ("LIVEKIT_RECORD", "yes"),
            ("LIVEKIT_RECORD_ACCESS_KEY_ID", RECORDER.0),
            ("LIVEKIT_RECORD_SECRET_ACCESS_KEY", RECORDER.1),
        ]);
        let market = Market::open_with(place, &own).await;
        story((market.clone(), livekit, bucket)).await;
        market.close().await;
    });
}

/// Mira's evening, to be recorded, with Ben; some minutes before it begins.
pub(super) async fn soon(market: &Market) -> (Evening, Person, Person) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
    studio.shows_replays(&evening.workshop, "FOREVER").await;
    let ben = market.person("Ben").await;
    assert_eq!(ben.sees(TOLD, json!({ "id": evening.session })).await["workshopSession"]["recorded"], false);
    let link =
        json!({ "provider": "EXTERNAL_LINK", "joinUrl": "https://meet.example.org/ink", "record": true });
    let refused = mira.is_refused(DOOR, json!({ "id": evening.session, "input": link })).await;
    assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.record"));
    sets_recording(&mira, &evening, true).await;
    let known = ben.sees(TOLD, json!({ "id": evening.session })).await["workshopSession"].clone();
    assert_eq!(known["recorded"], true, "known before one takes a seat");
    ben.takes_seat(&evening).await;
    let [mira, ben] = shortly_before(market, &evening, 10, [&mira, &ben]).await;
    let join = ben.does(JOIN, json!({ "id": evening.session })).await["join"].clone();
    assert_eq!(join["recorded"], true);
    (evening, mira, ben)
}

pub(super) async fn sets_recording(host: &Person, evening: &Evening, on: bool) {
    let input = json!({ "provider": "BUILT_IN", "record": on });
    host.does(DOOR, json!({ "id": evening.session, "input": input })).await;
}

pub(super) async fn says_live(host: &Person, evening: &Evening, live: bool) {
    host.does(LIVE, json!({ "id": evening.session, "live": live })).await;
    host.market.settles().await;
}

/// LiveKit has no recording of the room, and begins one.
pub(super) fn will_begin(livekit: &LiveKitStub, id: &str) {
    livekit.answers(200, json!({ "items": [] }));
    livekit.answers(200, json!({ "egress_id": id, "room_name": "r", "status": "EGRESS_STARTING" }));
}

/// LiveKit has no recording of the room, and nobody in it.
fn nobody_is_inside(livekit: &LiveKitStub) {
    livekit.answers(200, json!({}));
    livekit.answers(404, json!({ "code": "not_found", "msg": "requested room does not exist" }));
}

/// A recording is still under way at LiveKit.
pub(super) fn goes_on(livekit: &LiveKitStub, (id, status): (&str, &str)) {
    livekit.answers(200, json!({ "items": [{ "egress_id": id, "status": status }] }));
}

/// Where the recordings were asked to lie.
pub(super) fn asked(livekit: &LiveKitStub) -> Vec<String> {
    let calls = livekit.calls(START);
    calls.iter().map(|call| text(&call.body["fileOutputs"][0]["filepath"])).collect()
}

/// LiveKit has written a film to where it was asked to, and tells of the end.
pub(super) async fn ends(
    market: &Market,
    room: &Value,
    (event, egress): (&str, &str),
    status: &str,
    key: &str,
) {
    let told = json!({
        "event": "egress_ended", "id": event, "egressInfo": {
            "egressId": egress, "roomName": room["video"]["room"], "status": status,
            "fileResults": [{ "filename": key }],
        },
    });
    assert_eq!(market.is_told(told).await, 200);
    market.settles().await;
}

pub(super) async fn replay(person: &Person, evening: &Evening) -> Value {
    let seen = person.sees(TOLD, json!({ "id": evening.session })).await;
    seen["workshopSession"]["replay"].clone()
}

async fn recorded_once_and_shown((market, livekit, bucket): Recorded) {
    let (evening, mira, ben) = soon(&market).await;
    // The bucket knows nothing of our files: days later it would throw them away.
    bucket.passes(market.app().clock.ahead()).await;
    let room = ben.goes_in(&evening.session).await;
    assert_eq!(market.is_told(of_room("room_started", "EV_1", &room)).await, 200);
    market.settles().await;
    assert_eq!(livekit.calls(START).len(), 0, "no host has said that it is live");
    will_begin(&livekit, "EG_1");
    says_live(&mira, &evening, true).await;
    let first = format!("rec/{}/1.mp4", evening.session);
    assert_eq!(asked(&livekit), [first.as_str()]);
    let call = livekit.calls(START)[0].clone();
    let output = &call.body["fileOutputs"][0];
    assert_eq!(call.body["roomName"], room["video"]["room"]);
    assert_eq!(call.grant(), json!({ "roomRecord": true }));
    assert_eq!(
        output["s3"],
        json!({
            "accessKey": RECORDER.0, "secret": RECORDER.1, "region": "us-east-1", "bucket": "media",
            "endpoint": bucket.url(), "forcePathStyle": true,
        })
    );
    says_live(&mira, &evening, true).await;
    assert_eq!(market.is_told(joined("EV_2", &room)).await, 200);
    goes_on(&livekit, ("EG_1", "EGRESS_ACTIVE"));
    assert_eq!(market.is_told(of_room("room_started", "EV_3", &room)).await, 200);
    market.settles().await;
    assert_eq!(asked(&livekit).len(), 1, "one at a time");
    assert_eq!(market.db_mentions(RECORDER.1).await, Vec::<String>::new());

    // Everybody leaves for a moment: who comes back is recorded too.
    market.app().media.put(&first, FILM.into(), "video/mp4", "no-store").await.unwrap();
    nobody_is_inside(&livekit);
    ends(&market, &room, ("EV_4", "EG_1"), "EGRESS_COMPLETE", &first).await;
    ends(&market, &room, ("EV_5", "EG_1"), "EGRESS_COMPLETE", &first).await;
    assert_eq!(asked(&livekit).len(), 2);
    will_begin(&livekit, "EG_2");
    assert_eq!(market.is_told(joined("EV_6", &room)).await, 200);
    market.settles().await;
    let second = format!("rec/{}/3.mp4", evening.session);
    assert_eq!(asked(&livekit)[2..], [second.as_str()]);
    says_live(&mira, &evening, false).await;
    market.passes(Duration::minutes(6)).await;
    assert_eq!(replay(&ben, &evening).await, Value::Null, "not all of it is there");
    let whole = [FILM, b" and much more of it"].concat();
    market.app().media.put(&second, whole.clone().into(), "video/mp4", "no-store").await.unwrap();
    ends(&market, &room, ("EV_7", "EG_2"), "EGRESS_COMPLETE", &second).await;
    assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM assets WHERE state = 'READY'").await, 2);
    market.passes(Duration::minutes(6)).await;
    let (mira, ben) = (mira.comes_back().await, ben.comes_back().await);
    assert_eq!(replay(&ben, &evening).await["byteSize"], whole.len(), "the larger one");
    let letters = market.mail().messages(None);
    let told = letters.iter().filter(|letter| letter.text.to_lowercase().contains("recording"));
    assert!(told.count() >= 1, "who may watch hears of it");
    bucket.passes(market.app().clock.ahead() - bucket.app().clock.ahead()).await;
    let grant = ben.does(PLAY, replay_of(&evening.session)).await["grant"].clone();
    let (status, _, bytes) = ben.anonymously().reads(&grant["manifestUrl"], None).await;
    assert_eq!((status, bytes), (200, whole));

    mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": null })).await;
    market.passes(Duration::minutes(20)).await;
    assert_eq!(replay(&mira.comes_back().await, &evening).await, Value::Null, "a host's word is the last");
    assert_eq!(livekit.calls(START).len(), 3);
}

async fn lost_answers_record_nothing_twice((market, livekit, _bucket): Recorded) {
    let (evening, mira, ben) = soon(&market).await;
    let room = ben.goes_in(&evening.session).await;
    nobody_is_inside(&livekit);
    says_live(&mira, &evening, true).await;
    assert_eq!(livekit.calls(START).len(), 1);
    // Nobody knows whether this one has begun.
    livekit.answers(200, json!({}));
    livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
    assert_eq!(market.is_told(joined("EV_1", &room)).await, 200);
    market.settles().await;
    let second = format!("rec/{}/2.mp4", evening.session);
    assert_eq!(asked(&livekit)[1..], [second.as_str()]);
    livekit.answers(
        200,
        json!({ "items": [
            { "egress_id": "EG_9", "room_composite": { "file_outputs": [{ "filepath": "somebody/elses.mp4" }] } },
            { "egress_id": "EG_2", "status": "EGRESS_ACTIVE", "room_composite": { "file_outputs": [{ "filepath": second }] } },
        ] }),
    );
    market.passes(Duration::minutes(1)).await;
    assert_eq!(livekit.calls(START).len(), 2, "it had begun");

    // One that fails is followed by another, as soon as somebody comes in.
    ends(&market, &room, ("EV_2", "EG_2"), "EGRESS_FAILED", "").await;
    will_begin(&livekit, "EG_3");
    assert_eq!(market.is_told(joined("EV_3", &room)).await, 200);
    market.settles().await;
    assert_eq!(asked(&livekit).len(), 3);
    // A host may end it at any time, and not begin it again while people are inside.
    livekit.answers(
        400,
        json!({ "code": "failed_precondition", "msg": "egress with status EGRESS_COMPLETE cannot be stopped" }),
    );
    sets_recording(&mira, &evening, false).await;
    market.settles().await;
    let stopped = livekit.calls(STOP);
    assert_eq!((stopped.len(), &stopped[0].body), (1, &json!({ "egressId": "EG_3" })));
    assert_eq!(market.is_told(joined("EV_4", &room)).await, 200);
    market.settles().await;
    let again = json!({ "provider": "BUILT_IN", "record": true });
    let refused = mira.is_refused(DOOR, json!({ "id": evening.session, "input": again })).await;
    assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("INVALID_STATE", "input.record"));
    says_live(&mira, &evening, false).await;
    // LiveKit never tells of the end: it is not awaited for ever.
    market.passes(Duration::hours(26)).await;
    assert_eq!(
        market.db_number("SELECT COUNT(*) AS n FROM session_recordings WHERE settled_at IS NULL").await,
        0
    );
    assert_eq!((livekit.calls(START).len(), livekit.calls(STOP).len()), (3, 1));
    assert_eq!(market.db_count("session_replays").await, 0);
}

macro_rules! recorded_story {
    ($($name:ident)*) => {
        $(
            mod $name {
                use super::Kind;

                #[test]
                fn sqlite() {
                    super::plays(Kind::Sqlite, super::$name);
                }

                #[test]
                fn postgres() {
                    super::plays(Kind::Postgres, super::$name);
                }
            }
        )*
    };
}

pub(super) use recorded_story;

recorded_story! { recorded_once_and_shown lost_answers_record_nothing_twice }

live_story! {
    async fn nobody_is_recorded_unasked(market, livekit) {
        let mira = market.person("Mira").await;
        let evening = mira.opens_studio("mira").await.invites("Ink", json!({ "free": true }), 10).await;
        let wish = json!({ "provider": "BUILT_IN", "record": true });
        let refused = mira.is_refused(DOOR, json!({ "id": evening.session, "input": wish })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.record"));
        assert!(refused[0].message.contains("LIVEKIT_RECORD"), "{refused:?}");
        mira.opens_room(&evening.session).await;
        let [mira] = shortly_before(&market, &evening, 0, [&mira]).await;
        let room = mira.goes_in(&evening.session).await;
        says_live(&mira, &evening, true).await;
        assert_eq!(market.is_told(of_room("room_started", "EV_1", &room)).await, 200);
        market.settles().await;
        assert!(livekit.calls(START).is_empty());
        assert_eq!(market.db_count("session_recordings").await, 0);
    }
}
