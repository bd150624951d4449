//! How tests meet the product: a real installation in this process, people who act through its public API, and a
//! clock that is moved. Shortcuts past the API are named `db_…`.

mod bundles;
mod buying;
mod counting;
mod database;
mod films;
mod gifting;
mod learners;
mod live;
mod market;
mod memberships;
mod operators;
mod payouts;
mod people;
mod postgres;
mod refunding;
mod reports;
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
pub use database::Kind;
pub use films::film_around;
pub use gifting::{REDEEM, gifts};
pub use learners::PLAY;
pub use live::{Heard, Live};
pub use market::Market;
pub use memberships::{Club, MEMBERSHIP_CANCEL, MEMBERSHIP_RESUME, PLAN_CREATE, PLAN_UPDATE};
pub use payouts::LINK;
pub use people::{Answer, Person, REFRESH, Refused, SIGN_IN};
pub use refunding::{ASK, DECIDE, REFUND};
pub use reports::{EXPORT, EXPORTED};
pub use rooms::{MUTE, REACT, RULE, SAY, UNSAY};
pub use sales::{basket, basket_with};
pub use shop::{Priced, Shop};
pub(crate) use story::story;
pub use story::{play, play_with};
pub use studios::{FILM, Made, PICTURE, SHEET, SOUND, Studio, euros, text};
pub use workshop_drafts::{WORKSHOP_CREATE, WORKSHOP_UPDATE};
pub use workshops::{CALL_OFF, Evening, MOVE, RELEASE, RESCHEDULE, SCHEDULE, TAKE, TRANSFER, WAIT, seat_at};
