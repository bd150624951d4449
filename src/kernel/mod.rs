//! The words every room shares: who acts, ids, money, time, pages, and the three kinds of no.
//!
//! Pure and sync; knows no database, no network and no room.

pub mod actor;
pub mod clock;
pub mod csv;
pub mod entropy;
pub mod error;
pub mod id;
pub mod invariant;
pub mod money;
pub mod page;
pub mod ratings;
pub mod secret;
pub mod text;

pub use actor::{Actor, Viewer};
pub use clock::Clock;
pub use entropy::Entropy;
pub use error::{
    Code, Denied, Detail, Error, Fault, Problem, Problems, PublishRequirement, Refusal, RequirementCode,
};
pub use id::*;
pub use invariant::Invariant;
pub use money::{Currency, Money};
pub use page::{Page, PageRequest};
pub use ratings::Ratings;

/// An instant, UTC, to the microsecond (what both databases keep).
pub type Instant = chrono::DateTime<chrono::Utc>;

/// What an action gives back.
pub type Result<T> = std::result::Result<T, Error>;
