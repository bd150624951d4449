//! Recording a room as one film: LiveKit's egress composes it and puts it into a bucket that it can reach.

use std::fmt;

use serde_json::json;

use crate::token::Grant;
use crate::{LiveKit, LiveKitError};

/// A bucket as LiveKit reaches it. Give it a key that may write below one prefix and nothing else.
#[derive(Clone)]
pub struct Bucket {
    /// `https://…`; none = AWS.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Its name.
    pub bucket: String,
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret: String,
    /// Whether the bucket is in the path instead of the host name.
    pub path_style: bool,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// A recording to begin.
#[derive(Clone, Debug)]
pub struct NewRecording<'a> {
    /// Of which room.
    pub room: &'a str,
    /// Where the film (MP4) is put.
    pub key: &'a str,
    /// In which bucket.
    pub bucket: &'a Bucket,
}

impl LiveKit {
    /// Begins to record a room; gives the recording's id. Called twice, it records twice.
    ///
    /// # Errors
    /// A [`LiveKitError`]; after [`LiveKitError::Away`] it may have begun.
    pub async fn start_recording(&self, new: &NewRecording<'_>) -> Result<String, LiveKitError> {
        let Bucket { endpoint, region, bucket, access_key, secret, path_style } = new.bucket;
        let s3 = json!({
            "accessKey": access_key, "secret": secret, "region": region,
            "endpoint": endpoint.as_deref().unwrap_or_default(), "bucket": bucket, "forcePathStyle": path_style,
        });
        let file = json!({ "fileType": "MP4", "filepath": new.key, "disableManifest": true, "s3": s3 });
        let body = json!({ "roomName": new.room, "layout": "speaker", "fileOutputs": [file] });
        let grant = Grant { room: Some(new.room), room_record: true, ..Grant::default() };
        let begun = self.call("Egress/StartRoomCompositeEgress", grant, &body).await?;
        let id = begun["egressId"].as_str().or_else(|| begun["egress_id"].as_str());
        id.map(str::to_owned).ok_or_else(|| LiveKitError::Away("the answer names no recording".to_owned()))
    }

    /// Ends a recording; one that has ended is ended.
    ///
    /// # Errors
    /// A [`LiveKitError`]; calling again is harmless.
    pub async fn stop_recording(&self, id: &str) -> Result<(), LiveKitError> {
        let grant = Grant { room_record: true, ..Grant::default() };
        match self.call("Egress/StopEgress", grant, &json!({ "egressId": id })).await {
            Ok(_) | Err(LiveKitError::NotFound(_)) => Ok(()),
            Err(LiveKitError::Refused { code, .. }) if code == "failed_precondition" => Ok(()),
            Err(error) => Err(error),
        }
    }
}
