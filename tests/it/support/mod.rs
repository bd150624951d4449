//! How tests meet the product: a real installation in this process, people who act through its public API, and a
//! clock that is moved. Shortcuts past the API are named `db_…`.

mod bundles;
mod buying;
mod companions;
mod counting;
mod database;
mod filming;
mod films;
mod gifting;
mod learners;
mod live;
mod livekit;
mod market;
mod memberships;
mod operators;
mod payouts;
mod people;
mod postgres;
mod refunding;
mod replays;
mod reports;
mod reviews;
mod rooms;
mod sales;
mod shop;
mod story;
mod studios;
mod teams;
mod workshop_drafts;
mod workshops;

pub use bundles::{BUNDLE_CREATE, BUNDLE_UPDATE, OFFERING_PUBLISH};
pub use buying::{CANCEL, CHECKOUT, CREATE, Purchase, QUOTE, SYNC, changes_at_stripe};
pub use companions::seats_at;
pub use database::Kind;
pub use filming::{DIVIDED, FILMED, is_ffmpeg_here, made};
pub use films::film_around;
pub use gifting::{REDEEM, gifts};
pub use learners::PLAY;
pub use live::{Heard, Live};
pub(crate) use livekit::live_story;
pub use livekit::{
    DOOR, LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStub, claims_of, joined, of_room, shortly_before, signed,
};
pub use market::Market;
pub use memberships::{Club, MEMBERSHIP_CANCEL, MEMBERSHIP_RESUME, PLAN_CREATE, PLAN_UPDATE};
pub use payouts::LINK;
pub use people::{Answer, Person, REFRESH, Refused, SIGN_IN};
pub use refunding::{ASK, DECIDE, REFUND};
pub use replays::{JOIN, REPLAY_SET, replay_of};
pub use reports::{EXPORT, EXPORTED};
pub use reviews::{HELPFUL, REPLY, REVIEW, UNREVIEW, opinion};
pub use rooms::{MUTE, REACT, RULE, SAY, UNSAY};
pub use sales::{basket, basket_with};
pub use shop::{Priced, Shop};
pub(crate) use story::story;
pub use story::{play, play_with};
pub use studios::{FILM, Made, PICTURE, SHEET, SOUND, Studio, euros, text};
pub use workshop_drafts::{WORKSHOP_CREATE, WORKSHOP_UPDATE};
pub use workshops::{
    CALL_OFF, Evening, MOVE, RELEASE, RESCHEDULE, SCHEDULE, TAKE, TRANSFER, WAIT, full_evening, seat_at,
};
