//! What the room learning refuses: progress and playback of who may not, events that make no sense.

use serde_json::{Value, json};

use crate::support::{FILM, Made, Market, PLAY, Person, SHEET, Studio, euros, story, text};

const COMPLETE: &str =
    "mutation($id: ID!) { lessonComplete(lessonId: $id) { lesson { id } userErrors { code path message } } }";
const REOPEN: &str =
    "mutation($id: ID!) { lessonReopen(lessonId: $id) { lesson { id } userErrors { code path message } } }";
const SYNC: &str = "mutation($events: [ProgressEventInput!]!) { progressSync(events: $events) {
    acceptedEventIds enrollments { id } userErrors { code path message } } }";
const DOWNLOAD: &str = "mutation($lesson: ID!, $attachment: ID!) { downloadGrantCreate(lessonId: $lesson, attachmentId: $attachment) {
    url expiresAt userErrors { code path message } } }";
const FILES: &str =
    "query($id: ID!) { lesson(id: $id) { content { ... on DownloadContent { attachments { id title } } } } }";

async fn course(market: &Market) -> (Studio, Made, Person) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let made = studio.sells("Bread", euros(900)).await;
    let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
    let sheet = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
    studio.sets_content(&made.lessons[0], json!({ "videoAssetId": film })).await;
    studio.sets_content(&made.lessons[1], json!({ "downloadAssetIds": [sheet] })).await;
    (studio, made, market.person("Ben").await)
}

fn event(market: &Market, number: u8, lesson: &str, change: Value) -> Value {
    let mut event = json!({ "eventId": format!("00000000-0000-4000-8000-0000000000{number:02}"), "lessonId": lesson,
        "kind": "STARTED", "occurredAt": market.app().now().to_rfc3339() });
    change.as_object().unwrap().iter().for_each(|(name, value)| event[name] = value.clone());
    event
}

