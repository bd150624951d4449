//! A creator's figures as files: sales, the book, customers, affiliates, who was at workshops.
//!
//! Words: an *export* is one report of one kind over some days, made by a job and kept for a day; its *file* lies in the
//! bucket under a name made of the export's key.
//! Kept true: a kind needs the permission that its figures need anywhere else, when it is asked for and each time its
//! address is; a file is written page by page, however long it is; nobody's words begin a cell as a formula; what another
//! creator's buyers are called is in no file. Not here: sealed statements of payouts (`payouts`), charts.

pub mod actions;
pub mod graphql;
pub mod invariants;
pub mod jobs;
pub mod model;
pub mod store;
