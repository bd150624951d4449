//! What may come between while a room of ours is recorded: films that are long on their way, ends that nobody tells of, a
//! door that is moved.

use chrono::Duration;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::door_recording::{
    JOIN, Recorded, START, STOP, TOLD, asked, ends, goes_on, plays, recorded_story, replay, says_live,
    sets_recording, soon, will_begin,
};
use crate::support::{DOOR, FILM, Kind, Market, Person, joined, of_room, shortly_before};

async fn who_comes_back_is_recorded_while_the_film_is_on_its_way((market, livekit, bucket): Recorded) {
    let (evening, mira, ben) = soon(&market).await;
    let room = ben.goes_in(&evening.session).await;
    will_begin(&livekit, "EG_1");
    says_live(&mira, &evening, true).await;
    // The room was empty for a minute: its film is still on its way when Ben is back.
    bucket.passes(market.app().clock.ahead()).await;
    goes_on(&livekit, ("EG_1", "EGRESS_ENDING"));
    assert_eq!(market.is_told(of_room("room_started", "EV_1", &room)).await, 200);
    assert_eq!(market.is_told(joined("EV_2", &room)).await, 200);
    market.settles().await;
    assert_eq!(livekit.calls(START).len(), 1);
    let first = format!("rec/{}/1.mp4", evening.session);
    market.app().media.put(&first, FILM.into(), "video/mp4", "no-store").await.unwrap();
    will_begin(&livekit, "EG_2");
    ends(&market, &room, ("EV_3", "EG_1"), "EGRESS_COMPLETE", &first).await;
    assert_eq!(livekit.calls(START).len(), 2, "nobody had to come in again");
    // That the second is over is never told: with the room after it a third begins.
    livekit.answers(200, json!({ "items": [] }));
    will_begin(&livekit, "EG_3");
    assert_eq!(market.is_told(of_room("room_started", "EV_4", &room)).await, 200);
    market.settles().await;
    assert_eq!(livekit.calls(START).len(), 3);
    // It is told at last: its film is taken in all the same.
    let second = format!("rec/{}/2.mp4", evening.session);
    market.app().media.put(&second, FILM.into(), "video/mp4", "no-store").await.unwrap();
    ends(&market, &room, ("EV_5", "EG_2"), "EGRESS_COMPLETE", &second).await;
    let films = "SELECT COUNT(*) AS n FROM session_recordings WHERE asset_id IS NOT NULL";
    assert_eq!(market.db_number(films).await, 2);
    // One that failed is not begun again by itself.
    ends(&market, &room, ("EV_6", "EG_3"), "EGRESS_FAILED", "").await;
    assert_eq!(livekit.calls(START).len(), 3);
}

async fn switched_on_only_before_anybody_was_let_in((market, livekit, _bucket): Recorded) {
    let mira = market.person("Mira").await;
    let evening = mira.opens_studio("mira").await.invites("Ink", json!({ "free": true }), 10).await;
    let ben = market.person("Ben").await;
    ben.takes_seat(&evening).await;
    let door = async |host: &Person, minutes: i32, record: Option<bool>| {
        let mut input = json!({ "provider": "BUILT_IN", "opensMinutesBefore": minutes });
        if let Some(record) = record {
            input["record"] = json!(record);
        }
        let answer = host.asks(DOOR, json!({ "id": evening.session, "input": input })).await;
        answer.refusals().first().map(|refused| refused.code.clone())
    };
    assert_eq!(door(&mira, 60, Some(true)).await, None);
    // Something else is changed, and nothing said of it.
    assert_eq!(door(&mira, 60, None).await, None);
    let seen = async |person: &Person| {
        person.sees(TOLD, json!({ "id": evening.session })).await["workshopSession"]["recorded"].clone()
    };
    assert_eq!(seen(&ben).await, true, "it stands");
    assert_eq!(door(&mira, 60, Some(false)).await, None);
    assert_eq!(door(&mira, 60, None).await, None);
    assert_eq!(seen(&ben).await, false);
    let [mira, ben] = shortly_before(&market, &evening, 50, [&mira, &ben]).await;
    let join = ben.does(JOIN, json!({ "id": evening.session })).await["join"].clone();
    assert_eq!(join["recorded"], false);
    // The door is closed again, by the clock; Ben is inside.
    assert_eq!(door(&mira, 0, None).await, None);
    assert_eq!(door(&mira, 0, Some(true)).await.as_deref(), Some("INVALID_STATE"));
    assert_eq!(seen(&ben).await, false);
    assert!(livekit.calls(START).is_empty());
}

