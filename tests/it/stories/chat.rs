//! What is said in the room of a live session, and who hears it.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    CALL_OFF, Evening, Heard, MUTE, Market, Person, REACT, RULE, SAY, Studio, UNSAY, WAIT, euros, story, text,
};

/// A studio, an open room, and a host and two guests in it.
pub(super) async fn room(market: &Market) -> (Studio, Evening, String, Person, Person) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.opens_room().await;
    let (ben, ann) = (market.guest("Ben", &evening).await, market.guest("Ann", &evening).await);
    let room = ben.room_of(&evening.session).await;
    (studio, evening, room, ben, ann)
}

async fn refused(person: &Person, document: &str, variables: Value) -> (String, Value) {
    let answer = person.asks(document, variables).await;
    let payload = answer.data().as_object().unwrap().values().next().unwrap().clone();
    (text(&payload["userErrors"][0]["code"]), payload["userErrors"][0]["retryAfterSeconds"].clone())
}

story! {
    async fn one_writes_and_the_others_read_it_live(market) {
        let (studio, _, room, ben, ann) = room(&market).await;
        assert_eq!(ann.room(&room).await["lastSequence"], 0, "a room in which nothing has happened");
        ben.says(&room, "Hello!").await;
        let mut heard = ann.follows_room(&room, Some(0)).await.has_begun(1).await;

        let question = ben.says(&room, " Which ink do we need?\nBlack? ").await;
        assert_eq!((&question["sequence"], &question["isHost"]), (&json!(2), &json!(false)));
        let said = heard.happens().await;
        assert_eq!((&said["__typename"], &said["sequence"]), (&json!("ChatMessageAdded"), &json!(2)));
        let message = &said["message"];
        assert_eq!(message["body"], "Which ink do we need?\nBlack?");
        assert_eq!((&message["author"]["displayName"], &message["clientMessageId"]), (&json!("Ben"), &Value::Null));
        assert_eq!(message["reactions"], json!([]));

        let answer = studio.owner.answers(&room, &question, "Any ink will do.").await;
        let said = heard.happens().await;
        assert_eq!((&said["message"]["isHost"], &said["message"]["replyTo"]["id"]), (&json!(true), &question["id"]));

        let vote = |on: bool| json!({ "id": question["id"], "emoji": "👍", "on": on });
        ann.does(REACT, vote(true)).await;
        let votes = ben.does(REACT, vote(true)).await;
        assert_eq!(votes["reactions"], json!([{ "emoji": "👍", "count": 2, "viewerReacted": true }]));
        ben.does(REACT, vote(true)).await;
        let first = heard.happens().await;
        assert_eq!(first["reactions"][0]["viewerReacted"], true);
        let second = heard.happens().await;
        assert_eq!((&second["sequence"], &second["reactions"][0]["count"]), (&json!(5), &json!(2)));
        ben.does(REACT, vote(false)).await;
        assert_eq!(heard.happens().await["reactions"], json!([{ "emoji": "👍", "count": 1, "viewerReacted": true }]));

        ben.does(UNSAY, json!({ "id": question["id"] })).await;
        ben.does(UNSAY, json!({ "id": question["id"] })).await;
        let gone = heard.happens().await;
        assert_eq!((&gone["__typename"], &gone["messageId"]), (&json!("ChatMessageRemoved"), &question["id"]));
        ben.says(&room, "Next.").await;
        assert_eq!(heard.happens().await["sequence"], 8, "what was asked for twice was told once");
        let left = ann.reads_room(&room, 10).await;
        assert_eq!(left.iter().map(|one| text(&one["body"])).collect::<Vec<_>>(), ["Hello!", "Any ink will do.", "Next."]);
        assert_eq!((&left[1]["id"], &left[1]["replyTo"]), (&answer["id"], &Value::Null));
        let node = ann.sees("query($id: ID!) { node(id: $id) { id } }", json!({ "id": question["id"] })).await;
        assert_eq!(node["node"], Value::Null);
        let left = market.db_mentions("Which ink").await;
        assert!(left.is_empty(), "the words are gone: {left:?}");
    }

    async fn a_page_goes_forward_and_back(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        for n in 1..=7 {
            ben.says(&room, &format!("{n}")).await;
        }
        let document = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { chatRoom(id: $id) {
            messages(first: $first, after: $after, last: $last, before: $before) { nodes { body }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
        let page = async |asked: Value| {
            let mut variables = asked;
            variables["id"] = json!(room);
            let page = ann.sees(document, variables).await["chatRoom"]["messages"].clone();
            let bodies: String = page["nodes"].as_array().unwrap().iter().map(|one| text(&one["body"])).collect();
            let more = (page["pageInfo"]["hasPreviousPage"] == true, page["pageInfo"]["hasNextPage"] == true);
            (bodies, more, page["pageInfo"].clone())
        };
        let (bodies, more, newest) = page(json!({ "last": 3 })).await;
        assert_eq!((bodies.as_str(), more), ("567", (true, false)));
        let (bodies, more, older) = page(json!({ "last": 3, "before": newest["startCursor"] })).await;
        assert_eq!((bodies.as_str(), more), ("234", (true, false)));
        let (bodies, more, _) = page(json!({ "last": 3, "before": older["startCursor"] })).await;
        assert_eq!((bodies.as_str(), more), ("1", (false, false)));
        let (bodies, more, first) = page(json!({ "first": 4 })).await;
        assert_eq!((bodies.as_str(), more), ("1234", (false, true)));
        assert_eq!(page(json!({ "after": first["endCursor"] })).await.0, "567");
        let between = json!({ "after": older["startCursor"], "before": newest["endCursor"], "first": 10 });
        assert_eq!(page(between).await.0, "3456");
    }

    async fn a_stranger_sees_nothing(market) {
        let (studio, evening, room, ben, _) = room(&market).await;
        let message = ben.says(&room, "Between us.").await;
        let eve = market.person("Eve").await;
        assert_eq!(eve.room(&room).await, Value::Null);
        let seen = eve.sees("query($id: ID!, $chm: ID!, $wss: ID!) { node(id: $id) { id } message: node(id: $chm) { id }
            workshopSession(id: $wss) { id chatRoom { id } } }",
            json!({ "id": room, "chm": message["id"], "wss": evening.session })).await;
        assert_eq!((&seen["node"], &seen["message"]), (&Value::Null, &Value::Null));
        assert_eq!((&seen["workshopSession"]["id"], &seen["workshopSession"]["chatRoom"]), (&json!(evening.session), &Value::Null));
        for (document, variables) in [
            (SAY, eve.words(&room, "Let me in.")),
            (UNSAY, json!({ "id": message["id"] })),
            (RULE, json!({ "room": room, "input": { "state": "CLOSED" } })),
            (MUTE, json!({ "room": room, "user": ben.user_id().await, "minutes": 5 })),
            (REACT, json!({ "id": message["id"], "emoji": "👍", "on": true })),
        ] {
            assert_eq!(eve.is_refused(document, variables).await[0].code, "NOT_FOUND", "{document}");
        }
        assert_eq!(eve.follows_room(&room, Some(0)).await.hears().await, Heard::Error("FORBIDDEN".into()));
        let nobody = market.stranger("Nobody");
        assert_eq!(nobody.follows_room(&room, None).await.hears().await, Heard::Error("UNAUTHENTICATED".into()));

        // Neither who waits for a place, nor who has not paid, is there.
        let priced = studio.invites("Oil", euros(2000), 1).await;
        let (ann, cleo) = (market.person("Cleo").await, market.person("Dora").await);
        ann.takes(&ann.is_quoted(crate::support::seat_at(&priced.price, &priced.session)).await).await;
        assert_eq!(ann.seat_status(&priced.session).await.as_deref(), Some("HELD"));
        cleo.does(WAIT, json!({ "id": priced.session })).await;
        for one in [&ann, &cleo] {
            assert_eq!(one.room(&studio.owner.room_of(&priced.session).await).await, Value::Null);
        }
    }

    async fn a_retry_says_nothing_twice(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        let mut words = ben.words(&room, "Once.");
        let sent = join_all((0..6).map(|_| ben.does(SAY, words.clone()))).await;
        assert!(sent.iter().all(|one| one["message"] == sent[0]["message"]), "{sent:#?}");
        assert_eq!(sent[0]["message"]["clientMessageId"], words["input"]["clientMessageId"]);
        // Keys are each author's own.
        let theirs = ann.does(SAY, words.clone()).await;
        assert_ne!(theirs["message"]["id"], sent[0]["message"]["id"]);
        assert_eq!(ben.room(&room).await["lastSequence"], 2);
        ben.does(UNSAY, json!({ "id": sent[0]["message"]["id"] })).await;
        words["input"]["body"] = json!("Again.");
        assert_eq!(ben.is_refused(SAY, words).await[0].code, "INVALID_STATE", "a retry does not bring it back");
    }

    async fn hosts_keep_order(market) {
        let (studio, evening, room, ben, ann) = room(&market).await;
        let host = &studio.owner;
        let mut heard = ann.follows_room(&room, Some(0)).await;
        let rule = async |input: Value| host.does(RULE, json!({ "room": room, "input": input })).await["room"].clone();
        assert_eq!(rule(json!({ "slowModeSeconds": 30 })).await["slowModeSeconds"], 30);
        assert_eq!(heard.happens().await["room"]["slowModeSeconds"], 30);
        ben.says(&room, "First.").await;
        assert_eq!(refused(&ben, SAY, ben.words(&room, "Second.")).await, ("SLOW_MODE".into(), json!(30)));
        ann.says(&room, "Another is not held back by it.").await;
        host.says(&room, "Hosts are not.").await;
        host.says(&room, "Not at all.").await;
        market.app().clock.advance(Duration::seconds(30));
        ben.says(&room, "Second.").await;

        rule(json!({ "state": "HOSTS_ONLY", "slowModeSeconds": 0 })).await;
        assert_eq!(refused(&ben, SAY, ben.words(&room, "May I?")).await.0, "NOT_ALLOWED");
        let question = host.says(&room, "Vote!").await;
        ben.does(REACT, json!({ "id": question["id"], "emoji": "❤", "on": true })).await;
        assert_eq!(ben.room(&room).await["viewerCanPost"], false);
        assert_eq!(host.room(&room).await["viewerCanPost"], true);

        rule(json!({ "state": "OPEN" })).await;
        let mute = json!({ "room": room, "user": ann.user_id().await, "minutes": 10 });
        assert!(host.does(MUTE, mute.clone()).await["mutedUntil"].is_string());
        let silenced = loop {
            let event = heard.happens().await;
            if event["room"]["viewerMutedUntil"].is_string() {
                break event;
            }
        };
        assert_eq!((&silenced["room"]["viewerCanPost"], &silenced["room"]["participantCount"]), (&json!(false), &json!(2)));
        assert_eq!(refused(&ann, SAY, ann.words(&room, "Why?")).await, ("MUTED".into(), json!(600)));
        assert_eq!(refused(&ann, REACT, json!({ "id": question["id"], "emoji": "👎", "on": true })).await.0, "MUTED");
        ben.says(&room, "Others are not.").await;
        let lifted = json!({ "room": room, "user": mute["user"], "minutes": 0 });
        assert_eq!(host.does(MUTE, lifted).await["mutedUntil"], Value::Null);
        ann.says(&room, "Thank you.").await;
        let forbidden = ann.asks(RULE, json!({ "room": room, "input": { "state": "CLOSED" } })).await;
        assert_eq!(forbidden.error_code(), "FORBIDDEN");
        let theirs = ben.says(&room, "Something rude.").await;
        assert_eq!(ann.is_refused(UNSAY, json!({ "id": theirs["id"] })).await[0].code, "NOT_FOUND");
        host.does(UNSAY, json!({ "id": theirs["id"] })).await;

        rule(json!({ "state": "CLOSED" })).await;
        for one in [&ben, host] {
            assert_eq!(one.is_refused(SAY, one.words(&room, "Bye")).await[0].code, "INVALID_STATE");
        }
        rule(json!({ "state": "OPEN" })).await;
        let off = json!({ "id": evening.session, "reason": "Ill.", "key": host.new_key() });
        host.does(CALL_OFF, off).await;
        assert_eq!(ben.room(&room).await["state"], "CLOSED", "as long as the seat is theirs");
    }

    async fn a_room_lives_by_its_sessions_times(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 5).await;
        let ben = market.guest("Ben", &evening).await;
        let room = ben.room_of(&evening.session).await;
        assert_eq!(ben.room(&room).await["state"], "HOSTS_ONLY");
        assert_eq!(ben.is_refused(SAY, ben.words(&room, "Early!")).await[0].code, "NOT_ALLOWED");
        studio.owner.says(&room, "Bring a brush.").await;
        market.passes(Duration::days(9)).await;
        let ben = ben.comes_back().await;
        ben.says(&room, "I look forward to it.").await;
        market.passes(Duration::hours(24 + 24 + 3)).await;
        let (ben, host) = (ben.comes_back().await, studio.owner.comes_back().await);
        assert_eq!(host.is_refused(SAY, host.words(&room, "Late!")).await[0].code, "INVALID_STATE");
        assert_eq!(ben.reads_room(&room, 10).await.len(), 2, "what was said can be read");
    }
}
