//! Recordings of workshops' dates: setting them, watching them.

use serde_json::{Value, json};

use super::{Person, Studio, WORKSHOP_UPDATE};

/// Going in.
pub const JOIN: &str = "mutation($id: ID!) { workshopJoin(sessionId: $id) {
    join { provider joinUrl passcode expiresAt } userErrors { code path message } } }";
/// Setting a recording.
pub const REPLAY_SET: &str =
    "mutation($id: ID!, $asset: ID) { workshopReplaySet(sessionId: $id, assetId: $asset) {
    session { id replay { id } } userErrors { code path message } } }";

/// What `playbackGrantCreate` takes for a recording.
pub fn replay_of(session: &str) -> Value {
    json!({ "input": { "replaySessionId": session } })
}

impl Studio {
    /// Says who may watch the recordings of a workshop.
    pub async fn shows_replays(&self, workshop: &str, policy: &str) {
        let wish = json!({ "id": workshop, "input": { "replayPolicy": policy } });
        self.owner.does(WORKSHOP_UPDATE, wish).await;
    }
}

impl Person {
    /// How many letters about a recording they have had.
    pub fn told_of_recordings(&self) -> usize {
        let letters = self.market.mail().messages(Some(&self.email));
        letters.iter().filter(|letter| letter.subject.starts_with("The recording: ")).count()
    }
}