async fn what_was_not_heard_of_is_not_under_way((market, livekit, _bucket): Recorded) {
    let (evening, mira, ben) = soon(&market).await;
    let room = ben.goes_in(&evening.session).await;
    let first = format!("rec/{}/1.mp4", evening.session);
    // It began and failed before we knew its id: what it was asked for is told.
    livekit.answers(200, json!({}));
    livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
    says_live(&mira, &evening, true).await;
    let failed = json!({
        "event": "egress_ended", "id": "EV_1", "egressInfo": {
            "egressId": "EG_1", "roomName": room["video"]["room"], "status": "EGRESS_FAILED",
            "roomComposite": { "fileOutputs": [{ "filepath": first }] },
        },
    });
    assert_eq!(market.is_told(failed).await, 200);
    market.passes(Duration::minutes(1)).await;
    assert_eq!(livekit.calls(START).len(), 1);
    // The next one begins, and nobody hears of it: it is found when a host wants none any more.
    livekit.answers(200, json!({}));
    livekit.answers(503, json!({ "code": "unavailable", "msg": "later" }));
    assert_eq!(market.is_told(joined("EV_2", &room)).await, 200);
    market.settles().await;
    let second = format!("rec/{}/2.mp4", evening.session);
    assert_eq!(asked(&livekit), [first.as_str(), second.as_str()]);
    livekit.answers(
        200,
        json!({ "items": [{ "egress_id": "EG_2", "room_composite": { "file_outputs": [{ "filepath": second }] } }] }),
    );
    sets_recording(&mira, &evening, false).await;
    market.settles().await;
    let stopped = livekit.calls(STOP);
    assert_eq!((stopped.len(), &stopped[0].body), (1, &json!({ "egressId": "EG_2" })));
}

async fn films_that_are_awaited_keep_no_other_waiting((market, livekit, bucket): Recorded) {
    let (evening, mira, ben) = soon(&market).await;
    bucket.passes(market.app().clock.ahead()).await;
    let room = ben.goes_in(&evening.session).await;
    will_begin(&livekit, "EG_1");
    says_live(&mira, &evening, true).await;
    says_live(&mira, &evening, false).await;
    db_awaits_others(&market, 200).await;
    let first = format!("rec/{}/1.mp4", evening.session);
    market.app().media.put(&first, FILM.into(), "video/mp4", "no-store").await.unwrap();
    ends(&market, &room, ("EV_1", "EG_1"), "EGRESS_COMPLETE", &first).await;
    market.passes(Duration::minutes(6)).await;
    assert_eq!(replay(&ben.comes_back().await, &evening).await["byteSize"], FILM.len());
    assert_eq!(
        market.db_number("SELECT COUNT(*) AS n FROM session_recordings WHERE settled_at IS NULL").await,
        200
    );
}

/// So many other dates, all called off, whose recordings LiveKit has not told of, come before the only one.
async fn db_awaits_others(market: &Market, count: u128) {
    let (db, now) = (market.app().db.read(), market.app().now());
    let like = entity::workshop_sessions::Entity::find().one(db).await.unwrap().unwrap();
    let ids = || (1..=count).map(Uuid::from_u128);
    let dates = ids().map(|id| {
        let other = entity::workshop_sessions::Model {
            id,
            taken: 0,
            cancelled_at: Some(now),
            recorded: false,
            ..like.clone()
        };
        other.into_active_model().reset_all()
    });
    entity::workshop_sessions::Entity::insert_many(dates).exec_without_returning(db).await.unwrap();
    let rooms = ids().map(|id| {
        let room = entity::live_rooms::Model {
            session_id: id,
            room: id.to_string(),
            created_at: now,
            entered_at: None,
        };
        room.into_active_model().reset_all()
    });
    entity::live_rooms::Entity::insert_many(rooms).exec_without_returning(db).await.unwrap();
    let recordings = ids().map(|id| {
        let recording = entity::session_recordings::Model {
            film_key: format!("rec/{id}"),
            session_id: id,
            egress_id: Some(format!("EG_{id}")),
            asked_at: now,
            ended_at: None,
            has_film: false,
            asset_id: None,
            settled_at: None,
        };
        recording.into_active_model().reset_all()
    });
    entity::session_recordings::Entity::insert_many(recordings).exec_without_returning(db).await.unwrap();
}

recorded_story! {
    who_comes_back_is_recorded_while_the_film_is_on_its_way switched_on_only_before_anybody_was_let_in
    what_was_not_heard_of_is_not_under_way films_that_are_awaited_keep_no_other_waiting
}
