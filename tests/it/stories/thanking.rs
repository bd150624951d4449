//! Afterwards: who was there is thanked, once.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::support::{
    CALL_OFF, Evening, FILM, Market, Person, REPLAY_SET, RESCHEDULE, Studio, TRANSFER, story, text,
};

const MARK: &str = "mutation($id: ID!, $seats: [ID!]!, $attended: Boolean!) {
    workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: $attended) { session { id } userErrors { code path message } } }";
const END: &str =
    "mutation($id: ID!, $live: Boolean!) { workshopSessionStatusSet(sessionId: $id, live: $live) {
    session { status } userErrors { code path message } } }";

/// What this person was thanked with.
fn thanked(person: &Person) -> Vec<String> {
    let letters = person.market.mail().messages(Some(&person.email));
    letters
        .into_iter()
        .filter(|letter| letter.subject.starts_with("Thank you: "))
        .map(|letter| letter.text)
        .collect()
}

/// Until so long after a session was to end; gives the owner signed in again.
async fn after_the_end(market: &Market, owner: &Person, evening: &Evening, time: Duration) -> Person {
    let owner_seen = owner.comes_back().await.session(&evening.session).await;
    let starts: DateTime<Utc> = text(&owner_seen["startsAt"]).parse().unwrap();
    market.passes(starts + Duration::minutes(90) + time - market.app().now()).await;
    owner.comes_back().await
}

async fn begins(market: &Market) -> (Person, Studio, Evening) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let evening = studio.invites("Ink", json!({ "free": true }), 10).await;
    (mira, studio, evening)
}

story! {
    async fn who_was_there_is_thanked_once(market) {
        let (mira, studio, evening) = begins(&market).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        let (zoe, cleo) = (market.person("Zoe").await, market.stranger("Cleo"));
        for person in [&ben, &ann, &eve, &zoe] {
            person.takes_seat(&evening).await;
        }
        eve.gives_up_seat(&evening.session).await;
        let seat = zoe.seat(&evening.session).await;
        zoe.does(TRANSFER, json!({ "id": seat, "email": cleo.email, "key": zoe.new_key() })).await;
        let anns = ann.seat(&evening.session).await;
        let bens = ben.seat(&evening.session).await;

        let mira = after_the_end(&market, &mira, &evening, Duration::minutes(100)).await;
        mira.does(MARK, json!({ "id": evening.session, "seats": [anns], "attended": false })).await;
        mira.does(MARK, json!({ "id": evening.session, "seats": [bens], "attended": true })).await;
        assert!(thanked(&ben).is_empty(), "hosts have time to say who was there");
        market.passes(Duration::minutes(25)).await;
        for hours in [0, 1, 48] {
            market.passes(Duration::hours(hours)).await;
            let counted = [&ben, &ann, &eve, &zoe, &cleo].map(|person| thanked(person).len());
            assert_eq!(counted, [1, 0, 0, 0, 1], "not who was missing, gave the seat back or away");
        }
        let said = thanked(&ben)[0].clone();
        assert!(said.contains("thank you for having been part of Ink") && said.contains("If it was recorded, you may watch it"), "{said}");
        assert!(!thanked(&cleo)[0].contains("recorded"), "nobody has seen them there: it is for who was");
        assert!(!said.to_lowercase().contains("review"), "that is asked the next day");
        let film = Studio { owner: mira.comes_back().await, ..studio }.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.comes_back().await.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        market.settles().await;
        assert_eq!((ben.told_of_recordings(), thanked(&ben).len()), (1, 1), "as was promised");
    }

    async fn a_recording_that_is_there_is_in_the_thanks(market) {
        let (mira, studio, evening) = begins(&market).await;
        studio.shows_replays(&evening.workshop, "DAYS_30").await;
        let none = studio.invites("Clay", json!({ "free": true }), 10).await;
        studio.shows_replays(&none.workshop, "NONE").await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.takes_seat(&evening).await;
        ann.takes_seat(&none).await;
        let mira = after_the_end(&market, &mira, &evening, Duration::minutes(40)).await;
        let film = Studio { owner: mira.clone(), ..studio }.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        market.passes(Duration::minutes(90)).await;
        let said = thanked(&ben)[0].clone();
        assert!(said.contains("The recording is there") && said.contains("/@mira/ink") && said.contains("until"), "{said}");
        assert!(!thanked(&ann)[0].contains("record"), "none is promised");
    }

    async fn thanks_follow_the_session_and_never_one_called_off(market) {
        let (mira, studio, evening) = begins(&market).await;
        let off = Evening { session: studio.sets_date(&evening.workshop, 10, Some(5)).await, ..evening.clone() };
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.takes_seat(&evening).await;
        ann.takes_seat(&off).await;
        let start = (market.app().now() + Duration::days(20)).format("%Y-%m-%dT%H:%M").to_string();
        mira.does(RESCHEDULE, json!({ "id": evening.session, "start": start, "zone": "UTC", "note": null })).await;
        mira.does(CALL_OFF, json!({ "id": off.session, "reason": "A cold.", "key": mira.new_key() })).await;
        market.passes(Duration::days(12)).await;
        assert!(thanked(&ben).is_empty() && thanked(&ann).is_empty(), "another time, and none");
        market.passes(Duration::days(8)).await;
        // It ends before its time: from then on it counts.
        let mira = mira.comes_back().await;
        mira.does(END, json!({ "id": evening.session, "live": false })).await;
        market.passes(Duration::minutes(90)).await;
        assert!(thanked(&ben).is_empty());
        market.passes(Duration::minutes(40)).await;
        market.passes(Duration::hours(5)).await;
        assert_eq!((thanked(&ben).len(), thanked(&ann).len()), (1, 0));
    }
}
