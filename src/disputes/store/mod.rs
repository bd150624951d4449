//! Disputes, warnings and the facts of an answer in the database.

mod facts;
mod rows;

pub use facts::*;
pub use rows::*;
