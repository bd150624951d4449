//! The door of a room of ours: permissions to come in, who has to leave, what LiveKit tells.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    CALL_OFF, DOOR, FILM, JOIN, Kind, LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStub, MOVE, PLAY, REPLAY_SET,
    TRANSFER, euros, joined, live_story, of_room, play_with, replay_of, shortly_before, signed, story, text,
};

const LIVE: &str =
    "mutation($id: ID!, $live: Boolean!) { workshopSessionStatusSet(sessionId: $id, live: $live) {
    session { status } userErrors { code path message } } }";
const REMOVE: &str = "RoomService/RemoveParticipant";
const CLOSE: &str = "RoomService/DeleteRoom";

live_story! {
    async fn everybody_has_a_way_in_of_their_own(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let other = studio.sets_date(&evening.workshop, 10, Some(3)).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        ben.takes_seat(&evening).await;
        ann.takes_seat(&evening).await;
        for (field, value) in [("joinUrl", "https://meet.example.org/ink"), ("passcode", "lapis")] {
            let mut input = json!({ "provider": "BUILT_IN" });
            input[field] = json!(value);
            let refused = mira.is_refused(DOOR, json!({ "id": evening.session, "input": input })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.clone()), ("NOT_ALLOWED", format!("input.{field}")));
        }
        let here = json!({ "id": evening.session });
        assert_eq!(mira.is_refused(JOIN, here.clone()).await[0].code, "JOIN_NOT_OPEN", "no way in has been set");
        mira.opens_room(&evening.session).await;
        mira.opens_room(&other).await;
        assert_eq!(ben.is_refused(JOIN, here.clone()).await[0].code, "JOIN_NOT_OPEN");
        assert_eq!(eve.is_refused(JOIN, here.clone()).await[0].code, "NOT_FOUND");
        let host = mira.goes_in(&evening.session).await;
        assert_eq!((&host["video"]["roomAdmin"], &host["name"]), (&json!(true), &json!("Mira")), "hosts at any time");

        let [ben, ann, mira] = shortly_before(&market, &evening, 10, [&ben, &ann, &mira]).await;
        mira.opens_room(&evening.session).await;
        let first = ben.goes_in(&evening.session).await;
        let room = text(&first["video"]["room"]);
        assert_eq!(first["video"], json!({
            "room": room, "roomJoin": true, "canPublish": true, "canSubscribe": true, "canPublishData": true,
            "canUpdateOwnMetadata": false,
        }), "all that is left out is forbidden");
        let now = market.app().now().timestamp();
        assert_eq!((&first["nbf"], &first["exp"], &first["name"]), (&json!(now), &json!(now + 600), &json!("Ben")));
        assert_eq!(room.len(), 22);
        assert!(!room.to_lowercase().contains("ink"), "{room}");
        assert_eq!(host["video"]["room"], first["video"]["room"], "the same room after the door was set again");
        assert_ne!(mira.goes_in(&other).await["video"]["room"], first["video"]["room"]);
        let again = ben.comes_back().await.goes_in(&evening.session).await;
        assert_eq!(again["sub"], first["sub"], "a second device takes the place of the first");
        assert_ne!(ann.goes_in(&evening.session).await["sub"], first["sub"]);
        let seat = ben.seat(&evening.session).await;
        assert_eq!(first["sub"], json!(format!("{seat}.{}", ben.user_id().await)));

        // Asking for the way in is not being there; LiveKit tells who is, and is believed once and with a signature.
        let came = joined("EV_1", &first);
        let (body, now) = (came.to_string(), market.app().now());
        let forged = signed(&body, "somebody else's secret of many characters", now);
        let stale = signed(&body, LIVEKIT_SECRET, now - Duration::minutes(10));
        let early = signed(&body, LIVEKIT_SECRET, now + Duration::minutes(10));
        let elsewhere = signed("{}", LIVEKIT_SECRET, now);
        for token in [Some(&*forged), Some(&*stale), Some(&*early), Some(&*elsewhere), Some("Bearer a.b.c"), Some("x"), None] {
            assert_eq!(market.is_sent(&body, token).await, 400, "{token:?}");
        }
        let fine = signed("not JSON", LIVEKIT_SECRET, now);
        assert_eq!(market.is_sent("not JSON", Some(&fine)).await, 400);
        assert_eq!(market.db_count("livekit_events").await, 0);
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        let told = futures_util::future::join_all((0..8).map(|_| market.is_told(came.clone()))).await;
        assert!(told.iter().all(|status| *status == 200), "at the same time, and again: {told:?}");
        assert_eq!(market.is_told(came).await, 200);
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("ATTENDED"));
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM events WHERE kind = 'session.attended'").await, 1);
        assert_eq!(market.is_told(joined("EV_2", &host)).await, 200, "hosts have no seat");
        let foreign = json!({ "video": { "room": "somebody-elses" }, "sub": "nobody" });
        assert_eq!(market.is_told(joined("EV_3", &foreign)).await, 200, "not ours");
        assert_eq!(market.is_told(of_room("track_published", "EV_4", &first)).await, 200);
        market.settles().await;
        assert!(livekit.calls(REMOVE).is_empty());

        let join = ben.does(JOIN, here).await["join"].clone();
        let token = text(&join["joinUrl"]).rsplit('.').next().unwrap().to_owned();
        assert_eq!(market.db_mentions(&token).await, Vec::<String>::new(), "a permission is kept nowhere");
        assert_eq!(market.db_mentions(&room).await, ["live_rooms"]);
        assert!(market.mail().messages(None).iter().all(|letter| !letter.text.contains(&room)));
    }

    async fn who_loses_the_seat_has_to_leave(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        let other = studio.sets_date(&evening.workshop, 12, Some(3)).await;
        mira.opens_room(&evening.session).await;
        let (ben, ann, cleo, dora, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Cleo").await, market.person("Dora").await, market.person("Eve").await);
        let mut orders = Vec::new();
        for person in [&ben, &ann, &cleo, &dora, &eve] {
            orders.push(person.buys_seat(&evening).await);
        }
        eve.gives_up_seat(&evening.session).await;
        market.settles().await;
        assert_eq!(livekit.calls(REMOVE).len(), 1, "however early it is");

        let [ben, ann, cleo, dora, mira] = shortly_before(&market, &evening, 10, [&ben, &ann, &cleo, &dora, &mira]).await;
        let mut inside = Vec::new();
        for person in [&ben, &ann, &cleo, &dora] {
            inside.push(person.goes_in(&evening.session).await);
        }
        ben.gives_up_seat(&evening.session).await;
        let to = json!({ "id": ann.seat(&evening.session).await, "to": other, "key": ann.new_key() });
        ann.does(MOVE, to).await;
        let given = json!({ "id": cleo.seat(&evening.session).await, "email": "zoe@example.com", "key": cleo.new_key() });
        cleo.does(TRANSFER, given).await;
        mira.gives_back(&orders[3], None, true).await;
        market.settles().await;
        let put_out = livekit.calls(REMOVE).split_off(1);
        let mut who: Vec<Value> = put_out.iter().map(|call| call.body["identity"].clone()).collect();
        let mut expected: Vec<Value> = inside.iter().map(|claims| claims["sub"].clone()).collect();
        who.sort_by_key(ToString::to_string);
        expected.sort_by_key(ToString::to_string);
        assert_eq!(who, expected);
        let room = &inside[0]["video"]["room"];
        for call in &put_out {
            assert_eq!((&call.body["room"], call.grant()), (room, json!({ "room": room, "roomAdmin": true })));
        }

        // A permission that has not ended opens the door again: not for long.
        assert_eq!(market.is_told(joined("EV_1", &inside[2])).await, 200);
        livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
        market.settles().await;
        assert_eq!(livekit.calls(REMOVE).len(), 6, "it did not answer");
        livekit.answers(404, json!({ "code": "not_found", "msg": "participant does not exist" }));
        market.passes(Duration::minutes(1)).await;
        assert_eq!(livekit.calls(REMOVE).len(), 7, "tried again, and gone is gone");
        assert_eq!(livekit.calls(REMOVE)[6].body["identity"], inside[2]["sub"]);
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM seats WHERE attended IS NOT NULL").await, 0);
        market.passes(Duration::minutes(30)).await;
        assert_eq!(livekit.calls(REMOVE).len(), 7);
    }

    async fn minutes_in_a_room_are_in_the_report(market, _livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        for person in [&ben, &ann, &eve] {
            person.takes_seat(&evening).await;
        }
        mira.opens_room(&evening.session).await;
        let [ben, ann, eve] = shortly_before(&market, &evening, 0, [&ben, &ann, &eve]).await;
        let (bens, anns) = (ben.goes_in(&evening.session).await, ann.goes_in(&evening.session).await);
        let start = market.app().now();
        let told = |event: &str, id: &str, sid: &str, who: &Value, times: (i64, i64)| {
            let seconds = |minutes| (start + Duration::minutes(minutes)).timestamp().to_string();
            json!({ "event": event, "id": id, "createdAt": seconds(times.1), "room": { "name": who["video"]["room"] },
                "participant": { "sid": sid, "identity": who["sub"], "joinedAt": seconds(times.0) } })
        };
        market.passes(Duration::minutes(50)).await;
        // Ben came twice, and LiveKit told of the second time's end before its beginning; Ann was there when all was over.
        for event in [
            told("participant_joined", "EV_1", "PA_1", &bens, (0, 0)),
            told("participant_left", "EV_2", "PA_1", &bens, (0, 20)),
            told("participant_left", "EV_3", "PA_2", &bens, (15, 40)),
            told("participant_joined", "EV_4", "PA_2", &bens, (15, 15)),
            told("participant_joined", "EV_5", "PA_3", &anns, (10, 10)),
            told("participant_joined", "EV_5", "PA_3", &anns, (10, 10)),
        ] {
            assert_eq!(market.is_told(event).await, 200);
        }
        market.settles().await;
        let mira = mira.comes_back().await;
        let file = mira.downloads(&market, &studio.id, "ATTENDANCE").await;
        let at = |minutes| (start + Duration::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let ends = |name: &str, with: String| {
            let line = file.iter().find(|line| line.contains(name)).unwrap();
            assert!(line.ends_with(&with), "{line} does not end with {with}");
        };
        ends("Ben", format!("ATTENDED,FREE,,{},{},40", at(0), at(40)));
        ends("Ann", format!("ATTENDED,FREE,,{},,", at(10)));
        ends("Eve", "CONFIRMED,FREE,,,,".to_owned());
        let eve = eve.comes_back().await;
        assert_eq!(eve.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));

        let before = market.app().now();
        assert_eq!(market.is_told(of_room("room_finished", "EV_6", &anns)).await, 200);
        let file = mira.downloads(&market, &studio.id, "ATTENDANCE").await;
        let line = file.iter().find(|line| line.contains("Ann")).unwrap();
        let cells: Vec<&str> = line.split(',').collect();
        let left: chrono::DateTime<chrono::Utc> = cells[12].parse().unwrap();
        let now = market.app().now();
        assert!(left >= before - Duration::seconds(1) && left <= now, "nobody is in an empty room: {line}");
        assert!(["40", "41"].contains(&cells[13]), "{line}");
    }

    async fn what_livekit_has_recorded_becomes_a_file_of_the_studio(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        studio.shows_replays(&evening.workshop, "FOREVER").await;
        let ben = market.person("Ben").await;
        ben.takes_seat(&evening).await;
        mira.opens_room(&evening.session).await;
        let [ben, mira] = shortly_before(&market, &evening, -95, [&ben, &mira]).await;
        let room = mira.goes_in(&evening.session).await;
        let key = format!("rec/{}/1.mp4", evening.session);
        let stored = market.app().media.put(&key, FILM.into(), "video/mp4", "no-store").await;
        stored.unwrap();
        let ended = |id: &str, egress: &str, status: &str, key: &str| json!({
            "event": "egress_ended", "id": id, "egressInfo": {
                "egressId": egress, "roomId": "RM_1", "roomName": room["video"]["room"], "status": status,
                "startedAt": "1796000000000000000", "fileResults": [{ "filename": key, "size": "56", "location": format!("https://s3/{key}") }],
            },
        });
        let films = "SELECT COUNT(*) AS n FROM assets";
        for (id, status, key) in [("EV_1", "EGRESS_FAILED", &*key), ("EV_2", "EGRESS_COMPLETE", "m/somebody/elses"), ("EV_3", "EGRESS_COMPLETE", "rec/wss_other/1.mp4")] {
            assert_eq!(market.is_told(ended(id, "EG_0", status, key)).await, 200);
        }
        market.settles().await;
        assert_eq!(market.db_number(films).await, 0, "failed, or not the session's");
        for id in ["EV_4", "EV_4", "EV_5"] {
            assert_eq!(market.is_told(ended(id, "EG_1", "EGRESS_COMPLETE", &key)).await, 200);
        }
        market.settles().await;
        let asked = json!({ "id": studio.id });
        let seen = mira.sees("query($id: ID!) { studio(creatorId: $id) { assets { nodes { id state kind filename byteSize } } } }", asked).await;
        let files = seen["studio"]["assets"]["nodes"].as_array().unwrap().clone();
        assert_eq!(files.len(), 1, "once, however often it is told");
        assert_eq!((&files[0]["state"], &files[0]["kind"], &files[0]["byteSize"]), (&json!("READY"), &json!("VIDEO"), &json!(FILM.len())));
        assert!(text(&files[0]["filename"]).starts_with("recording-20"), "{files:?}");
        assert!(market.app().media.list("rec/", 10).await.unwrap().is_empty(), "moved, not kept twice");
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": files[0]["id"] })).await;
        let grant = ben.does(PLAY, replay_of(&evening.session)).await["grant"].clone();
        let (status, _, bytes) = ben.anonymously().reads(&grant["manifestUrl"], None).await;
        assert_eq!((status, bytes.as_slice()), (200, FILM));
        assert!(livekit.calls(CLOSE).is_empty());
    }

    async fn a_room_ends_with_its_session(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let (second, third) = (studio.sets_date(&evening.workshop, 10, None).await, studio.sets_date(&evening.workshop, 12, None).await);
        for session in [&evening.session, &second, &third] {
            mira.opens_room(session).await;
        }
        mira.does(CALL_OFF, json!({ "id": third, "reason": "A cold.", "key": mira.new_key() })).await;
        market.settles().await;
        assert_eq!(livekit.calls(CLOSE).len(), 1);
        let [mira] = shortly_before(&market, &evening, -60, [&mira]).await;
        let (first, other) = (mira.goes_in(&evening.session).await, mira.goes_in(&second).await);
        assert_ne!(livekit.calls(CLOSE)[0].body["room"], first["video"]["room"]);
        let status = async |session: &str| text(&mira.session(session).await["status"]);
        assert_eq!(market.is_told(of_room("room_started", "EV_1", &first)).await, 200);
        assert_eq!(market.is_told(of_room("room_finished", "EV_2", &first)).await, 200);
        assert_eq!(status(&evening.session).await, "LIVE", "they may come back");
        mira.does(LIVE, json!({ "id": second, "live": false })).await;
        market.settles().await;
        let closed = livekit.calls(CLOSE);
        assert_eq!(closed.len(), 2);
        let room = &other["video"]["room"];
        assert_eq!((&closed[1].body, closed[1].grant()), (&json!({ "room": room }), json!({ "room": room, "roomCreate": true })));
        assert_eq!(market.is_told(joined("EV_4", &other)).await, 200);
        market.settles().await;
        assert_eq!(livekit.calls(CLOSE).len(), 3, "who comes back with a permission of before finds it closed");
        market.passes(Duration::minutes(31)).await;
        let mira = mira.comes_back().await;
        assert_eq!(market.is_told(of_room("room_finished", "EV_2", &first)).await, 200);
        assert_eq!(text(&mira.session(&evening.session).await["status"]), "LIVE", "told before");
        assert_eq!(market.is_told(of_room("room_finished", "EV_3", &first)).await, 200);
        assert_eq!(text(&mira.session(&evening.session).await["status"]), "ENDED", "its time is up");
        assert_eq!(mira.is_refused(JOIN, json!({ "id": evening.session })).await[0].code, "INVALID_STATE");
        market.passes(Duration::days(9)).await;
        assert_eq!(market.db_count("livekit_events").await, 0, "forgotten");
    }
}

