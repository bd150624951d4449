//! Everything that is done with a bucket: what people see where it does not work, and what to set or allow.

use std::fmt::Display;
use std::time::Duration;

use media_store::MediaStoreError;
use tokio::time::timeout;

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// One kind of call.
pub(super) struct Step {
    does: &'static str,
    seen: &'static str,
    change: &'static str,
}

pub(super) const PUT: Step = Step {
    does: "storing an object",
    seen: "pictures never become visible",
    change: "allow s3:PutObject for S3_ACCESS_KEY_ID, and if the store speaks of a checksum set \
             S3_CHECKSUMS=when-required",
};
pub(super) const HEAD: Step =
    Step { does: "looking at an object", seen: "no upload is ever complete", change: "allow s3:GetObject" };
pub(super) const READ: Step = Step {
    does: "reading a part of an object",
    seen: "uploads cannot be examined and films cannot be wound",
    change: "allow s3:GetObject, and let no proxy before S3_ENDPOINT drop the header Range",
};
pub(super) const COPY: Step = Step {
    does: "copying an object",
    seen: "verified files never become READY",
    change: "allow s3:GetObject and s3:PutObject, and let no proxy before S3_ENDPOINT drop x-amz- headers",
};
pub(super) const LIST: Step = Step {
    does: "listing the bucket",
    seen: "forgotten uploads are never cleaned up and cost storage",
    change: "allow s3:ListBucket on the bucket itself",
};
pub(super) const DELETE: Step = Step {
    does: "removing an object",
    seen: "deleted files stay, and so does what this check has stored",
    change: "allow s3:DeleteObject",
};
pub(super) const BEGIN: Step = Step {
    does: "beginning an upload in parts",
    seen: "files above 16 MiB cannot be uploaded",
    change: "allow s3:PutObject, and use a store that knows uploads in parts",
};
pub(super) const UNFINISHED: Step = Step {
    does: "listing unfinished uploads",
    seen: "parts of abandoned films are never cleaned up and cost storage",
    change: "allow s3:ListBucketMultipartUploads on the bucket itself",
};
pub(super) const ABORT: Step = Step {
    does: "giving up an upload in parts",
    seen: "parts of abandoned films stay and cost storage",
    change: "allow s3:AbortMultipartUpload",
};
pub(super) const LINKED: Step = Step {
    does: "sending a file by a signed link",
    seen: "a phone or a browser that uploads gets an error from the store",
    change: "set S3_PUBLIC_ENDPOINT to an address that browsers reach, S3_PATH_STYLE to how the store names buckets, \
             and S3_REGION and S3_SECRET_ACCESS_KEY to the bucket's",
};
pub(super) const SHOWN: Step = Step {
    does: "reading an object by a signed link",
    seen: "films do not play and pictures stay empty",
    change: "set S3_PUBLIC_ENDPOINT to an address that viewers reach; with a network before the bucket set CDN_URL, \
             CDN_TOKEN and CDN_KEY as its console shows them, let it read the bucket with a key of its own and answer \
             pages of other origins (Access-Control-Allow-Origin: *)",
};
pub(super) const SHUT: Step = Step {
    does: "keeping strangers out",
    seen: "everybody can open every file whose address they learn",
    change: "let the network before the bucket check the token on every path (CDN_TOKEN)",
};
pub(super) const ASKED: Step = Step {
    does: "asking the bucket which pages may upload",
    seen: "a creator's browser refuses to upload and says nothing but \"network error\"",
    change: "let S3_PUBLIC_ENDPOINT answer OPTIONS requests",
};

impl Step {
    /// Makes the call; a failure as its sentence.
    pub(super) async fn made<T>(
        &self,
        call: impl Future<Output = Result<T, MediaStoreError>>,
    ) -> Result<T, String> {
        match timeout(PATIENCE, call).await {
            Ok(outcome) => outcome.map_err(|cause| self.failed(&cause)),
            Err(_) => Err(self.failed(&"no answer within 5 seconds")),
        }
    }

    /// What has to be so.
    pub(super) fn holds(&self, is_so: bool, otherwise: &str) -> Result<(), String> {
        if is_so { Ok(()) } else { Err(self.failed(&otherwise)) }
    }

    fn failed(&self, cause: &dyn Display) -> String {
        let Self { does, seen, change } = self;
        format!("{does} does not work ({cause}): {seen}; {change}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_says_what_is_seen_and_what_to_change() {
        let refused = MediaStoreError::Refused("delete: 403 AccessDenied: no".to_owned());
        let said = DELETE.made::<()>(async { Err(refused) }).await.unwrap_err();
        assert_eq!(
            said,
            "removing an object does not work (the media store refused: delete: 403 AccessDenied: no): deleted files \
             stay, and so does what this check has stored; allow s3:DeleteObject."
        );
    }
}
