//! Following a room: nothing is missed, by nobody, over sockets and plain HTTP, through two instances; and what becomes of those
//! who read too slowly or may no longer.

use std::time::Instant;

use atelier::chat::live::{Told, follow};
use atelier::kernel::{SessionId, Viewer};
use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::chat::room;
use crate::support::{Heard, Market, Person, UNSAY, story, text};

story! {
    async fn who_comes_back_misses_nothing(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        let mut said = Vec::new();
        for n in 1..=4 {
            said.push(ben.says(&room, &format!("{n}")).await);
        }
        ben.does(UNSAY, json!({ "id": said[2]["id"] })).await;
        let mut heard = ann.follows_room(&room, Some(1)).await;
        ben.says(&room, "6").await;
        let mut told = Vec::new();
        for _ in 2..=6 {
            let event = heard.happens().await;
            told.push((event["sequence"].as_i64().unwrap(), text(&event["__typename"])));
        }
        let (added, removed) = ("ChatMessageAdded".to_owned(), "ChatMessageRemoved".to_owned());
        assert_eq!(told, [(2, added.clone()), (3, removed.clone()), (4, added.clone()), (5, removed), (6, added)]);
        ben.says(&room, "7").await;
        assert_eq!(heard.happens().await["sequence"], 7);
    }

    async fn of_more_than_five_hundred_the_rest_is_a_gap(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        ben.says(&room, "1").await;
        db_lets_much_happen(&market, 2, 520).await;
        let last = ben.says(&room, "521").await;
        assert_eq!(last["sequence"], 521);
        let mut heard = ann.follows_room(&room, Some(0)).await;
        for n in 1..=500 {
            assert_eq!(heard.happens().await["sequence"], n);
        }
        let gap = heard.happens().await;
        assert_eq!((&gap["__typename"], &gap["sequence"]), (&json!("ChatGap"), &json!(521)));
        ben.says(&room, "522").await;
        assert_eq!(heard.happens().await["sequence"], 522);
        let document = "query($id: ID!, $after: String) { chatRoom(id: $id) { messages(after: $after) { nodes { body } } } }";
        let missed = ann.sees(document, json!({ "id": room, "after": gap["refetchAfter"] })).await;
        assert_eq!(missed["chatRoom"]["messages"]["nodes"], json!([{ "body": "521" }, { "body": "522" }]));
    }

    async fn who_gives_the_seat_back_hears_nothing_more(market) {
        let (_, evening, room, ben, ann) = room(&market).await;
        ben.says(&room, "Hello.").await;
        let mut heard = ann.follows_room(&room, Some(0)).await.has_begun(1).await;
        let mut bens = ben.follows_room(&room, Some(0)).await.has_begun(1).await;
        ann.gives_up_seat(&evening.session).await;
        assert_eq!(heard.hears().await, Heard::Error("FORBIDDEN".into()));
        assert_eq!(ann.room(&room).await, Value::Null);
        ben.says(&room, "Others hear on.").await;
        assert_eq!(bens.happens().await["sequence"], 2);

        // Nor does whose token has ended; the socket closes by itself when the time has really passed.
        market.app().clock.advance(Duration::minutes(20));
        let cleo = ben.comes_back().await;
        cleo.says(&room, "Later.").await;
        assert_eq!(bens.hears().await, Heard::Error("UNAUTHENTICATED".into()));
    }

    async fn many_write_at_once_and_there_is_no_hole(market) {
        let (studio, evening, room, ben, _) = room(&market).await;
        let mut people = vec![studio.owner.clone(), ben];
        for n in 0..6 {
            people.push(market.guest(&format!("Guest{n}"), &evening).await);
        }
        let mut heard = people[0].follows_room(&room, Some(0)).await;
        let all = people.iter().map(|one| {
            let room = room.clone();
            async move {
                for n in 0..6 {
                    one.says(&room, &format!("{n} of {}", one.name)).await;
                }
            }
        });
        join_all(all).await;
        for n in 1..=48 {
            assert_eq!(heard.happens().await["sequence"], n);
        }
        people[0].says(&room, "The end.").await;
        assert_eq!(heard.happens().await["sequence"], 49);
        assert_eq!(people[0].room(&room).await["lastSequence"], 49);
    }

    async fn who_cannot_keep_up_is_told_every_line_or_of_the_gap(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        ben.says(&room, "1").await;
        let mut heard = ann.follows_room(&room, Some(0)).await.has_begun(1).await;
        db_lets_much_happen(&market, 2, 3_000).await;
        ben.says(&room, "3001").await;
        let mut told = 1;
        while told < 3_001 {
            let event = heard.happens().await;
            let sequence = event["sequence"].as_i64().unwrap();
            assert!(sequence == told + 1 || (sequence > told && event["__typename"] == "ChatGap"), "{told}, then {event:#}");
            told = sequence;
        }
        ben.says(&room, "3002").await;
        assert_eq!(heard.happens().await["sequence"], 3_002);
    }

    async fn who_does_not_read_for_long_is_told_what_fits_and_one_gap(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        ben.says(&room, "1").await;
        let viewer = Viewer {
            user_id: ann.user_id().await.parse().unwrap(),
            session_id: SessionId(uuid::Uuid::nil()),
            email_verified: true,
            expires_at: market.app().now() + Duration::hours(1),
        };
        let mut slow = follow(market.app(), &viewer, room.parse().unwrap(), None).await.unwrap();
        let mut quick = ben.follows_room(&room, Some(0)).await.has_begun(1).await;
        db_lets_much_happen(&market, 2, 1_000).await;
        ben.says(&room, "1001").await;
        // Who reads along shows how far the room's reader is.
        while quick.happens().await["sequence"] != 1_001 {}
        let (mut told, mut gaps) = (1, 0);
        while told < 1_001 {
            told = match slow.next().await.unwrap().unwrap() {
                Told::Happened(line) => {
                    assert_eq!(line.sequence, told + 1);
                    line.sequence
                }
                Told::Gap { after, upto } => {
                    assert_eq!((after, told), (501, 501), "five hundred are told again");
                    gaps += 1;
                    upto
                }
            };
        }
        assert_eq!((told, gaps), (1_001, 1));
        ben.says(&room, "1002").await;
        let next = slow.next().await.unwrap().unwrap();
        assert!(matches!(&next, Told::Happened(line) if line.sequence == 1_002), "{next:?}");
    }

    async fn a_message_costs_no_more_statements_for_many_who_follow(market) {
        let (_, _, room, ben, ann) = room(&market).await;
        ben.says(&room, "0").await;
        let mut followers = vec![ann.follows_room(&room, Some(0)).await.has_begun(1).await];
        let said = async |followers: &mut [crate::support::Live]| {
            ben.says(&room, "Which ink?").await;
            for one in followers {
                one.happens().await;
            }
        };
        let ((), one) = market.statements(said(&mut followers)).await;
        for _ in 0..8 {
            followers.push(ann.follows_room(&room, Some(1)).await.has_begun(1).await);
        }
        let ((), nine) = market.statements(said(&mut followers)).await;
        // The reader looks at the log by itself now and then.
        assert!(nine <= one + 3, "{one} statements for one, {nine} for nine");
    }

    async fn where_sockets_are_blocked_it_comes_by_plain_http(market) {
        let (_, evening, room, ben, ann) = room(&market).await;
        let document = "subscription($room: ID!) { chatRoomEvents(roomId: $room, afterSequence: 0) {
            ... on ChatMessageAdded { sequence message { body } } } }";
        let ask = |person: &Person| {
            market.http().post(format!("{}/graphql", market.url()))
                .bearer_auth(person.token().unwrap())
                .header("accept", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json")
                .header("accept-encoding", "gzip, br")
                .json(&json!({ "query": document, "variables": { "room": room } }))
                .send()
        };
        let mut stream = ask(&ann).await.unwrap();
        let mut read = String::new();
        ben.says(&room, "Hello!").await;
        while !read.contains("Hello!") {
            read.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        }
        assert!(read.contains(r#"{"payload":{"data":{"chatRoomEvents":{"sequence":1,"message":{"body":"Hello!"}}}}}"#), "{read}");
        ann.gives_up_seat(&evening.session).await;
        while let Some(chunk) = stream.chunk().await.unwrap() {
            read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        assert!(read.contains(r#""code":"FORBIDDEN""#) && read.ends_with("--graphql--\r\n"), "{read}");
        let refused = ask(&market.person("Eve").await).await.unwrap().text().await.unwrap();
        assert!(refused.contains(r#"{"payload":null,"errors":"#) && refused.contains("FORBIDDEN"), "{refused}");
    }

    async fn two_instances_hear_each_other(market) {
        if market.app().db.is_sqlite() {
            return;
        }
        let (_, evening, room, ben, ann) = room(&market).await;
        let other = market.opens_beside().await;
        ben.says(&room, "0").await;
        let mut there = ann.finds(&other).follows_room(&room, Some(0)).await.has_begun(1).await;
        let mut here = ann.follows_room(&room, Some(0)).await.has_begun(1).await;
        let begun = Instant::now();
        for n in 0..8 {
            ben.says(&room, "from here").await;
            assert_eq!(there.happens().await["sequence"], 2 + 2 * n);
            assert_eq!(here.happens().await["sequence"], 2 + 2 * n);
            ann.finds(&other).says(&room, "from there").await;
            assert_eq!(there.happens().await["sequence"], 3 + 2 * n);
            assert_eq!(here.happens().await["sequence"], 3 + 2 * n);
        }
        // Without being woken each would wait for the next look at the log, five seconds apart.
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        // A lost connection loses a wake-up, and no message.
        market.db_runs("SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'").await;
        ben.says(&room, "still here").await;
        for one in [&mut there, &mut here] {
            assert_eq!(one.happens().await["sequence"], 18);
        }
        // A seat given back in one is given back in all.
        ann.finds(&other).gives_up_seat(&evening.session).await;
        for one in [&mut there, &mut here] {
            assert_eq!(one.hears().await, Heard::Error("FORBIDDEN".into()));
        }
        other.stops();
    }
}

/// Writes so many lines of a log that nobody said, past the API.
async fn db_lets_much_happen(market: &Market, from: i64, to: i64) {
    market
        .db_runs(&format!(
            "INSERT INTO chat_events (room_id, sequence, kind, occurred_at)
             WITH RECURSIVE n (i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {to})
             SELECT r.session_id, n.i, 'ROOM_CHANGED', r.updated_at FROM n, chat_rooms r"
        ))
        .await;
    market.db_runs(&format!("UPDATE chat_rooms SET last_sequence = {to}")).await;
}
