//! What each room refuses, on both databases.

mod affiliates;
mod bundles;
mod catalog;
mod catalog_workshops;
mod chat;
mod checkout;
mod companions;
mod coupons;
pub mod creators;
mod enrollment;
mod events;
mod gifts;
mod hostile_files;
mod identity;
mod learning;
mod live_rooms;
mod media;
mod memberships;
mod refunds;
mod replays;
mod splits;
mod workshops;
