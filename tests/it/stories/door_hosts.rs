//! Hosts keep order in a room of ours: they mute and remove people, and take it back.

use atelier::creators::TeamRole;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{JOIN, Person, euros, joined, live_story, shortly_before, story, text};

const MUTE: &str = "mutation($id: ID!, $on: Boolean!) { workshopParticipantMute(seatId: $id, muted: $on) {
    seat { id status muted removed } userErrors { code path message } } }";
const REMOVE: &str =
    "mutation($id: ID!, $on: Boolean!) { workshopParticipantRemove(seatId: $id, removed: $on) {
    seat { id status muted removed } userErrors { code path message } } }";
const LIVE: &str =
    "mutation($id: ID!, $live: Boolean!) { workshopSessionStatusSet(sessionId: $id, live: $live) {
    session { status } userErrors { code path message } } }";
const ROSTER: &str = "query($studio: ID!, $id: ID!) { studio(creatorId: $studio) {
    roster(sessionId: $id) { nodes { muted removed holder { displayName } } } } }";
const OUT: &str = "RoomService/RemoveParticipant";
const VOICE: &str = "RoomService/UpdateParticipant";

/// What a host's word about a seat comes to.
async fn says(host: &Person, document: &str, seat: &str, on: bool) -> (Value, Value) {
    let seat = host.does(document, json!({ "id": seat, "on": on })).await["seat"].clone();
    (seat["muted"].clone(), seat["removed"].clone())
}

/// Why somebody is refused.
async fn refused(person: &Person, document: &str, seat: &str) -> (String, String) {
    let refused = person.is_refused(document, json!({ "id": seat, "on": true })).await;
    (refused[0].code.clone(), refused[0].path.clone())
}

/// The same as LiveKit tells it, of a permission that was other than somebody's is now.
fn came_with(id: &str, claims: &Value, permission: Value) -> Value {
    let mut told = joined(id, claims);
    told["participant"]["permission"] = permission;
    told
}

