//! Acting on rooms: putting somebody out, closing. Rooms are made by LiveKit when the first comes in.

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

    /// Puts somebody out of a room; who is not there is out. With a permission that has not ended they may come again.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), LiveKitError> {
        let body = json!({ "room": room, "identity": identity });
        let grant = Grant { room: Some(room), room_admin: true, ..Grant::default() };
        gone(self.call("RoomService/RemoveParticipant", grant, &body).await)
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
