//! Acting on rooms: putting somebody out, taking and giving back their voice, closing. Rooms are made by LiveKit when the first comes in.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::token::Grant;
use crate::{LiveKit, LiveKitError};

impl LiveKit {
    /// Whether the server answers and takes our key.
    ///
    /// # Errors
    /// A [`LiveKitError`]; nothing was changed.
    pub async fn ping(&self) -> Result<(), LiveKitError> {
        let grant = Grant { room_list: true, ..Grant::default() };
        // A name that no room has, so that a large server answers shortly.
        self.call("RoomService/ListRooms", grant, &json!({ "names": ["atelier-doctor"] })).await.map(drop)
    }

    /// Puts somebody out of a room; who is not there is out. LiveKit's cloud takes no permission of theirs any more that was
    /// made before `now`; other servers do, until it ends. Left unsaid, it takes none of the next minute either, and who is
    /// let in again at once would stand outside.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn remove_participant(
        &self,
        room: &str,
        identity: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LiveKitError> {
        let body =
            json!({ "room": room, "identity": identity, "revokeTokenTs": now.timestamp().to_string() });
        let grant = Grant { room: Some(room), room_admin: true, ..Grant::default() };
        gone(self.call("RoomService/RemoveParticipant", grant, &body).await)
    }

    /// Says whether somebody may be seen and heard, and send messages, from now on; who is not there is not told. What they
    /// show at that moment ends. LiveKit takes the whole of what they may: that they see and hear the others is said too.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn let_publish(
        &self,
        room: &str,
        identity: &str,
        may_publish: bool,
    ) -> Result<(), LiveKitError> {
        let permission = json!({
            "canSubscribe": true, "canPublish": may_publish, "canPublishData": may_publish, "canUpdateMetadata": false,
        });
        let body = json!({ "room": room, "identity": identity, "permission": permission });
        let grant = Grant { room: Some(room), room_admin: true, ..Grant::default() };
        gone(self.call("RoomService/UpdateParticipant", grant, &body).await)
    }

    /// Closes a room and puts everybody out; one that is not there is closed.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn delete_room(&self, room: &str) -> Result<(), LiveKitError> {
        let grant = Grant { room: Some(room), room_create: true, ..Grant::default() };
        gone(self.call("RoomService/DeleteRoom", grant, &json!({ "room": room })).await)
    }
}

fn gone<T>(answer: Result<T, LiveKitError>) -> Result<(), LiveKitError> {
    match answer {
        Ok(_) | Err(LiveKitError::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
