//! What is done in rooms, one file per verb.

mod enter;
mod moderate;
mod react;
mod remove;
mod send;

pub use enter::{Presence, enter, standing};
pub use moderate::{RoomWish, mute, update};
pub use react::react;
pub use remove::remove;
pub use send::{Wish, send};
