//! Learners: they get a right to learn, and play what they may.

use atelier::enrollment::actions as enrollment;
use atelier::enrollment::model::Source;
use atelier::kernel::{CourseId, EnrollmentId, PublicId, UserId};
use serde_json::{Value, json};

use super::{Person, text};

/// Asks to play a lesson or a file.
pub const PLAY: &str = "mutation($input: PlaybackInput!) { playbackGrantCreate(input: $input) {
    grant { id manifestUrl protocol headers { name } resumeAtSeconds expiresAt renewAfter }
    userErrors { code path message } } }";

impl Person {
    /// Gets a right without a purchase, past the API; none if it was there already.
    pub async fn db_enrolls(&self, course: &str) -> Option<EnrollmentId> {
        let course: CourseId = course.parse().unwrap();
        let user: UserId = self.user_id().await.parse().unwrap();
        let mut tx = self.market.app().begin().await.unwrap();
        let given =
            enrollment::grant(&mut tx, user, course.uuid(), Source::Complimentary, None).await.unwrap();
        tx.commit().await.unwrap();
        given
    }

    /// Loses a right, past the API; false if it was gone already.
    pub async fn db_loses(&self, right: EnrollmentId) -> bool {
        let mut tx = self.market.app().begin().await.unwrap();
        let lost = enrollment::revoke(&mut tx, right).await.unwrap();
        tx.commit().await.unwrap();
        lost
    }

    /// Gets permission to play a lesson.
    pub async fn plays(&self, lesson: &str) -> Value {
        self.does(PLAY, json!({ "input": { "lessonId": lesson } })).await["grant"].clone()
    }

    /// Sends an upload's bytes as its target says.
    pub async fn sends(&self, upload: &Value, bytes: &[u8]) {
        assert_eq!(self.tries_to_send(upload, bytes).await, 200);
    }

    /// Sends bytes, which the store may refuse; gives the status.
    pub async fn tries_to_send(&self, upload: &Value, bytes: &[u8]) -> u16 {
        self.puts(&upload["targets"][0], bytes).await.0
    }

    /// Sends bytes to one target; gives the status and the header `ETag`.
    pub async fn puts(&self, target: &Value, bytes: &[u8]) -> (u16, String) {
        let mut put = self.market.http().put(text(&target["url"])).body(bytes.to_vec());
        for header in target["headers"].as_array().unwrap() {
            if header["name"] != "content-length" {
                put = put.header(text(&header["name"]), text(&header["value"]));
            }
        }
        let answer = put.send().await.unwrap();
        let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned());
        (answer.status().as_u16(), etag.unwrap_or_default())
    }

    /// Reads what lies behind a link, a range of it if `range` says so: status, type and bytes.
    pub async fn reads(&self, url: &Value, range: Option<&str>) -> (u16, String, Vec<u8>) {
        let mut get = self.market.http().get(text(url));
        if let Some(range) = range {
            get = get.header("range", range);
        }
        let answer = get.send().await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        (status, kind.unwrap_or_default(), answer.bytes().await.unwrap().to_vec())
    }
}
