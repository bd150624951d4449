//! What people do with creators; one file a verb.

mod create;
mod desk;
mod follow;
mod niches;
mod profile;
mod publish;

pub use create::{Start, create};
pub use desk::{Desk, desk, membership, owner_desk};
pub use follow::{follow, unfollow};
pub use profile::{LinkGiven, Profile, set_links, update};
pub use publish::publish;
