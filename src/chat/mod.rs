//! What is said in the room of a live session, while it happens.
//!
//! Words: every session has a *room*, whose key is the session's; what happens there is a *log*: one number after the
//! other; who may be there has a *presence*: as an attendee with a seat, or as a member of the team, of whom some *moderate*;
//! a *follower* is one subscription that is told what happens, a *feed* reads a room's log once for all followers of a
//! process.
//!
//! Kept true: a room's log has no hole and no number twice, and is in the order in which things were committed; what was
//! removed is gone from everywhere but its place in the log; a retry says nothing twice; who loses their seat is told
//! nothing more; a follower costs bounded memory, however slowly it reads.
//! Here are no messages between two people and no files; when a room is open follows from its session's times.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod live;
pub mod model;
pub mod refusals;
pub mod store;