live_story! {
    async fn who_is_removed_stays_out_until_a_host_lets_them_in(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        ben.buys_seat(&evening).await;
        ann.buys_seat(&evening).await;
        let (bens, anns) = (ben.seat(&evening.session).await, ann.seat(&evening.session).await);
        assert_eq!(refused(&mira, REMOVE, &bens).await, ("INVALID_STATE".into(), "seatId".into()), "no room of ours");
        mira.opens_room(&evening.session).await;
        eve.db_joins(&studio.id, TeamRole::Editor).await;
        for document in [MUTE, REMOVE] {
            for person in [&ben, &ann] {
                assert_eq!(refused(person, document, &bens).await.0, "NOT_FOUND");
            }
            let editor = eve.asks(document, json!({ "id": bens, "on": true })).await;
            assert_eq!(editor.error_code(), "FORBIDDEN");
        }

        let [ben, ann, mira] = shortly_before(&market, &evening, 10, [&ben, &ann, &mira]).await;
        let (bens_way, anns_way) = (ben.goes_in(&evening.session).await, ann.goes_in(&evening.session).await);
        assert_eq!(market.is_told(joined("EV_1", &bens_way)).await, 200);
        let anns_time = (market.app().now() - Duration::seconds(2)).timestamp().to_string();
        livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
        assert_eq!(says(&mira, REMOVE, &bens, true).await, (json!(false), json!(true)));
        market.settles().await;
        assert_eq!(livekit.calls(OUT).len(), 1, "it did not answer");
        market.passes(Duration::minutes(1)).await;
        let out = livekit.calls(OUT);
        assert_eq!((out.len(), &out[1].body["identity"]), (2, &bens_way["sub"]));
        let revoked: i64 = text(&out[1].body["revokeTokenTs"]).parse().unwrap();
        assert!(revoked <= market.app().now().timestamp(), "not the permissions of who is let in again");
        assert_eq!(says(&mira, REMOVE, &bens, true).await, (json!(false), json!(true)), "once is enough");
        market.settles().await;
        assert_eq!(livekit.calls(OUT).len(), 2);
        let said = ben.is_refused(JOIN, json!({ "id": evening.session })).await;
        assert_eq!((said[0].code.as_str(), said[0].path.as_str()), ("NOT_ALLOWED", "sessionId"));
        assert!(said[0].message.contains("removed you"), "{said:?}");

        // A permission that has not ended opens the door again: not for long, and they were not there by that.
        market.passes(Duration::seconds(3)).await;
        let mut again = joined("EV_2", &bens_way);
        again["participant"]["sid"] = json!("PA_2");
        again["participant"]["joinedAt"] = json!(market.app().now().timestamp().to_string());
        assert_eq!(market.is_told(again.clone()).await, 200);
        let mut went = again;
        (went["id"], went["event"]) = (json!("EV_3"), json!("participant_left"));
        assert_eq!(market.is_told(went).await, 200);
        market.settles().await;
        assert_eq!(livekit.calls(OUT).len(), 3);
        assert_eq!(market.db_count("seat_visits").await, 1);
        // That somebody was there before they were removed may be told after it.
        says(&mira, REMOVE, &anns, true).await;
        let mut late = joined("EV_4", &anns_way);
        late["participant"]["joinedAt"] = json!(anns_time);
        assert_eq!(market.is_told(late).await, 200);
        assert_eq!(market.db_count("seat_visits").await, 2);

        // Seat and money stay; everybody but the holder and the hosts learns nothing.
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("ATTENDED"));
        assert_eq!(market.db_count("refunds").await, 0);
        let own = "query($id: ID!) { workshopSession(id: $id) { viewerSeat { muted removed } } }";
        let own = ben.sees(own, json!({ "id": evening.session })).await["workshopSession"]["viewerSeat"].clone();
        assert_eq!(own, json!({ "muted": false, "removed": true }));
        let roster = mira.sees(ROSTER, json!({ "studio": studio.id, "id": evening.session })).await;
        assert_eq!(roster["studio"]["roster"]["nodes"], json!([
            { "muted": false, "removed": true, "holder": { "displayName": "Ben" } },
            { "muted": false, "removed": true, "holder": { "displayName": "Ann" } },
        ]));

        assert_eq!(says(&mira, REMOVE, &bens, false).await, (json!(false), json!(false)));
        let calls = livekit.calls(OUT).len();
        let again = ben.goes_in(&evening.session).await;
        assert_eq!((&again["sub"], &again["video"]["canPublish"]), (&bens_way["sub"], &json!(true)));
        assert_eq!(market.is_told(joined("EV_5", &again)).await, 200);
        market.settles().await;
        assert!(livekit.calls(OUT)[calls..].iter().all(|call| call.body["identity"] != again["sub"]));
        let events = "SELECT COUNT(*) AS n FROM events WHERE kind IN ('session.participant_removed', 'session.participant_let_in')";
        assert_eq!(market.db_number(events).await, 3);
        mira.does(LIVE, json!({ "id": evening.session, "live": true })).await;
        mira.does(LIVE, json!({ "id": evening.session, "live": false })).await;
        assert_eq!(refused(&mira, REMOVE, &bens).await, ("INVALID_STATE".into(), "seatId".into()), "it is over");
    }

    async fn another_seat_does_not_open_the_door_again(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let ben = market.person("Ben").await;
        ben.takes_seat(&evening).await;
        mira.opens_room(&evening.session).await;
        let first = ben.seat(&evening.session).await;
        says(&mira, MUTE, &first, true).await;
        says(&mira, REMOVE, &first, true).await;
        ben.gives_up_seat(&evening.session).await;
        assert_eq!(refused(&mira, MUTE, &first).await, ("INVALID_STATE".into(), "seatId".into()), "nobody sits there");
        ben.takes_seat(&evening).await;
        let second = ben.seat(&evening.session).await;
        assert_ne!(first, second);
        let [ben, mira] = shortly_before(&market, &evening, 5, [&ben, &mira]).await;
        assert_eq!(ben.is_refused(JOIN, json!({ "id": evening.session })).await[0].code, "NOT_ALLOWED");
        // A way in elsewhere opens no other door.
        let link = json!({ "provider": "EXTERNAL_LINK", "joinUrl": "https://meet.example.org/ink" });
        mira.does(crate::support::DOOR, json!({ "id": evening.session, "input": link })).await;
        assert_eq!(ben.is_refused(JOIN, json!({ "id": evening.session })).await[0].code, "NOT_ALLOWED");
        assert_eq!(says(&mira, REMOVE, &second, false).await, (json!(true), json!(false)));
        assert_eq!(ben.does(JOIN, json!({ "id": evening.session })).await["join"]["provider"], "EXTERNAL_LINK");
        mira.opens_room(&evening.session).await;
        assert_eq!(ben.goes_in(&evening.session).await["video"]["canPublish"], false, "muted still");
        assert!(!livekit.calls(VOICE).is_empty());
    }

    async fn who_is_muted_speaks_no_more_until_a_host_says_so(market, livekit) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
        let (ben, hugo) = (market.person("Ben").await, market.person("Hugo").await);
        ben.takes_seat(&evening).await;
        hugo.takes_seat(&evening).await;
        hugo.db_joins(&studio.id, TeamRole::Host).await;
        mira.opens_room(&evening.session).await;
        let (bens, hugos) = (ben.seat(&evening.session).await, hugo.seat(&evening.session).await);
        for document in [MUTE, REMOVE] {
            assert_eq!(refused(&mira, document, &hugos).await, ("NOT_ALLOWED".into(), "seatId".into()), "a host");
        }
        let [ben, hugo] = shortly_before(&market, &evening, 10, [&ben, &hugo]).await;
        let loud = ben.goes_in(&evening.session).await;
        assert_eq!(says(&hugo, MUTE, &bens, true).await, (json!(true), json!(false)));
        market.settles().await;
        let voices = || -> Vec<Value> { livekit.calls(VOICE).iter().map(|call| call.body["permission"]["canPublish"].clone()).collect() };
        let call = livekit.calls(VOICE)[0].clone();
        let room = &loud["video"]["room"];
        assert_eq!((&call.body, call.grant()), (&json!({ "room": room, "identity": loud["sub"], "permission": {
            "canSubscribe": true, "canPublish": false, "canPublishData": false, "canUpdateMetadata": false,
        } }), json!({ "room": room, "roomAdmin": true })));
        says(&hugo, MUTE, &bens, true).await;
        let quiet = ben.goes_in(&evening.session).await;
        assert_eq!(quiet["video"], json!({
            "room": room, "roomJoin": true, "canPublish": false, "canSubscribe": true, "canPublishData": false,
            "canUpdateOwnMetadata": false,
        }), "coming in again changes nothing");

        // Who comes in with a permission from before is put right, and nobody else.
        let (loudly, quietly) = (json!({ "canPublish": true, "canSubscribe": true }), json!({ "canSubscribe": true }));
        assert_eq!(market.is_told(came_with("EV_1", &quiet, quietly.clone())).await, 200);
        market.settles().await;
        assert_eq!(voices(), [false]);
        assert_eq!(market.is_told(came_with("EV_2", &loud, loudly)).await, 200);
        market.settles().await;
        assert_eq!(voices(), [false, false]);
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("ATTENDED"), "they were there");

        livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
        assert_eq!(says(&hugo, MUTE, &bens, false).await, (json!(false), json!(false)));
        market.settles().await;
        market.passes(Duration::minutes(1)).await;
        assert_eq!(voices(), [false, false, true, true], "tried again");
        assert_eq!(market.is_told(came_with("EV_3", &quiet, quietly)).await, 200);
        livekit.answers(404, json!({ "code": "not_found", "msg": "participant does not exist" }));
        market.settles().await;
        assert_eq!(voices(), [false, false, true, true, true], "their voice is theirs again, and gone is gone");
        assert_eq!(ben.comes_back().await.goes_in(&evening.session).await["video"]["canPublish"], true);
        market.passes(Duration::minutes(20)).await;
        assert_eq!(voices().len(), 5);
    }
}

story! {
    async fn people_are_muted_in_rooms_of_ours_alone(market) {
        let mira = market.person("Mira").await;
        let evening = mira.opens_studio("mira").await.invites("Ink", json!({ "free": true }), 10).await;
        let ben = market.person("Ben").await;
        ben.takes_seat(&evening).await;
        let seat = ben.seat(&evening.session).await;
        assert_eq!(refused(&mira, MUTE, &seat).await, ("INVALID_STATE".into(), "seatId".into()));
    }
}
