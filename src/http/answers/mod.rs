//! Answers that are kept: what anybody may see is worked out once, and shown again for as long as it is true.
//!
//! Stands around `/graphql`. A question is kept with its answer if it came from nobody in particular (no token), asks for
//! public fields alone (`graphql::public`) and was answered without errors; it is found again by its very bytes. It is
//! shown only after everything committed before the question is known (`changes`) and none of it concerns what the
//! answer rests on: whoever changes something reads the change with the next question, through any instance.
//! Kept compressed, as it was sent. Not here: who may see what, and what changed.

mod kept;
mod question;

use std::sync::Arc;
use std::time::Duration;

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response};
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::App;
use crate::changes::Changes;
use crate::graphql::reads::Rests;
use crate::kernel::Instant;

use kept::{Answer, Kept};
use question::Question;

/// How long others may keep a public answer that came by GET, in seconds: a browser asks each time whether it still
/// holds, a network before us asks twice a minute.
const SHARED_SECONDS: i64 = 30;
/// How long a kept answer waits to learn whether it still holds, before it is worked out like any other.
const PATIENCE: Duration = Duration::from_secs(1);
/// Whether this answer was kept before (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// What a finished answer rests on: on the response of an endpoint inside, if it may be kept.
#[derive(Clone, Debug)]
pub struct Keepable(pub Rests);

/// Keeps the answers of the endpoint inside.
pub struct Answers(pub App);

impl<E: Endpoint> Middleware<E> for Answers {
    type Output = Keeping<E>;

    fn transform(&self, inner: E) -> Keeping<E> {
        // What a copy of the database says may be older than what has happened: an answer made of it is not kept.
        let room = self.0.settings.visitors.url.as_ref().map_or(self.0.settings.answer_cache_mib, |_| 0);
        let kept = Kept::of(room);
        Keeping { inner, app: self.0.clone(), kept }
    }
}

/// An endpoint whose public answers are kept.
pub struct Keeping<E> {
    inner: E,
    app: App,
    /// None where the settings say so.
    kept: Option<Kept>,
}

impl<E: Endpoint> Endpoint for Keeping<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let question = match &self.kept {
            Some(_) => Question::of(&mut request).await,
            None => None,
        };
        let Some((kept, question)) = self.kept.as_ref().zip(question) else {
            return Ok(self.inner.call(request).await?.into_response());
        };
        let known_mark = request.headers().get(header::IF_NONE_MATCH).cloned();
        if let Some(answer) = self.find(kept, &question).await {
            return Ok(self.again(&answer, known_mark.as_ref()));
        }
        let by_address = *request.method() == Method::GET;
        // Before it is worked out: what is committed meanwhile makes it old.
        let known = self.app.kept::<Changes>().so_far(&self.app.db).await;
        let made = self.inner.call(request).await?.into_response();
        let rests = made.data::<Keepable>().cloned().filter(|_| made.status() == StatusCode::OK);
        let (Some(Keepable(rests)), Ok(known)) = (rests, known) else { return Ok(made) };
        let answer = kept.keep(question, self.ready(made, by_address, rests, known).await?);
        Ok(shown(&answer, known_mark.as_ref(), "Atelier; fwd=miss; stored"))
    }
}

impl<E> Keeping<E> {
    /// An answer that holds now, after everything committed before this call.
    async fn find(&self, kept: &Kept, question: &Question) -> Option<Arc<Answer>> {
        let answer = kept.find(question, self.app.now())?;
        let changes = self.app.kept::<Changes>();
        timeout(PATIENCE, changes.catch_up(&self.app.db)).await.ok()?.ok()?;
        changes.is_as_at(&answer.rests, answer.known).then_some(answer)
    }

    /// A kept answer, to another request.
    fn again(&self, answer: &Answer, known_mark: Option<&HeaderValue>) -> Response {
        let mut response = shown(answer, known_mark, "Atelier; hit");
        let own_id = self.app.entropy.id(self.app.now());
        let own_id = text(own_id.simple().encode_lower(&mut Uuid::encode_buffer()));
        response.headers_mut().insert("x-request-id", own_id);
        response
    }

    /// The answer, ready to be kept.
    async fn ready(
        &self,
        made: Response,
        by_address: bool,
        rests: Rests,
        known: i64,
    ) -> poem::Result<Answer> {
        let (mut parts, body) = made.into_parts();
        let body = body.into_bytes().await?;
        if by_address {
            parts.headers.insert(header::CACHE_CONTROL, text(&self.lasting(rests.until)));
            let mark = hex::encode(&Sha256::digest(&body)[..16]);
            parts.headers.insert(header::ETAG, text(&format!("\"{mark}\"")));
        }
        Ok(Answer { headers: parts.headers, body, rests, known, since: self.app.now() })
    }

    /// How long others may keep it, in the words of RFC 9111.
    fn lasting(&self, until: Option<Instant>) -> String {
        let left = until.map_or(SHARED_SECONDS, |end| (end - self.app.now()).num_seconds());
        format!("public, max-age=0, s-maxage={}", left.clamp(0, SHARED_SECONDS))
    }
}

/// The answer; or, to who has it already, that it still holds.
fn shown(answer: &Answer, known_mark: Option<&HeaderValue>, status: &'static str) -> Response {
    let mut headers = answer.headers.clone();
    headers.insert(CACHE_STATUS, HeaderValue::from_static(status));
    let mut response = if is_known(&headers, known_mark) {
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_ENCODING);
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(answer.body.clone()).into_response()
    };
    *response.headers_mut() = headers;
    response
}

/// Whether the client named this very answer (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, known_mark: Option<&HeaderValue>) -> bool {
    let own = headers.get(header::ETAG).and_then(|mark| mark.to_str().ok());
    let given = known_mark.and_then(|marks| marks.to_str().ok());
    let (Some(own), Some(given)) = (own, given) else { return false };
    given.split(',').map(|mark| mark.trim().trim_start_matches("W/")).any(|mark| mark == own || mark == "*")
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}
