//! LiveKit's side of our calls, as its documentation and its protocol's definitions give it: paths, headers, bodies,
//! permissions; and what its answers become.

use std::time::Duration;

use atelier::runtime;
use livekit_gateway::webhook::{WebhookRefusal, verify};
use livekit_gateway::{Bucket, Entry, LiveKit, LiveKitError, Settings, SettingsError};
use serde_json::json;

use crate::support::{LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStub, claims_of, signed};

fn plays<F: Future<Output = ()>>(test: impl FnOnce(LiveKitStub, LiveKit) -> F) {
    let stub = LiveKitStub::listens();
    let mut settings = Settings::new(stub.url() + "/", LIVEKIT_KEY, LIVEKIT_SECRET);
    settings.request_timeout = Duration::from_millis(500);
    let gateway = LiveKit::connect(&settings).unwrap();
    runtime::start(Some(1)).unwrap().block_on(test(stub, gateway));
}

#[test]
fn calls_have_the_paths_bodies_and_rights_that_livekit_wants() {
    plays(async |stub, livekit| {
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        livekit.remove_participant("r", "sea_1.usr_1", now).await.unwrap();
        livekit.let_publish("r", "sea_1.usr_1", false).await.unwrap();
        livekit.delete_room("r").await.unwrap();
        livekit.ping().await.unwrap();
        for (method, body, grant) in [
            (
                "RoomService/RemoveParticipant",
                json!({ "room": "r", "identity": "sea_1.usr_1", "revokeTokenTs": "1800000000" }),
                json!({ "room": "r", "roomAdmin": true }),
            ),
            (
                "RoomService/UpdateParticipant",
                json!({ "room": "r", "identity": "sea_1.usr_1", "permission": {
                    "canSubscribe": true, "canPublish": false, "canPublishData": false, "canUpdateMetadata": false,
                } }),
                json!({ "room": "r", "roomAdmin": true }),
            ),
            ("RoomService/DeleteRoom", json!({ "room": "r" }), json!({ "room": "r", "roomCreate": true })),
            ("RoomService/ListRooms", json!({ "names": ["atelier-doctor"] }), json!({ "roomList": true })),
        ] {
            let calls = stub.calls(method);
            assert_eq!(calls.len(), 1, "{method}");
            assert_eq!((&calls[0].body, calls[0].grant()), (&body, grant), "{method}");
            assert_eq!(calls[0].headers["content-type"], "application/json", "{method}");
        }
    });
}

#[test]
fn a_recording_is_one_film_in_our_bucket() {
    plays(async |stub, livekit| {
        let bucket = Bucket {
            endpoint: Some("https://s3.example.org"),
            region: "auto",
            name: "media",
            path_style: true,
            access_key_id: "recorder",
            secret_access_key: "hush-hush",
        };
        assert!(!format!("{bucket:?}").contains("hush-hush"));
        // As LiveKit's server writes it, and as JSON made of protocol buffers usually is.
        stub.answers(
            200,
            json!({ "egress_id": "EG_1", "room_name": "r", "status": "EGRESS_STARTING", "file_results": [] }),
        );
        assert_eq!(livekit.begin_recording("r", "rec/1.mp4", &bucket).await.unwrap(), "EG_1");
        stub.answers(200, json!({ "egressId": "EG_2" }));
        let on_aws = Bucket { endpoint: None, path_style: false, ..bucket };
        assert_eq!(livekit.begin_recording("r", "rec/2.mp4", &on_aws).await.unwrap(), "EG_2");
        let calls = stub.calls("Egress/StartRoomCompositeEgress");
        assert_eq!(calls[0].grant(), json!({ "roomRecord": true }));
        assert_eq!(
            calls[0].body,
            json!({
                "roomName": "r", "layout": "speaker", "preset": "H264_720P_30",
                "fileOutputs": [{ "fileType": "MP4", "filepath": "rec/1.mp4", "disableManifest": true, "s3": {
                    "accessKey": "recorder", "secret": "hush-hush", "region": "auto", "bucket": "media",
                    "forcePathStyle": true, "endpoint": "https://s3.example.org",
                } }],
            })
        );
        assert!(calls[1].body["fileOutputs"][0]["s3"]["endpoint"].is_null());

        stub.answers(
            200,
            json!({ "items": [
            { "egress_id": "EG_1", "room_composite": { "file_outputs": [{ "filepath": "rec/1.mp4" }] } },
            { "egressId": "EG_2", "fileResults": [{ "filename": "rec/2.mp4" }] },
            { "egress_id": "EG_3", "web": { "url": "https://example.org" } },
        ], "next_page_token": null }),
        );
        let told = livekit.recordings_of("r").await.unwrap();
        let told: Vec<_> = told.iter().map(|one| (one.id.as_str(), one.keys.concat())).collect();
        assert_eq!(
            told,
            [("EG_1", "rec/1.mp4".to_owned()), ("EG_2", "rec/2.mp4".to_owned()), ("EG_3", String::new())]
        );
        assert_eq!(livekit.recordings_of("r").await, Ok(Vec::new()));
        let listed = &stub.calls("Egress/ListEgress")[0];
        assert_eq!(
            (&listed.body, listed.grant()),
            (&json!({ "roomName": "r", "active": true }), json!({ "roomRecord": true }))
        );
        for (status, code) in
            [(200, ""), (404, "not_found"), (400, "failed_precondition"), (412, "failed_precondition")]
        {
            stub.answers(status, json!({ "code": code, "msg": "said so" }));
            assert_eq!(livekit.end_recording("EG_1").await, Ok(()), "{status} {code}");
        }
        assert_eq!(stub.calls("Egress/StopEgress")[0].body, json!({ "egressId": "EG_1" }));
        stub.answers(200, json!({ "status": "of another shape" }));
        assert!(matches!(
            livekit.begin_recording("r", "rec/3.mp4", &on_aws).await,
            Err(LiveKitError::Away(_))
        ));
    });
}

