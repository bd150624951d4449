//! Recording rooms ("egress"): LiveKit joins unseen, and writes one film of everybody into a bucket.
//!
//! Keeps true: the bucket's key goes to LiveKit and nowhere else; it is never printed. Whether a recording is under way can be
//! asked before one is begun, since beginning twice records twice.
//! Source: <https://docs.livekit.io/home/egress/api/>, `livekit_egress.proto`.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::token::Grant;
use crate::{LiveKit, LiveKitError};

/// Where films are written to, and a key that may do so.
#[derive(Clone)]
pub struct Bucket<'a> {
    /// `https://…`; none = AWS.
    pub endpoint: Option<&'a str>,
    /// The bucket's region.
    pub region: &'a str,
    /// The bucket's name.
    pub name: &'a str,
    /// Bucket in the path instead of the host name.
    pub path_style: bool,
    /// Key id.
    pub access_key_id: &'a str,
    /// Key.
    pub secret_access_key: &'a str,
}

impl fmt::Debug for Bucket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A recording that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// LiveKit's id of it.
    pub id: String,
    /// Where its film will lie, as far as it is told.
    pub keys: Vec<String>,
}

/// LiveKit's server writes names as its definitions do (`egress_id`); JSON made of protocol buffers may also have `egressId`.
#[derive(Deserialize)]
struct WireInfo {
    #[serde(alias = "egressId")]
    egress_id: String,
    #[serde(flatten)]
    rest: Value,
}

#[derive(Deserialize)]
struct WireList {
    #[serde(default)]
    items: Vec<WireInfo>,
}

impl From<WireInfo> for Recording {
    fn from(info: WireInfo) -> Self {
        let mut keys = Vec::new();
        collect(&info.rest, &mut keys);
        Self { id: info.egress_id, keys }
    }
}

/// Where films lie is said in the request (`filepath`), of which there are several kinds, and in the result (`filename`).
pub(crate) fn collect(value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(key) if name == "filepath" || name == "filename" => keys.push(key.clone()),
                    other => collect(other, keys),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}

fn records() -> Grant<'static> {
    Grant { room_record: true, ..Grant::default() }
}

impl LiveKit {
    /// Begins to record a room that somebody is in, as one MP4 at this key; gives LiveKit's id of it. It ends with the room.
    ///
    /// # Errors
    /// A [`LiveKitError`]; after `Away` it may have begun, and [`LiveKit::recordings_of`] knows.
    pub async fn begin_recording(
        &self,
        room: &str,
        key: &str,
        bucket: &Bucket<'_>,
    ) -> Result<String, LiveKitError> {
        let mut s3 = json!({
            "accessKey": bucket.access_key_id, "secret": bucket.secret_access_key, "region": bucket.region,
            "bucket": bucket.name, "forcePathStyle": bucket.path_style,
        });
        if let Some(endpoint) = bucket.endpoint {
            s3["endpoint"] = Value::from(endpoint);
        }
        // Without its manifest: a second file that nobody would look at.
        let file = json!({ "fileType": "MP4", "filepath": key, "disableManifest": true, "s3": s3 });
        let body =
            json!({ "roomName": room, "layout": "speaker", "preset": "H264_720P_30", "fileOutputs": [file] });
        let answer = self.call("Egress/StartRoomCompositeEgress", records(), &body).await?;
        Ok(read::<WireInfo>(answer)?.egress_id)
    }

    /// The recordings of a room that are under way.
    ///
    /// # Errors
    /// A [`LiveKitError`]; nothing was changed.
    pub async fn recordings_of(&self, room: &str) -> Result<Vec<Recording>, LiveKitError> {
        let body = json!({ "roomName": room, "active": true });
        let answer = self.call("Egress/ListEgress", records(), &body).await?;
        Ok(read::<WireList>(answer)?.items.into_iter().map(Recording::from).collect())
    }

    /// Ends a recording; one that is over has ended. Its film is written after that.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn end_recording(&self, id: &str) -> Result<(), LiveKitError> {
        match self.call("Egress/StopEgress", records(), &json!({ "egressId": id })).await {
            Ok(_) | Err(LiveKitError::NotFound(_)) => Ok(()),
            Err(LiveKitError::Refused { code, .. }) if code == "failed_precondition" => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(answer: Value) -> Result<T, LiveKitError> {
    serde_json::from_value(answer)
        .map_err(|_| LiveKitError::Away("the answer is of another shape".to_owned()))
}
