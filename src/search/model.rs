//! Words and what they are asked for.

mod document;
mod question;
mod words;

pub use document::{Document, Kind, between_blanks};
pub use question::{Filter, Hit, Question};
pub use words::{LONGEST_WORD, MOST_WORDS, is_slip, spelled, spellings, words};
