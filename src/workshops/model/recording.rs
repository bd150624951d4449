//! Recordings of rooms of ours, from being wanted to being shown. Pure.

use chrono::Duration;

use crate::kernel::{AssetId, Instant, WorkshopSessionId};

/// The most recordings of one session: a room that everybody leaves ends one, and who comes back begins another.
pub const MOST_RECORDINGS: u64 = 20;
/// Whatever has not come by then does not come.
const AWAITED: Duration = Duration::days(1);

/// A recording that was asked of LiveKit.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Where its film will lie.
    pub key: String,
    /// Of which session.
    pub session: WorkshopSessionId,
    /// LiveKit's id of it, once it is known.
    pub egress: Option<String>,
    /// When it was wanted.
    pub asked_at: Instant,
    /// When it was over.
    pub ended_at: Option<Instant>,
    /// Whether it has left a film.
    pub has_film: bool,
    /// The film as a file of the studio.
    pub asset: Option<AssetId>,
}

impl Recording {
    /// Where a session's recordings lie.
    pub fn folder(session: WorkshopSessionId) -> String {
        format!("rec/{session}/")
    }

    /// Whether a film of it is still to come, once its session is over.
    pub fn is_awaited(&self, now: Instant) -> bool {
        let is_under_way = self.ended_at.is_none() && self.egress.is_some();
        let is_taken_in = self.has_film && self.asset.is_none();
        (is_under_way || is_taken_in) && now < self.ended_at.unwrap_or(self.asked_at) + AWAITED
    }
}

#[cfg(test)]
mod tests {
    use super::super::evening;
    use super::*;

    #[test]
    fn a_film_is_awaited_for_a_day_from_when_there_was_something_to_await() {
        let asked_at = evening().starts_at;
        let asked = Recording {
            key: "rec/1.mp4".into(),
            session: evening().id,
            egress: None,
            asked_at,
            ended_at: None,
            has_film: false,
            asset: None,
        };
        let begun = Recording { egress: Some("EG_1".into()), ..asked.clone() };
        let failed = Recording { ended_at: Some(asked_at + Duration::hours(3)), ..begun.clone() };
        let ended = Recording { has_film: true, ..failed.clone() };
        let taken_in = Recording { asset: Some(AssetId(uuid::Uuid::from_u128(9))), ..ended.clone() };
        let after = |hours| asked_at + Duration::hours(hours);
        assert_eq!(
            [&asked, &begun, &failed, &ended, &taken_in].map(|one| one.is_awaited(after(4))),
            [false, true, false, true, false]
        );
        assert_eq!([&begun, &ended].map(|one| one.is_awaited(after(25))), [false, true]);
        assert!(!ended.is_awaited(after(27)));
    }
}
