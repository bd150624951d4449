//! Rooms of live sessions: people write, follow and keep order.

use serde_json::{Value, json};

use super::{Evening, Live, Market, Person, Studio, text};

/// A message with all that can be asked of it.
const LINE: &str =
    "id sequence clientMessageId isHost body sentAt author { id displayName } replyTo { id body }
    reactions { emoji count viewerReacted }";

/// Saying something.
pub const SAY: &str =
    "mutation($room: ID!, $input: ChatMessageInput!) { chatMessageSend(roomId: $room, input: $input) {
    message { id sequence clientMessageId isHost body replyTo { id } }
    userErrors { code path message ... on RetryLaterError { retryAfterSeconds } } } }";
/// Taking something away.
pub const UNSAY: &str =
    "mutation($id: ID!) { chatMessageDelete(id: $id) { deletedId userErrors { code path message } } }";
/// Changing a room's rules.
pub const RULE: &str =
    "mutation($room: ID!, $input: ChatRoomInput!) { chatRoomUpdate(roomId: $room, input: $input) {
    room { id state slowModeSeconds } userErrors { code path message } } }";
/// Muting somebody.
pub const MUTE: &str = "mutation($room: ID!, $user: ID!, $minutes: Int!) {
    chatParticipantMute(roomId: $room, userId: $user, minutes: $minutes) {
    mutedUntil userErrors { code path message } } }";
/// Voting.
pub const REACT: &str = "mutation($id: ID!, $emoji: String!, $on: Boolean!) {
    reactionSet(contentId: $id, emoji: $emoji, on: $on) {
    reactions { emoji count viewerReacted } userErrors { code path message } } }";
/// A room as one sees it.
const ROOM: &str =
    "query($id: ID!) { chatRoom(id: $id) { id state slowModeSeconds participantCount lastSequence
    viewerCanPost viewerMutedUntil session { id } } }";

impl Studio {
    /// A session a day ahead that costs nothing, the room of which is open.
    pub async fn opens_room(&self) -> Evening {
        let evening = self.invites("Ink", json!({ "free": true }), 50).await;
        let session = self.sets_date(&evening.workshop, 1, Some(50)).await;
        Evening { session, ..evening }
    }
}

impl Market {
    /// A new person with a seat.
    pub async fn guest(&self, name: &str, evening: &Evening) -> Person {
        let person = self.person(name).await;
        person.takes_seat(evening).await;
        person
    }
}

impl Person {
    /// The id of a session's room; panics for who may not be there.
    pub async fn room_of(&self, session: &str) -> String {
        let document = "query($id: ID!) { workshopSession(id: $id) { chatRoom { id } } }";
        let seen = self.sees(document, json!({ "id": session })).await;
        text(&seen["workshopSession"]["chatRoom"]["id"])
    }

    /// A room as this person sees it.
    pub async fn room(&self, room: &str) -> Value {
        self.sees(ROOM, json!({ "id": room })).await["chatRoom"].clone()
    }

    /// What is to be said, under a new key.
    pub fn words(&self, room: &str, body: &str) -> Value {
        json!({ "room": room, "input": { "clientMessageId": self.new_key(), "body": body } })
    }

    /// Says something; gives the message.
    pub async fn says(&self, room: &str, body: &str) -> Value {
        self.does(SAY, self.words(room, body)).await["message"].clone()
    }

    /// Answers a message; gives the message.
    pub async fn answers(&self, room: &str, to: &Value, body: &str) -> Value {
        let mut words = self.words(room, body);
        words["input"]["replyToId"] = to["id"].clone();
        self.does(SAY, words).await["message"].clone()
    }

    /// What was said, as many from the end.
    pub async fn reads_room(&self, room: &str, last: i32) -> Vec<Value> {
        let document = format!(
            "query($id: ID!, $last: Int) {{ chatRoom(id: $id) {{ messages(last: $last) {{ nodes {{ {LINE} }} }} }} }}"
        );
        let seen = self.sees(&document, json!({ "id": room, "last": last })).await;
        seen["chatRoom"]["messages"]["nodes"].as_array().unwrap().clone()
    }

    /// Follows a room, behind a number or from now on.
    pub async fn follows_room(&self, room: &str, after: Option<i64>) -> Live {
        let document = format!(
            "subscription($room: ID!, $after: Int53) {{ chatRoomEvents(roomId: $room, afterSequence: $after) {{ __typename
                ... on ChatMessageAdded {{ sequence message {{ {LINE} }} }}
                ... on ChatMessageRemoved {{ sequence messageId }}
                ... on ChatReactionsChanged {{ sequence messageId reactions {{ emoji count viewerReacted }} }}
                ... on ChatRoomChanged {{ sequence room {{ id state slowModeSeconds viewerCanPost viewerMutedUntil participantCount }} }}
                ... on ChatGap {{ sequence refetchAfter }} }} }}"
        );
        self.follows(&document, json!({ "room": room, "after": after })).await
    }
}

impl Live {
    /// The next thing that happened in the room.
    pub async fn happens(&mut self) -> Value {
        self.next().await["chatRoomEvents"].clone()
    }

    /// Waits until the subscription has surely begun: what it was asked to tell again has been told.
    pub async fn has_begun(mut self, lines: usize) -> Self {
        for _ in 0..lines {
            self.happens().await;
        }
        self
    }
}
