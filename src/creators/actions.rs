//! What people do with creators; one file a verb.

mod desk;

pub use desk::{Desk, desk, membership, owner_desk};
