//! The people who run this installation, and what they may do with what is not theirs.
//!
//! Words: *staff* are accounts with one or more *roles* for the installation as a whole; an *operator* is the proof
//! that the caller is staff with a role that fits; the *audit log* remembers what operators did and why; a *hold*
//! keeps a creator's money from being transferred; a *case* is something about money that only a person can decide.
//!
//! Kept true: roles are given on the command line alone, so nobody can give one to themselves; a role counts only
//! while the address is proven; each act and its line in the audit log commit together; the log is never changed; a
//! hold has an operator and a reason. Not here: what a refund, a transfer or an event does. Their rooms do it.

pub mod access;
pub mod actions;
pub mod advice;
pub mod graphql;
pub mod invariants;
pub mod model;
pub mod refusals;
pub mod store;
