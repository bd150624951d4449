//! A learner goes through a course: watching, finishing, coming back, sometimes offline.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::support::{FILM, Made, Market, Person, SHEET, Studio, euros, story, text};

const LIBRARY: &str = "query($filter: LibraryFilter, $first: Int, $after: String) { viewer { library(filter: $filter, first: $first, after: $after) {
    nodes { id state offering { id title creator { handle } } progress { completedLessons totalLessons percentBasisPoints lastActivityAt }
        nextLesson { id title } }
    pageInfo { hasNextPage endCursor } } } }";
const COMPLETE: &str = "mutation($id: ID!) { lessonComplete(lessonId: $id) {
    lesson { id viewerProgress { state completedAt } }
    enrollment { state progress { completedLessons percentBasisPoints } nextLesson { id } } userErrors { code path message } } }";
const REOPEN: &str = "mutation($id: ID!) { lessonReopen(lessonId: $id) {
    lesson { viewerProgress { state completedAt } } userErrors { code path message } } }";
const SYNC: &str = "mutation($events: [ProgressEventInput!]!) { progressSync(events: $events) {
    acceptedEventIds enrollments { id progress { completedLessons } } userErrors { code path message } } }";
const PROGRESS: &str = "query($id: ID!) { lesson(id: $id) { viewerProgress { state positionSeconds watchedSeconds completedAt updatedAt } } }";

/// A course whose first lesson is a film, and who may learn it.
async fn course(market: &Market) -> (Studio, Made, Person) {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let made = studio.sells("Bread", euros(900)).await;
    let film = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
    studio.sets_content(&made.lessons[0], json!({ "videoAssetId": film })).await;
    let ben = market.person("Ben").await;
    ben.db_enrolls(&made.course).await.expect("a new right");
    (studio, made, ben)
}

fn event(
    market: &Market,
    number: u8,
    lesson: &str,
    kind: &str,
    minutes_ago: i64,
    position: Option<i32>,
) -> Value {
    let at = market.app().now() - Duration::minutes(minutes_ago);
    json!({ "eventId": format!("00000000-0000-4000-8000-0000000000{number:02}"), "lessonId": lesson, "kind": kind,
        "positionSeconds": position, "watchedSeconds": position,
        "occurredAt": at.to_rfc3339_opts(SecondsFormat::Micros, true) })
}

fn instant(value: &Value) -> DateTime<Utc> {
    text(value).parse().unwrap()
}

async fn only(ben: &Person) -> Value {
    ben.sees(LIBRARY, json!({})).await["viewer"]["library"]["nodes"][0].clone()
}

const OFFLINE: &str =
    "query { viewer { library { nodes { id offlineManifest { lesson { id } byteSize allowedUntil } } } } }";
const GRANT: &str = "mutation($id: ID!) { playbackGrantCreate(input: { lessonId: $id }) {
    grant { id offlineUntil } userErrors { code path message } } }";

