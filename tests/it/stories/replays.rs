//! Afterwards: the recording of a date, and who may watch it again.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::support::{
    CALL_OFF, Evening, FILM, JOIN, Market, PICTURE, PLAY, Person, REPLAY_SET, RESCHEDULE, Studio, TRANSFER,
    euros, replay_of, story, text,
};

const DOOR: &str =
    "mutation($id: ID!, $input: JoinInfoInput!) { workshopJoinInfoSet(sessionId: $id, input: $input) {
    session { id } userErrors { code path message } } }";
const MARK: &str = "mutation($id: ID!, $seats: [ID!]!, $attended: Boolean!) {
    workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: $attended) { session { id } userErrors { code path message } } }";
const PAGE: &str =
    "query($by: OfferingBy!) { workshop(by: $by) { sessions(when: PAST) { nodes { replay { id } } } } }";
const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const RENEW: &str = "mutation($id: ID!) { playbackGrantRenew(grantId: $id) {
    grant { id manifestUrl expiresAt } userErrors { code path message } } }";

fn free() -> Value {
    json!({ "free": true })
}

/// Everybody goes on in a time to which their sessions do not last.
async fn later<const N: usize>(market: &Market, time: Duration, people: [&Person; N]) -> [Person; N] {
    market.passes(time).await;
    let mut back = Vec::new();
    for person in people {
        back.push(person.comes_back().await);
    }
    back.try_into().unwrap_or_else(|_| unreachable!())
}

async fn watches(person: &Person, evening: &Evening) -> Result<Value, String> {
    let answer = person.asks(PLAY, replay_of(&evening.session)).await;
    match answer.refusals().first() {
        Some(refused) => {
            assert_eq!(refused.path, "input.replaySessionId");
            Err(refused.code.clone())
        }
        None => Ok(answer.data()["playbackGrantCreate"]["grant"].clone()),
    }
}

async fn is_shown(person: &Person, evening: &Evening) -> bool {
    !person.session(&evening.session).await["replay"].is_null()
}