story! {
    async fn without_a_livekit_there_are_no_rooms(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let refused = mira.is_refused(DOOR, json!({ "id": evening.session, "input": { "provider": "BUILT_IN" } })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.provider"));
        assert!(refused[0].message.contains("LIVEKIT_URL"), "{refused:?}");
        let token = signed("{}", LIVEKIT_SECRET, market.app().now());
        assert_eq!(market.is_sent("{}", Some(&token)).await, 404);
    }
}

#[test]
fn people_without_an_app_come_in_by_a_page() {
    let livekit = LiveKitStub::listens();
    let url = livekit.url();
    let own = [
        ("LIVEKIT_URL", url.as_str()),
        ("LIVEKIT_API_KEY", LIVEKIT_KEY),
        ("LIVEKIT_API_SECRET", LIVEKIT_SECRET),
        ("LIVEKIT_MEET_URL", "https://meet.example.org/"),
    ];
    play_with(Kind::Sqlite, &own, async |market| {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        mira.opens_room(&evening.session).await;
        let join = mira.does(JOIN, json!({ "id": evening.session })).await["join"].clone();
        let page = url::Url::parse(&text(&join["joinUrl"])).unwrap();
        assert_eq!((page.host_str(), page.path()), (Some("meet.example.org"), "/custom"));
        let named: std::collections::HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!(named["liveKitUrl"], livekit.url());
        assert_eq!(crate::support::claims_of(&named["token"])["name"], "Mira");
    });
}