#[test]
fn answers_become_what_the_caller_may_do_next() {
    plays(async |stub, livekit| {
        let said = |code: &str| json!({ "code": code, "msg": "said so" });
        stub.answers(404, said("not_found"));
        assert_eq!(
            livekit.remove_participant("r", "i", chrono::DateTime::UNIX_EPOCH).await,
            Ok(()),
            "gone is gone"
        );
        for _ in 0..2 {
            stub.answers(404, said("not_found"));
        }
        assert_eq!(livekit.delete_room("r").await, Ok(()));
        assert_eq!(livekit.let_publish("r", "i", true).await, Ok(()));
        stub.answers(404, said("not_found"));
        assert_eq!(livekit.ping().await, Err(LiveKitError::NotFound("said so".into())));
        stub.answers(404, json!("another server"));
        assert!(matches!(livekit.delete_room("r").await, Err(LiveKitError::Refused { .. })));
        stub.answers(401, said("unauthenticated"));
        assert!(matches!(livekit.ping().await, Err(LiveKitError::Unauthorized(_))));
        stub.answers(400, said("invalid_argument"));
        let refused = LiveKitError::Refused { code: "invalid_argument".into(), message: "said so".into() };
        assert_eq!(livekit.ping().await, Err(refused));
        for status in [408, 429, 500, 503] {
            stub.answers(status, said("unavailable"));
            assert!(matches!(livekit.ping().await, Err(LiveKitError::Away(_))), "{status}");
        }
        stub.is_silent();
        let silent = livekit.ping().await.unwrap_err();
        assert!(matches!(&silent, LiveKitError::Away(_)), "{silent:?}");
        assert!(!format!("{silent} {livekit:?}").contains(LIVEKIT_SECRET));
    });
}

#[test]
fn a_permission_says_all_that_may_be_done() {
    plays(async |stub, livekit| {
        assert_eq!(livekit.address(), stub.url());
        let entry = Entry { room: "r", identity: "i", name: "Ben", may_publish: false, is_host: false };
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let token = livekit.permission(&entry, now, chrono::Duration::minutes(10)).unwrap();
        assert_eq!(
            claims_of(&token),
            json!({
                "iss": LIVEKIT_KEY, "sub": "i", "name": "Ben", "nbf": 1_800_000_000, "exp": 1_800_000_600,
                "video": {
                    "room": "r", "roomJoin": true, "canPublish": false, "canSubscribe": true, "canPublishData": false,
                    "canUpdateOwnMetadata": false,
                },
            })
        );
    });
}

#[test]
fn nothing_signed_travels_in_clear_text() {
    let tried = |url: &str| {
        LiveKit::connect(&Settings::new(url, "key", "secret")).map(|made| made.address().to_owned())
    };
    assert_eq!(tried("https://live.example.org/"), Ok("wss://live.example.org".into()));
    assert_eq!(tried("wss://live.example.org/base"), Ok("wss://live.example.org/base".into()));
    assert_eq!(tried("http://localhost:7880"), Ok("ws://localhost:7880".into()));
    assert_eq!(tried("ws://live.example.org"), Err(SettingsError::Plain));
    for wrong in [
        "live.example.org",
        "ftp://live.example.org",
        "wss://live.example.org?token=1",
        "wss://me:pw@live.example.org",
        "",
    ] {
        assert_eq!(tried(wrong), Err(SettingsError::Url), "{wrong}");
    }
    assert_eq!(
        LiveKit::connect(&Settings::new("wss://live.example.org", "key", "")).unwrap_err(),
        SettingsError::Key
    );
    assert!(!format!("{:?}", Settings::new("wss://a.example", "key", "hush-hush")).contains("hush-hush"));
}