story! {
    async fn a_device_is_told_what_it_may_keep_how_much_that_is_and_until_when(market) {
        let (studio, made, ben) = course(&market).await;
        let sheet = studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        studio.sets_content(&made.lessons[2], json!({ "downloadAssetIds": [sheet] })).await;
        let item = |node: &Value, at: usize| node["viewer"]["library"]["nodes"][0]["offlineManifest"][at].clone();
        let seen = ben.sees(OFFLINE, json!({})).await;
        let words = "The second secret of Mastery.".len();
        let sizes = [FILM.len(), words - 1, SHEET.len(), words];
        for (at, size) in sizes.into_iter().enumerate() {
            assert_eq!(item(&seen, at)["lesson"]["id"], json!(made.lessons[at]));
            assert_eq!(item(&seen, at)["byteSize"], size, "{at}");
        }
        let days = |until: &Value| (instant(until) - market.app().now()).num_hours().div_euclid(24);
        assert_eq!(days(&item(&seen, 0)["allowedUntil"]), 29, "a month, less a moment");
        let grant = ben.does(GRANT, json!({ "id": made.lessons[0] })).await["grant"].clone();
        assert_eq!(days(&grant["offlineUntil"]), 29);
        let hers = studio.owner.does(GRANT, json!({ "id": made.lessons[0] })).await["grant"].clone();
        assert!(hers["offlineUntil"].is_null(), "who only looks in keeps nothing");
        let right = text(&seen["viewer"]["library"]["nodes"][0]["id"]);
        assert!(ben.db_loses(right.parse().unwrap()).await);
        let kept = "query($id: ID!) { node(id: $id) { ... on Enrollment { offlineManifest { byteSize } } } }";
        assert_eq!(ben.sees(kept, json!({ "id": right })).await["node"]["offlineManifest"], json!([]), "it is over");
    }

    async fn ben_finishes_a_course_lesson_by_lesson(market) {
        let (_, made, ben) = course(&market).await;
        let begun = only(&ben).await;
        assert_eq!(begun["state"], "ACTIVE");
        assert_eq!(begun["offering"], json!({ "id": made.course, "title": "Bread", "creator": { "handle": "mira" } }));
        assert_eq!(begun["nextLesson"]["id"], json!(made.lessons[0]));
        assert_eq!(begun["progress"], json!({ "completedLessons": 0, "totalLessons": 4, "percentBasisPoints": 0, "lastActivityAt": null }));
        for (at, lesson) in made.lessons.iter().enumerate() {
            let done = ben.does(COMPLETE, json!({ "id": lesson })).await;
            assert_eq!(done["lesson"]["viewerProgress"]["state"], "COMPLETED");
            assert_eq!(done["enrollment"]["progress"]["completedLessons"], at + 1);
            assert_eq!(done["enrollment"]["nextLesson"]["id"], json!(made.lessons.get(at + 1)));
        }
        let again = ben.does(COMPLETE, json!({ "id": made.lessons[0] })).await;
        assert_eq!(again["enrollment"]["state"], "COMPLETED");
        assert_eq!(again["enrollment"]["progress"], json!({ "completedLessons": 4, "percentBasisPoints": 10_000 }));
        market.is_sound().await;

        for _ in 0..2 {
            let open = ben.does(REOPEN, json!({ "id": made.lessons[2] })).await;
            assert_eq!(open["lesson"]["viewerProgress"], json!({ "state": "IN_PROGRESS", "completedAt": null }));
        }
        let now = only(&ben).await;
        assert_eq!(now["state"], "ACTIVE");
        assert_eq!(now["nextLesson"]["id"], json!(made.lessons[2]));
        assert_eq!(now["progress"]["percentBasisPoints"], 7_500);
    }

    async fn a_player_goes_on_where_it_stood(market) {
        let (studio, made, ben) = course(&market).await;
        assert_eq!(ben.plays(&made.lessons[0]).await["resumeAtSeconds"], 0);
        ben.does(SYNC, json!({ "events": [event(&market, 1, &made.lessons[0], "POSITION", 1, Some(42))] })).await;
        let grant = ben.plays(&made.lessons[0]).await;
        assert_eq!(grant["resumeAtSeconds"], 42);
        let (status, kind, bytes) = ben.anonymously().reads(&grant["manifestUrl"], None).await;
        assert_eq!((status, kind.as_str()), (200, "video/mp4"));
        assert!(bytes == FILM);
        assert_eq!(studio.owner.plays(&made.lessons[0]).await["resumeAtSeconds"], 0, "the team may watch too");
        let text = ben.is_refused(crate::support::PLAY, json!({ "input": { "lessonId": made.lessons[1] } })).await;
        assert_eq!(text[0].code, "INVALID_STATE");
    }

    async fn what_happened_offline_counts_once_and_in_its_order(market) {
        let (_, made, ben) = course(&market).await;
        let lesson = &made.lessons[0];
        let events = json!([
            event(&market, 1, lesson, "POSITION", 10, Some(120)),
            event(&market, 2, lesson, "COMPLETED", 30, None),
            event(&market, 3, lesson, "POSITION", 20, Some(300)),
            event(&market, 4, &made.lessons[1], "STARTED", -600, None),
        ]);
        for _ in 0..2 {
            let synced = ben.does(SYNC, json!({ "events": events })).await;
            assert_eq!(synced["acceptedEventIds"].as_array().unwrap().len(), 4);
            assert_eq!(synced["enrollments"][0]["progress"]["completedLessons"], 1);
        }
        let seen = ben.sees(PROGRESS, json!({ "id": lesson })).await["lesson"]["viewerProgress"].clone();
        assert_eq!((&seen["state"], &seen["positionSeconds"], &seen["watchedSeconds"]), (&json!("COMPLETED"), &json!(120), &json!(300)));
        assert_eq!(instant(&seen["completedAt"]), instant(&events[1]["occurredAt"]));
        let started = ben.sees(PROGRESS, json!({ "id": made.lessons[1] })).await["lesson"]["viewerProgress"].clone();
        assert!(instant(&started["updatedAt"]) <= market.app().now(), "a clock that runs ahead is not believed");

        ben.does(REOPEN, json!({ "id": lesson })).await;
        ben.does(SYNC, json!({ "events": [event(&market, 5, lesson, "COMPLETED", 5, None)] })).await;
        let seen = ben.sees(PROGRESS, json!({ "id": lesson })).await["lesson"]["viewerProgress"].clone();
        assert_eq!(seen["state"], "IN_PROGRESS", "it was finished before it was reopened");
    }

    async fn two_devices_at_once_lose_nothing(market) {
        let (_, made, ben) = course(&market).await;
        let send = |number: u8, lesson: usize| {
            let events = json!({ "events": [event(&market, number, &made.lessons[lesson], "COMPLETED", 1, None)] });
            let ben = ben.clone();
            async move { ben.does(SYNC, events).await }
        };
        tokio::join!(send(1, 0), send(2, 1), send(3, 2), send(1, 0));
        assert_eq!(only(&ben).await["progress"]["completedLessons"], 3);
    }

    async fn a_library_costs_four_statements_whatever_its_length(market) with ("KEPT_ROWS" = "no") {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ben = market.person("Ben").await;
        let mut courses = Vec::new();
        for title in ["Bread", "Cake", "Pie"] {
            let made = studio.sells(title, euros(900)).await;
            ben.db_enrolls(&made.course).await.expect("a new right");
            courses.push(made);
        }
        let alone = json!({ "first": 1 });
        let (_, signed_in) = market.statements(ben.sees("{ viewer { id } }", json!({}))).await;
        assert_eq!(signed_in, 1, "who asks is one statement");
        let (one, few) = market.statements(ben.sees(LIBRARY, alone)).await;
        let (three, many) = market.statements(ben.sees(LIBRARY, json!({}))).await;
        assert_eq!(few, many, "the length does not matter");
        assert!(many - signed_in <= 4, "{} statements", many - signed_in);
        let page = &one["viewer"]["library"];
        assert_eq!(page["nodes"][0]["offering"]["title"], "Pie", "the newest first");
        assert_eq!(three["viewer"]["library"]["nodes"].as_array().unwrap().len(), 3);
        let next = ben.sees(LIBRARY, json!({ "first": 1, "after": page["pageInfo"]["endCursor"] })).await;
        assert_eq!(next["viewer"]["library"]["nodes"][0]["offering"]["title"], "Cake");

        for lesson in &courses[0].lessons {
            ben.does(COMPLETE, json!({ "id": lesson })).await;
        }
        let titles = |filter: Value| {
            let ben = ben.clone();
            async move {
                let seen = ben.sees(LIBRARY, json!({ "filter": filter })).await;
                let nodes = seen["viewer"]["library"]["nodes"].as_array().unwrap().clone();
                nodes.iter().map(|one| text(&one["offering"]["title"])).collect::<Vec<_>>()
            }
        };
        assert_eq!(titles(json!({ "states": ["COMPLETED"] })).await, ["Bread"]);
        assert_eq!(titles(json!({ "states": ["ACTIVE"], "kinds": ["COURSE"] })).await, ["Pie", "Cake"]);
        assert_eq!(titles(json!({ "search": "CAKE" })).await, ["Cake"]);
        assert!(titles(json!({ "states": ["EXPIRED", "REVOKED"] })).await.is_empty());
    }

    async fn learners_keep_what_they_have_when_a_course_leaves_the_shop(market) {
        let (studio, made, ben) = course(&market).await;
        let unpublish = "mutation($id: ID!) { offeringUnpublish(id: $id) { offering { status } userErrors { code path message } } }";
        studio.owner.does(unpublish, json!({ "id": made.course })).await;
        assert_eq!(only(&ben).await["nextLesson"]["id"], json!(made.lessons[0]));
        ben.plays(&made.lessons[0]).await;
        ben.does(COMPLETE, json!({ "id": made.lessons[0] })).await;
    }

    async fn a_lesson_that_is_taken_out_is_not_counted_any_more(market) {
        let (studio, made, ben) = course(&market).await;
        for lesson in &made.lessons[..2] {
            ben.does(COMPLETE, json!({ "id": lesson })).await;
        }
        let delete = "mutation($id: ID!) { lessonDelete(id: $id) { deletedId userErrors { code path message } } }";
        studio.owner.does(delete, json!({ "id": made.lessons[0] })).await;
        let progress = only(&ben).await["progress"].clone();
        assert_eq!((&progress["completedLessons"], &progress["totalLessons"]), (&json!(1), &json!(3)));
        assert_eq!(only(&ben).await["nextLesson"]["id"], json!(made.lessons[2]));
    }
}