story! {
    async fn who_was_there_watches_again_and_nobody_else(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", free(), 10).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        ben.takes_seat(&evening).await;
        ann.takes_seat(&evening).await;
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let set = json!({ "id": evening.session, "asset": film });
        let early = mira.is_refused(REPLAY_SET, set.clone()).await;
        assert_eq!((early[0].code.as_str(), early[0].path.as_str()), ("INVALID_STATE", "sessionId"), "{early:?}");
        let door = json!({ "id": evening.session, "input": { "provider": "EXTERNAL_LINK", "joinUrl": "https://meet.example.org/ink" } });
        mira.does(DOOR, door).await;
        let [ben, mira] = later(&market, Duration::days(10), [&ben, &mira]).await;
        ben.does(JOIN, json!({ "id": evening.session })).await;
        let [ben, ann, eve, mira] = later(&market, Duration::hours(3), [&ben, &ann, &eve, &mira]).await;
        assert_eq!(watches(&ben, &evening).await, Err("INVALID_STATE".into()), "there is none yet");
        assert_eq!(watches(&mira, &evening).await, Err("INVALID_STATE".into()));
        assert_eq!(ben.is_refused(REPLAY_SET, set.clone()).await[0].code, "NOT_FOUND");

        assert_eq!(mira.does(REPLAY_SET, set.clone()).await["session"]["replay"]["id"], film);
        mira.does(REPLAY_SET, set.clone()).await;
        market.settles().await;
        let grant = watches(&ben, &evening).await.unwrap();
        let (status, kind, bytes) = ben.anonymously().reads(&grant["manifestUrl"], None).await;
        assert_eq!((status, kind.as_str(), bytes.as_slice()), (200, "video/mp4", FILM));
        assert_eq!((&grant["resumeAtSeconds"], &grant["protocol"]), (&json!(0), &json!("PROGRESSIVE")));
        watches(&mira, &evening).await.unwrap();
        for (person, code) in [(&ann, "NOT_ALLOWED"), (&eve, "NOT_FOUND"), (&ben.anonymously(), "NOT_FOUND")] {
            assert_eq!(watches(person, &evening).await, Err(code.into()), "{}", person.name);
            assert!(!is_shown(person, &evening).await, "{}", person.name);
        }
        assert!(is_shown(&ben, &evening).await && is_shown(&mira, &evening).await);
        assert_eq!(ben.session(&evening.session).await["replay"]["filename"], Value::Null, "the studio's own affair");
        assert_eq!(mira.session(&evening.session).await["replay"]["filename"], "file");
        let unpublish = "mutation($id: ID!) { offeringUnpublish(id: $id) { offering { status } userErrors { code path message } } }";
        mira.does(unpublish, json!({ "id": evening.workshop })).await;
        let page = json!({ "slug": { "creatorHandle": "mira", "slug": "ink" } });
        let seen = async |person: &Person| person.sees(PAGE, json!({ "by": page })).await["workshop"].clone();
        assert_eq!(seen(&ben).await["sessions"]["nodes"][0]["replay"]["id"], film, "their page is still there");
        assert_eq!(seen(&eve).await, Value::Null);
        let counted = [&ben, &ann, &eve].map(Person::told_of_recordings);
        assert_eq!(counted, [1, 0, 0]);
        let letter = market.mail().messages(Some(&ben.email))[0].clone();
        assert_eq!(letter.subject, "The recording: Ink");
        assert!(letter.text.contains("/@mira/ink"), "{}", letter.text);

        // Ann was there after all; then the host corrects that again.
        let seat = ann.seat(&evening.session).await;
        mira.does(MARK, json!({ "id": evening.session, "seats": [seat], "attended": true })).await;
        mira.does(MARK, json!({ "id": evening.session, "seats": [seat], "attended": true })).await;
        market.settles().await;
        let grant = watches(&ann, &evening).await.unwrap();
        assert_eq!((ben.told_of_recordings(), ann.told_of_recordings()), (1, 1));
        mira.does(MARK, json!({ "id": evening.session, "seats": [seat], "attended": false })).await;
        assert_eq!(ann.is_refused(RENEW, json!({ "id": grant["id"] })).await[0].code, "NOT_ALLOWED");
        assert!(!is_shown(&ann, &evening).await);

        let used = mira.is_refused(DELETE, json!({ "id": film })).await;
        assert_eq!((used[0].code.as_str(), used[0].path.as_str()), ("ASSET_IN_USE", "id"));
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": null })).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": null })).await;
        assert_eq!(watches(&ben, &evening).await, Err("INVALID_STATE".into()));
        mira.does(DELETE, json!({ "id": film })).await;
        let again = studio_of(&studio, &mira).uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": again })).await;
        market.settles().await;
        watches(&ben, &evening).await.unwrap();
        assert_eq!((ben.told_of_recordings(), ann.told_of_recordings()), (1, 1), "once is once");
    }

    async fn thirty_days_are_the_same_for_everybody(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        studio.shows_replays(&evening.workshop, "DAYS_30").await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.buys_seat(&evening).await;
        ann.buys_seat(&evening).await;
        // Given away to an address that nobody has proven yet.
        let given = json!({ "id": ann.seat(&evening.session).await, "email": "zoe@example.com", "key": ann.new_key() });
        ann.does(TRANSFER, given).await;
        let [ben, ann, mira] = later(&market, Duration::days(15), [&ben, &ann, &mira]).await;
        let studio = studio_of(&studio, &mira);
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        let set_at = market.app().now();
        market.settles().await;
        watches(&ben, &evening).await.unwrap();
        assert_eq!(watches(&ann, &evening).await, Err("NOT_FOUND".into()), "it is no longer hers");
        let zoe = market.stranger("Zoe");
        assert_eq!((zoe.told_of_recordings(), ann.told_of_recordings()), (1, 0));
        let letter = market.mail().messages(Some(&zoe.email))[0].clone();
        assert!(letter.text.contains("You can watch it until ") && letter.text.contains("Sign in or sign up"), "{}", letter.text);

        // A better file does not begin the thirty days anew.
        let [ben, mira] = later(&market, Duration::days(29), [&ben, &mira]).await;
        let better = studio_of(&studio, &mira).uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": better })).await;
        let zoe = market.person("Zoe").await;
        market.settles().await;
        watches(&zoe, &evening).await.unwrap();
        market.app().clock.advance(set_at + Duration::days(30) - Duration::minutes(10) - market.app().now());
        let (ben, mira) = (ben.comes_back().await, mira.comes_back().await);
        let last = watches(&ben, &evening).await.unwrap();
        let ends: DateTime<Utc> = text(&last["expiresAt"]).parse().unwrap();
        assert!(ends <= set_at + Duration::days(30), "a grant never outlasts the right");
        market.passes(Duration::minutes(11)).await;
        assert_eq!(ben.is_refused(RENEW, json!({ "id": last["id"] })).await[0].code, "LESSON_LOCKED");
        assert_eq!(watches(&ben, &evening).await, Err("LESSON_LOCKED".into()));
        assert!(!is_shown(&ben, &evening).await);
        watches(&mira, &evening).await.unwrap();
        studio_of(&studio, &mira).shows_replays(&evening.workshop, "FOREVER").await;
        watches(&ben, &evening).await.unwrap();
        market.passes(Duration::minutes(10)).await;
        assert_eq!((ben.told_of_recordings(), zoe.told_of_recordings()), (1, 1));
    }

    async fn a_policy_that_opens_later_tells_them_then(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        studio.shows_replays(&evening.workshop, "NONE").await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.buys_seat(&evening).await;
        let order = ann.buys_seat(&evening).await;
        let [ben, ann, mira] = later(&market, Duration::days(11), [&ben, &ann, &mira]).await;
        let studio = studio_of(&studio, &mira);
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        market.passes(Duration::minutes(6)).await;
        assert_eq!((watches(&ben, &evening).await, is_shown(&ben, &evening).await), (Err("INVALID_STATE".into()), false));
        assert_eq!(ben.told_of_recordings(), 0);
        mira.gives_back(&order, None, true).await;
        studio.shows_replays(&evening.workshop, "FOREVER").await;
        watches(&ben, &evening).await.unwrap();
        market.passes(Duration::minutes(6)).await;
        market.passes(Duration::minutes(6)).await;
        assert_eq!((ben.told_of_recordings(), ann.told_of_recordings()), (1, 0), "her money went back");
        let (ben, ann) = (ben.comes_back().await, ann.comes_back().await);
        assert_eq!(watches(&ann, &evening).await, Err("NOT_FOUND".into()));
        market.db_runs("UPDATE offerings SET status = 'TAKEN_DOWN' WHERE kind = 'WORKSHOP'").await;
        market.db_runs("DELETE FROM search_documents WHERE kind = 'WORKSHOP'").await;
        assert_eq!(watches(&ben, &evening).await, Err("NOT_FOUND".into()), "the platform has closed it");
        assert!(!is_shown(&ben, &evening).await);
    }

    async fn a_recording_becomes_a_lesson_of_a_draft_course(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", free(), 10).await;
        studio.shows_replays(&evening.workshop, "FOREVER").await;
        let (ben, eve, olga) = (market.person("Ben").await, market.person("Eve").await, market.person("Olga").await);
        ben.takes_seat(&evening).await;
        let [ben, eve, olga, mira] = later(&market, Duration::days(11), [&ben, &eve, &olga, &mira]).await;
        let studio = studio_of(&studio, &mira);
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;

        let course = studio.drafts("Ink at home").await;
        let section = studio.adds_section(&course, "The evening").await;
        let lesson = studio.adds_lesson(&section, json!({ "title": "As it was" })).await;
        let set = studio.sets_content(&lesson, json!({ "videoAssetId": film })).await;
        assert_eq!(set["kind"], "VIDEO");
        let plays = async |person: &Person| person.asks(PLAY, json!({ "input": { "lessonId": lesson } })).await;
        assert_eq!(plays(&eve).await.refusals()[0].code, "NOT_FOUND", "a draft is nobody else's");
        let hers = olga.opens_studio("olga").await;
        let other = hers.adds_section(&hers.drafts("Oil").await, "One").await;
        let other = hers.adds_lesson(&other, json!({ "title": "Stolen" })).await;
        let refused = olga.is_refused(
            "mutation($id: ID!, $film: ID!) { lessonContentSet(id: $id, content: { videoAssetId: $film }) {
                lesson { id } userErrors { code path message } } }", json!({ "id": other, "film": film })).await;
        assert_eq!(refused[0].code, "NOT_FOUND", "another creator's film");

        // It has a price of its own; who had the seat still watches it as the recording.
        let price = studio.prices(&course, euros(1500)).await;
        studio.publishes(&course).await;
        eve.purchases(crate::support::basket(&[&price])).await;
        let grant = plays(&eve).await.data()["playbackGrantCreate"]["grant"].clone();
        let (status, _, bytes) = eve.anonymously().reads(&grant["manifestUrl"], None).await;
        assert_eq!((status, bytes.as_slice()), (200, FILM));
        assert_eq!(watches(&eve, &evening).await, Err("NOT_FOUND".into()), "a lesson is no seat");
        watches(&ben, &evening).await.unwrap();
        assert_eq!(plays(&ben).await.refusals()[0].code, "NOT_ENROLLED", "nor is a seat a lesson");

        // Each use alone keeps the file.
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": null })).await;
        assert_eq!(mira.is_refused(DELETE, json!({ "id": film })).await[0].code, "ASSET_IN_USE");
        assert!(plays(&eve).await.refusals().is_empty());
    }

    async fn a_recording_is_a_film_of_the_creator_of_what_took_place(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 10).await;
        let other = studio.sets_date(&evening.workshop, 10, Some(3)).await;
        let off = studio.sets_date(&evening.workshop, 12, Some(3)).await;
        let ben = market.person("Ben").await;
        ben.buys_seat(&evening).await;
        mira.does(CALL_OFF, json!({ "id": off, "reason": "A cold.", "key": mira.new_key() })).await;
        let [ben, mira] = later(&market, Duration::days(11), [&ben, &mira]).await;
        let studio = studio_of(&studio, &mira);
        let theirs = ben.opens_studio("ben").await.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let picture = studio.uploads("COVER", "image/png", PICTURE).await;
        for (session, asset, code, path) in [
            (&evening.session, &theirs, "NOT_FOUND", "assetId"),
            (&evening.session, &picture, "UNSUPPORTED_MEDIA", "assetId"),
            (&evening.session, &"ast_0".to_owned(), "INVALID_ID", "assetId"),
            (&off, &film, "SESSION_CANCELLED", "sessionId"),
        ] {
            let refused = mira.is_refused(REPLAY_SET, json!({ "id": session, "asset": asset })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{refused:?}");
        }
        mira.does(REPLAY_SET, json!({ "id": evening.session, "asset": film })).await;
        let nobody = Evening { session: other, ..evening.clone() };
        assert_eq!(watches(&ben, &nobody).await, Err("NOT_FOUND".into()), "a seat opens its own date alone");
        let start = (market.app().now() + Duration::days(7)).format("%Y-%m-%dT%H:%M").to_string();
        let to = json!({ "id": evening.session, "start": start, "zone": "UTC", "note": null });
        assert_eq!(mira.is_refused(RESCHEDULE, to).await[0].code, "SESSION_STARTED", "what has a recording stays where it is");
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM events WHERE kind = 'session.replay_set'").await, 1);
    }
}

/// The same studio, its owner signed in anew.
fn studio_of(studio: &Studio, owner: &Person) -> Studio {
    Studio { owner: owner.clone(), ..studio.clone() }
}