#[test]
fn a_webhook_is_believed_with_our_signature_over_its_bytes() {
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let body = json!({
        "event": "participant_joined", "id": "EV_1", "createdAt": "1800000000", "numDropped": 0,
        "room": { "sid": "RM_1", "name": "r", "creationTime": "1799999999" },
        "participant": { "sid": "PA_1", "identity": "sea_1.usr_1", "permission": { "canPublish": true } },
    });
    let body = body.to_string();
    let token = signed(&body, LIVEKIT_SECRET, now);
    let heard = |token: &str, later: i64| {
        verify(body.as_bytes(), token, (LIVEKIT_KEY, LIVEKIT_SECRET), now + chrono::Duration::seconds(later))
    };
    let told = heard(&token, 0).unwrap();
    assert_eq!((told.id.as_str(), told.event.as_str()), ("EV_1", "participant_joined"));
    assert_eq!((told.room.as_deref(), told.identity.as_deref()), (Some("r"), Some("sea_1.usr_1")));
    assert_eq!(told.may_publish, Some(true));
    assert_eq!(heard(&format!("Bearer {token}"), 0).unwrap(), told);
    assert_eq!(heard(&token, 360).unwrap(), told, "clocks may be a minute apart");
    assert_eq!(heard(&token, 361), Err(WebhookRefusal::Stale));
    assert_eq!(heard(&token, -61), Err(WebhookRefusal::Stale));
    let of_another = verify(body.as_bytes(), &token, ("APIother", LIVEKIT_SECRET), now);
    assert_eq!(of_another, Err(WebhookRefusal::Forged), "another key's name");
    // What is false is left out there; what is not said at all is not known.
    for (permission, may_publish) in [(json!({ "canSubscribe": true }), Some(false)), (json!(null), None)] {
        let body = json!({ "event": "participant_joined", "id": "EV_2", "room": { "name": "r" },
            "participant": { "identity": "i", "permission": permission } });
        let body = body.to_string();
        let told =
            verify(body.as_bytes(), &signed(&body, LIVEKIT_SECRET, now), (LIVEKIT_KEY, LIVEKIT_SECRET), now);
        assert_eq!(told.unwrap().may_publish, may_publish, "{body}");
    }
    // A recording that failed tells where its film was to lie, and has no film.
    for (status, recorded) in
        [("EGRESS_FAILED", None), ("EGRESS_COMPLETE", Some(vec!["rec/1.mp4".to_owned()]))]
    {
        let body = json!({ "event": "egress_ended", "id": "EV_3", "egressInfo": {
            "egressId": "EG_1", "roomName": "r", "status": status, "fileResults": [{ "filename": "rec/1.mp4" }],
            "roomComposite": { "roomName": "r", "fileOutputs": [{ "filepath": "rec/1.mp4", "s3": {} }] },
        } });
        let body = body.to_string();
        let token = signed(&body, LIVEKIT_SECRET, now);
        let told = verify(body.as_bytes(), &token, (LIVEKIT_KEY, LIVEKIT_SECRET), now).unwrap();
        assert_eq!((told.room.as_deref(), told.recording.as_deref()), (Some("r"), Some("EG_1")));
        assert_eq!(told.asked, ["rec/1.mp4"], "{status}");
        assert_eq!(told.recorded.map(|recorded| recorded.files), recorded, "{status}");
    }
    let changed = body.replace("sea_1", "sea_2");
    let changed = verify(changed.as_bytes(), &token, (LIVEKIT_KEY, LIVEKIT_SECRET), now);
    assert_eq!(changed, Err(WebhookRefusal::OtherBody));
    // `alg: none`, with the same claims.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", token.split('.').nth(1).unwrap());
    assert_eq!(heard(&unsigned, 0), Err(WebhookRefusal::Forged));
    for malformed in ["", "Bearer ", "one.two", &"x.".repeat(4000)] {
        assert_eq!(heard(malformed, 0), Err(WebhookRefusal::Malformed));
    }
}
