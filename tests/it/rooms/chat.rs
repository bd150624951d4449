//! What a room refuses.

use serde_json::{Value, json};

use crate::support::{Heard, MUTE, REACT, RULE, SAY, story, text};

story! {
    async fn words_emoji_and_rules_are_checked(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.opens_room().await;
        let (host, ben) = (studio.owner.clone(), market.guest("Ben", &evening).await);
        let room = ben.room_of(&evening.session).await;
        let first = async |document: &str, variables: Value| {
            let refused = ben.is_refused(document, variables).await.remove(0);
            (refused.code, refused.path)
        };
        let is = |code: &str, path: &str| (code.to_owned(), path.to_owned());
        assert_eq!(first(SAY, ben.words(&room, " \n ")).await, is("REQUIRED", "input.body"));
        assert_eq!(first(SAY, ben.words(&room, &"a".repeat(1_001))).await, is("TOO_LONG", "input.body"));
        assert_eq!(first(SAY, ben.words(&room, "a\u{7}b")).await, is("INVALID", "input.body"));
        assert_eq!(first(SAY, ben.words(&evening.session, "Hello")).await, is("INVALID_ID", "roomId"));
        let said = ben.says(&room, "Hello").await;

        let react = |emoji: &str| json!({ "id": said["id"], "emoji": emoji, "on": true });
        assert_eq!(first(REACT, react("yes")).await, is("INVALID", "emoji"));
        assert_eq!(first(REACT, json!({ "id": room, "emoji": "👍", "on": true })).await, is("INVALID_ID", "contentId"));
        for emoji in ["❤", "❤️"] {
            ben.does(REACT, react(emoji)).await;
        }
        assert_eq!(ben.reads_room(&room, 1).await[0]["reactions"].as_array().unwrap().len(), 1, "two forms of one");
        let many = ["😀", "😁", "😂", "😃", "😄", "😅", "😆", "😇", "😈", "😉", "😊", "😋", "😌", "😍", "😎", "😏", "😐", "😑", "😒"];
        for emoji in many {
            ben.does(REACT, react(emoji)).await;
        }
        assert_eq!(first(REACT, react("😓")).await, is("LIMIT_REACHED", "emoji"));

        // An answer stays in its room.
        let other = studio.opens_room().await;
        host.says(&host.room_of(&other.session).await, "Elsewhere").await;
        let elsewhere = host.reads_room(&host.room_of(&other.session).await, 1).await.remove(0);
        let mut words = ben.words(&room, "What?");
        words["input"]["replyToId"] = elsewhere["id"].clone();
        assert_eq!(first(SAY, words).await, is("NOT_FOUND", "input.replyToId"));

        let refused = async |document: &str, variables: Value| {
            let refused = host.is_refused(document, variables).await.remove(0);
            (refused.code, refused.path)
        };
        let slow = |seconds: i32| json!({ "room": room, "input": { "slowModeSeconds": seconds } });
        assert_eq!(refused(RULE, slow(3_601)).await, is("OUT_OF_RANGE", "input.slowModeSeconds"));
        assert_eq!(refused(RULE, slow(-1)).await, is("OUT_OF_RANGE", "input.slowModeSeconds"));
        let mute = async |who: &crate::support::Person, minutes: i32| {
            refused(MUTE, json!({ "room": room, "user": who.user_id().await, "minutes": minutes })).await
        };
        assert_eq!(mute(&ben, 10_081).await, is("OUT_OF_RANGE", "minutes"));
        assert_eq!(mute(&host, 5).await, is("NOT_ALLOWED", "userId"));
        assert_eq!(mute(&market.person("Eve").await, 5).await, is("NOT_FOUND", "userId"));
        // What changes nothing is not told.
        let before = ben.room(&room).await["lastSequence"].clone();
        host.does(RULE, json!({ "room": room, "input": { "state": "OPEN" } })).await;
        assert_eq!(ben.room(&room).await["lastSequence"], before);
    }

    async fn pages_and_numbers_are_checked(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let (evening, other) = (studio.opens_room().await, studio.opens_room().await);
        let host = &studio.owner;
        let (room, elsewhere) = (host.room_of(&evening.session).await, host.room_of(&other.session).await);
        host.says(&elsewhere, "Hello").await;
        let document = "query($id: ID!, $first: Int, $after: String, $last: Int) { chatRoom(id: $id) {
            messages(first: $first, after: $after, last: $last) { pageInfo { endCursor } } } }";
        let both = host.asks(document, json!({ "id": room, "first": 1, "last": 1 })).await;
        assert_eq!(both.error_code(), "BAD_REQUEST");
        let page = host.sees(document, json!({ "id": elsewhere })).await;
        let cursor = text(&page["chatRoom"]["messages"]["pageInfo"]["endCursor"]);
        let foreign = host.asks(document, json!({ "id": room, "after": cursor })).await;
        assert_eq!(foreign.error_code(), "BAD_CURSOR");
        let wrong = host.follows("subscription { chatRoomEvents(roomId: \"usr_1\") { __typename } }", json!({}));
        assert_eq!(wrong.await.hears().await, Heard::Error("BAD_REQUEST".into()));
        // A number that no room has is the beginning.
        host.says(&room, "First").await;
        assert_eq!(host.follows_room(&room, Some(-5)).await.happens().await["sequence"], 1);
    }
}
