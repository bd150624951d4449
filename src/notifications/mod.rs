//! Letters to people.
//!
//! A letter is written in the transaction of its cause and sent by a job, so that nobody is told of what did not
//! happen and nobody is left untold. A unique key keeps one cause from causing two letters. Once a letter is out its
//! text is erased, since it may hold a code. Push, in-app notifications and preferences are not here yet.

pub mod actions;
pub mod jobs;
pub mod model;
pub mod store;
