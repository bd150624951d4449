//! What clients say about sessions and seats, and the words for how they stand.

use async_graphql::{Enum, ID, InputObject};

use crate::checkout::actions::BuyByItself;
use crate::checkout::graphql::ConsentInput;
use crate::checkout::model::ConsentKind;
use crate::graphql::{LocalDateTime, TimeZone, Url};
use crate::workshops::model;

/// A date of a workshop.
#[derive(Clone, Debug, InputObject)]
pub struct SessionInput {
    /// What this date is called, if not like the workshop; at most 120 characters.
    pub title: Option<String>,
    /// When it begins, as the clock shows it in `timeZone`.
    pub local_start: LocalDateTime,
    /// Where that clock is.
    pub time_zone: TimeZone,
    /// How long it lasts: 5 to 1,440.
    pub duration_minutes: i32,
    /// Places: 1 to 100,000; absent = no limit.
    pub capacity: Option<i32>,
    /// Whether one may wait for a place once it is full.
    #[graphql(default_with = "Some(true)")]
    pub waitlist_enabled: Option<bool>,
    /// People of the team, at most 10; absent = whoever schedules it.
    pub host_user_ids: Option<Vec<ID>>,
}

/// How one gets in.
#[derive(Clone, Debug, InputObject)]
pub struct JoinInfoInput {
    /// Through what.
    pub provider: JoinProvider,
    /// For EXTERNAL_LINK: the address of the meeting. Kept encrypted, told at the door alone.
    pub join_url: Option<Url>,
    /// Said with it, for EXTERNAL_LINK; at most 100 characters.
    pub passcode: Option<String>,
    /// When the door opens: 0 to 120 minutes before the start.
    #[graphql(default_with = "Some(15)")]
    pub opens_minutes_before: Option<i32>,
    /// For BUILT_IN, where the installation records: whether it is recorded from when a host says that it is live, as
    /// everybody sees at `WorkshopSession.recorded`; absent = as it was said before, and not if it never was. Can be said until
    /// the door opens, a host says that it is live, or anybody, hosts too, has been let in; taken back at any time. Once it
    /// is over its recording is shown to whom the workshop's `replayPolicy` names, if no other is set.
    pub record: Option<bool>,
}

/// Which sessions of a list are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::SessionWindow")]
pub enum SessionWindow {
    /// Not over and not called off, the next first.
    Upcoming,
    /// Over, the latest first.
    Past,
    /// All of them, the first first.
    All,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::SessionStatus")]
pub enum SessionStatus {
    /// Still to come.
    Scheduled,
    /// Under way.
    Live,
    /// Over.
    Ended,
    /// Called off.
    Cancelled,
}

/// What there is to be had of a session's places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Availability")]
pub enum SeatState {
    /// There are places.
    Open,
    /// There are a few.
    FewLeft,
    /// Every place is taken; one can wait for one.
    Waitlist,
    /// Every place is taken.
    Full,
    /// It has begun or was called off.
    Closed,
}

/// How somebody's seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SeatStatus {
    /// Kept while it is being paid, or for who was offered it.
    Held,
    /// Theirs.
    Confirmed,
    /// Theirs, and they were there.
    Attended,
    /// Theirs, and they were not there.
    NoShow,
    /// Paid when no place was left: move it to another session (`seatMove`), wait at the front of the list, or give it
    /// back (`seatRelease`) for the money. At `heldUntil` the money goes back by itself.
    Unseated,
    /// Given back, or never paid.
    Released,
    /// Its money went back.
    Refunded,
}

/// Through what one takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::JoinProvider")]
pub enum JoinProvider {
    /// A meeting elsewhere.
    ExternalLink,
    /// A room of this installation, where it has any (LiveKit).
    BuiltIn,
}

/// An agreement that a seat is bought by itself as soon as there is one.
#[derive(Clone, Debug, InputObject)]
pub struct WaitlistAutoBuyInput {
    /// The `token` of a quote of one seat at the session one waits for. Its total is what is charged, and nothing else.
    pub quote_token: String,
    /// Every one of the quote's `waitlistConsents`.
    pub consents: Vec<ConsentInput>,
    /// A saved card, `pm_…` at Stripe; the one that was saved last if absent.
    pub payment_method_id: Option<String>,
}

impl From<WaitlistAutoBuyInput> for BuyByItself {
    fn from(input: WaitlistAutoBuyInput) -> Self {
        let agreed = input.consents.into_iter().filter(|consent| consent.accepted);
        Self {
            quote_token: input.quote_token,
            consents: agreed
                .map(|consent| (ConsentKind::from(consent.kind).name(), consent.version))
                .collect(),
            card: input.payment_method_id,
        }
    }
}
