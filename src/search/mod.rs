//! Finding what strangers may see, by words: creators, courses, workshops and bundles together.
//!
//! Words: a *document* is what one public thing can be found by, as plain words: its *title*, its *byline* (what stands below
//! the title, whose it is, its niches) and its *body* (what is said of it); a *question* is what somebody typed, as words; a
//! *spelling* is a word with one letter left out, by which a slip is recognised.
//!
//! Kept true: every published offering behind an open storefront and every creator with an open page has one document, made
//! in the change that made it public or changed it, and nothing else has one; what is typed is words and never an operator;
//! a hit's score depends on its document and the question alone, so that pages have neither gaps nor doubles.
//! This room stands below those whose things it finds, and reads their rows: it is told what changed, and looks itself.
//! Not here: what a studio finds among its own drafts (`catalog`), membership plans, anything private.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod store;