story! {
    async fn only_who_may_learn_makes_progress_or_plays(market) {
        let (_, made, ben) = course(&market).await;
        let lesson = &made.lessons[0];
        let nobody = ben.anonymously();
        for document in [COMPLETE, REOPEN] {
            let refused = ben.is_refused(document, json!({ "id": lesson })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ENROLLED", "lessonId"));
            assert_eq!(nobody.asks(document, json!({ "id": lesson })).await.error_code(), "UNAUTHENTICATED");
            let wrong = ben.is_refused(document, json!({ "id": made.course })).await;
            assert_eq!(wrong[0].code, "INVALID_ID");
            let missing = ben.is_refused(document, json!({ "id": "lsn_0000000000000000000000" })).await;
            assert_eq!((missing[0].code.as_str(), missing[0].path.as_str()), ("NOT_FOUND", "lessonId"));
        }
        for person in [&ben, &nobody] {
            let refused = person.is_refused(PLAY, json!({ "input": { "lessonId": lesson } })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ENROLLED", "input.lessonId"));
        }
        let right = ben.db_enrolls(&made.course).await.expect("a new right");
        ben.plays(lesson).await;
        ben.does(COMPLETE, json!({ "id": lesson })).await;
        ben.db_loses(right).await;
        let refused = ben.is_refused(PLAY, json!({ "input": { "lessonId": lesson } })).await;
        assert_eq!(refused[0].code, "LESSON_LOCKED");
        assert_eq!(ben.is_refused(COMPLETE, json!({ "id": lesson })).await[0].code, "LESSON_LOCKED");
        ben.db_enrolls(&made.course).await.expect("the right again");
        ben.plays(lesson).await;
    }

    async fn a_preview_plays_for_everybody_and_counts_for_nobody(market) {
        let (studio, made, ben) = course(&market).await;
        let update = "mutation($id: ID!) { lessonUpdate(id: $id, input: { isPreview: true }) { lesson { id } userErrors { code path message } } }";
        studio.owner.does(update, json!({ "id": made.lessons[0] })).await;
        let grant = ben.anonymously().plays(&made.lessons[0]).await;
        let (status, _, bytes) = ben.anonymously().reads(&grant["manifestUrl"], Some("bytes=0-3")).await;
        assert_eq!((status, bytes.as_slice()), (206, &FILM[..4]));
        assert_eq!(ben.is_refused(COMPLETE, json!({ "id": made.lessons[0] })).await[0].code, "NOT_ENROLLED");
    }

    async fn a_draft_does_not_exist_for_strangers(market) {
        let (studio, _, ben) = course(&market).await;
        let draft = studio.drafts("Secret").await;
        let section = studio.adds_section(&draft, "One").await;
        let lesson = studio.adds_lesson(&section, json!({ "title": "Hidden", "isPreview": true })).await;
        let refused = ben.is_refused(PLAY, json!({ "input": { "lessonId": lesson } })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "input.lessonId"));
        let events = json!([event(&market, 1, &lesson, json!({}))]);
        assert_eq!(ben.is_refused(SYNC, json!({ "events": events })).await[0].code, "NOT_FOUND");
    }

    async fn each_event_stands_for_itself(market) {
        let (studio, made, ben) = course(&market).await;
        let other = studio.sells("Cake", euros(900)).await;
        ben.db_enrolls(&made.course).await.expect("a new right");
        let lesson = &made.lessons[0];
        let events = json!([
            event(&market, 1, lesson, json!({})),
            event(&market, 2, "nonsense", json!({})),
            event(&market, 3, &other.lessons[0], json!({})),
            event(&market, 4, lesson, json!({ "kind": "POSITION" })),
            event(&market, 5, lesson, json!({ "positionSeconds": -1 })),
            event(&market, 6, lesson, json!({ "watchedSeconds": 700_000 })),
            event(&market, 7, "lsn_0000000000000000000000", json!({})),
            event(&market, 8, lesson, json!({ "kind": "POSITION", "positionSeconds": 5 })),
        ]);
        let answer = ben.asks(SYNC, json!({ "events": events })).await;
        let mut refused: Vec<_> = answer.refusals().into_iter().map(|one| (one.path, one.code)).collect();
        refused.sort();
        let expected = [
            ("events.1.lessonId", "INVALID_ID"), ("events.2.lessonId", "NOT_ENROLLED"),
            ("events.3.positionSeconds", "REQUIRED"), ("events.4.positionSeconds", "OUT_OF_RANGE"),
            ("events.5.watchedSeconds", "OUT_OF_RANGE"), ("events.6.lessonId", "NOT_FOUND"),
        ];
        assert_eq!(refused, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
        let accepted = &answer.data()["progressSync"]["acceptedEventIds"];
        assert_eq!(accepted, &json!([events[0]["eventId"], events[7]["eventId"]]));
        assert_eq!(ben.anonymously().asks(SYNC, json!({ "events": [] })).await.error_code(), "UNAUTHENTICATED");
    }

    async fn a_lessons_files_are_saved_by_who_may_learn_it(market) {
        let (_, made, ben) = course(&market).await;
        let lesson = &made.lessons[1];
        ben.db_enrolls(&made.course).await.expect("a new right");
        let files = ben.sees(FILES, json!({ "id": lesson })).await["lesson"]["content"]["attachments"].clone();
        let given = ben.does(DOWNLOAD, json!({ "lesson": lesson, "attachment": files[0]["id"] })).await;
        let answer = market.http().get(text(&given["url"])).send().await.unwrap();
        let saved = answer.headers().get("content-disposition").unwrap().to_str().unwrap().to_owned();
        assert!(saved.starts_with("attachment"), "{saved}");
        assert_eq!(answer.bytes().await.unwrap().as_ref(), SHEET);
        let elsewhere = json!({ "lesson": made.lessons[0], "attachment": files[0]["id"] });
        let refused = ben.is_refused(DOWNLOAD, elsewhere).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "attachmentId"));
        let zoe = market.person("Zoe").await;
        let refused = zoe.is_refused(DOWNLOAD, json!({ "lesson": lesson, "attachment": files[0]["id"] })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ENROLLED", "lessonId"));
    }
}
