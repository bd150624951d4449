//! Creators, teams, niches and follows in the database.

mod follows;
mod niches;
mod reading;
mod team;
mod writing;

pub use follows::{followed, follows, insert_follow, remove_follow};
pub use niches::{all_niches, niche_counts, niche_ids, niches_by_id};
pub use reading::{by_handle, by_id, by_ids, list, taken};
pub use team::{member, members, members_by_id, memberships_of, owned, owned_count, owners, roles, team};
pub use writing::{CreatorChange, NewCreator, insert, lock, publish, set_links, set_niches, update};
