//! The answers that this process keeps, as many as fit: what is asked for often stays.

use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use poem::http::HeaderMap;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::question::Question;
use crate::graphql::reads::Rests;
use crate::kernel::Instant;

/// No answer is shown for longer: addresses of pictures in it are good for a day, and whatever else could go wrong
/// goes wrong for five minutes at most.
const LONGEST: Duration = Duration::minutes(5);
/// What keeping anything costs besides its own bytes, roughly.
const OVERHEAD: usize = 1_024;

/// An answer as it was sent.
#[derive(Debug)]
pub struct Answer {
    /// Its headers, without those of one request.
    pub headers: HeaderMap,
    /// Its body, encoded as the question allowed.
    pub body: Bytes,
    /// What it rests on.
    pub rests: Rests,
    /// The last event that was known before it was worked out.
    pub known: i64,
    /// When it was worked out.
    pub since: Instant,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<Question, Arc<Answer>> for Bytewise {
    fn weight(&self, question: &Question, answer: &Arc<Answer>) -> u64 {
        (question.weight() + answer.body.len() + OVERHEAD) as u64
    }
}

/// Questions and their answers.
pub struct Kept(Cache<Question, Arc<Answer>, Bytewise>);

impl Kept {
    /// Room for so many MiB; none for zero.
    pub fn of(mebibytes: u32) -> Option<Self> {
        let bytes = u64::from(mebibytes) * 1024 * 1024;
        let answers = usize::try_from(bytes / 8_192).unwrap_or(usize::MAX);
        (bytes > 0).then(|| Self(Cache::with_weighter(answers, bytes, Bytewise)))
    }

    /// The answer, if time alone has not made it old.
    pub fn find(&self, question: &Question, now: Instant) -> Option<Arc<Answer>> {
        let answer = self.0.get(question)?;
        let lasts = now - answer.since < LONGEST && answer.rests.until.is_none_or(|end| now < end);
        lasts.then_some(answer)
    }

    /// Keeps an answer.
    pub fn keep(&self, question: Question, answer: Answer) -> Arc<Answer> {
        let answer = Arc::new(answer);
        self.0.insert(question, Arc::clone(&answer));
        answer
    }
}
