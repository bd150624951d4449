//! What each room refuses, on both databases.

mod affiliates;
mod bundles;
mod catalog;
mod checkout;
pub mod creators;
mod enrollment;
mod identity;
mod learning;
mod media;
mod splits;
mod refunds;
