//! Documents and their words in the database; a file for writing documents, one for spellings, one for finding, and one
//! that knows how each database finds words.

mod documents;
mod engine;
mod finding;
mod lagging;
mod spelling;
mod truth;

pub use documents::{creators_after, rebuild, refresh_creator, refresh_offering};
pub use finding::{count, find};
pub use lagging::lagging;
pub use spelling::meant;
