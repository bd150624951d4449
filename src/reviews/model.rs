//! What a review is, on what it rests, and in which orders reviews are listed. Pure.

use chrono::Duration;
use uuid::Uuid;

use crate::identity::model::Account;
use crate::kernel::text::{self, TextRefusal};
use crate::kernel::{CreatorId, EnrollmentId, Instant, OfferingId, ReviewId, SeatId, UserId};

use super::refusals::ReviewRefusal as No;

/// Characters of a review.
pub const LONGEST_BODY: usize = 5_000;
/// Characters of a reply.
pub const LONGEST_REPLY: usize = 2_000;
/// Reviews a page shows as praise.
pub const MOST_PRAISE: u64 = 6;
/// How long after the last lesson, or the session, somebody is asked.
pub const ASKED_AFTER: Duration = Duration::hours(20);
/// What was over for longer than that is not asked about any more.
pub const ASKED_UNTIL: Duration = Duration::days(8);

/// What somebody thinks of an offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Key.
    pub id: ReviewId,
    /// Of what.
    pub offering: OfferingId,
    /// Whose that is.
    pub creator: CreatorId,
    /// Who; none when the account is gone.
    pub author: Option<UserId>,
    /// 1 to 5.
    pub rating: i32,
    /// CommonMark; may be empty.
    pub body: String,
    /// What the team answers.
    pub reply: Option<String>,
    /// How many found it helpful.
    pub helpful_count: i32,
    /// When the platform took it down: then nobody sees it, and it does not count.
    pub hidden_at: Option<Instant>,
    /// Whether its author took the words back after that.
    pub is_erased: bool,
    /// When it was written.
    pub created_at: Instant,
    /// When its author last changed it.
    pub edited_at: Option<Instant>,
}

/// A review as it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The review.
    pub review: Review,
    /// Who wrote it.
    pub author: Option<Account>,
    /// Whether what it rests on was paid for, and is still theirs.
    pub is_verified: bool,
}

/// On what a review rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Through what they were there.
    pub by: By,
    /// Whether somebody paid for it.
    pub is_paid: bool,
}

/// Through what somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The right to a course.
    Enrollment(EnrollmentId),
    /// A seat at a workshop.
    Seat(SeatId),
}

/// In which order reviews are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum Order {
    Helpful,
    Newest,
    Lowest,
    Highest,
}

impl Order {
    /// For cursors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helpful => "helpful",
            Self::Newest => "newest",
            Self::Lowest => "lowest",
            Self::Highest => "highest",
        }
    }

    /// Where a review stands in this order.
    pub fn place(self, review: &Review) -> Place {
        let value = match self {
            Self::Helpful => review.helpful_count,
            Self::Newest => 0,
            Self::Lowest | Self::Highest => review.rating,
        };
        Place { value, id: review.id.0 }
    }
}

/// Where a review stands in an order: equals are listed the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Votes or stars; nothing where only the time counts.
    pub value: i32,
    /// The key.
    pub id: Uuid,
}

impl Place {
    /// For cursors.
    pub fn key(self) -> Vec<String> {
        vec![self.value.to_string(), self.id.to_string()]
    }

    /// What a cursor says.
    pub fn read(key: &[String]) -> Option<Self> {
        let [value, id] = key else { return None };
        Some(Self { value: value.parse().ok()?, id: id.parse().ok()? })
    }
}

/// Stars as they may be given.
pub fn stars(given: i32) -> Result<i32, No> {
    if (1..=5).contains(&given) { Ok(given) } else { Err(No::NotStars) }
}

/// What may be said; nothing is enough.
pub fn body(text: &str) -> Result<String, TextRefusal> {
    text::prose("A review", text.trim(), LONGEST_BODY)
}

/// What may be answered; nothing takes the answer back.
pub fn reply(text: &str) -> Result<Option<String>, TextRefusal> {
    let said = text::prose("A reply", text.trim(), LONGEST_REPLY)?;
    Ok(Some(said).filter(|said| !said.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_five_stars_and_no_other() {
        assert_eq!([0, 1, 5, 6, -3].map(|given| stars(given).is_ok()), [false, true, true, false, false]);
    }

    #[test]
    fn an_empty_reply_takes_it_back() {
        assert_eq!(reply("  \n"), Ok(None));
        assert_eq!(reply(" Thank you. "), Ok(Some("Thank you.".to_owned())));
        assert!(body(&"a".repeat(LONGEST_BODY + 1)).is_err() && body("").is_ok());
    }

    #[test]
    fn a_place_reads_back() {
        let place = Place { value: 3, id: Uuid::from_u128(7) };
        assert_eq!(Place::read(&place.key()), Some(place));
        assert_eq!(Place::read(&["x".to_owned()]), None);
    }
}
