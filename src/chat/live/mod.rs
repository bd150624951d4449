//! Following a room: one reader a room and process, and followers that share what it read.
//!
//! Nothing depends on a wake-up: the log is what is true, and whoever follows knows which number comes next.

mod feed;
mod follower;
mod happened;

pub use follower::{Follower, MOST_REPLAYED, Told, follow};
pub use happened::{Around, Happened, RoomNow, What};
