//! Atelier: the open backend for creators who teach.
//!
//! In reading order: the words every room shares, what actions may reach, the rooms from the lowest to the highest,
//! and how they appear to the outside. ARCHITECTURE.md tells the story.

#![forbid(unsafe_code)]

pub mod kept_rows;
/// Ids, money, time, pages, and the three kinds of no.
pub mod kernel;

/// One adapter each for the world outside.
pub mod gateways;

/// What every action may reach.
pub mod app;
/// Every setting, from the environment.
pub mod config;
/// The only way to read and to write.
pub mod db;
/// The ordered log of what happened.
pub mod events;
/// Nobody takes so much that others go without.
pub mod fairness;
/// The stored result of what must not happen twice.
pub mod idempotency;
/// The keys this installation signs with.
pub mod keys;
/// Calls to Stripe, written down before they are made.
pub mod outgoing;
/// Jobs that commit with their cause.
pub mod queue;
/// The threads everything runs on.
pub mod runtime;
/// Durable steps, between which a process may die.
pub mod steps;
/// Limits that hold across instances.
pub mod throttle;
/// Wake-ups for what is followed live.
pub mod turns;
pub mod wakes;

/// Who recommends a creator, and earns by it.
pub mod affiliates;
/// Offerings, courses, lessons, prices.
pub mod catalog;
/// What is said in the room of a live session.
pub mod changes;
pub mod chat;
/// Quotes, orders, checkouts.
pub mod checkout;
/// Codes that take something off.
pub mod coupons;
/// Public teaching identities and their teams.
pub mod creators;
/// Money that buyers' banks take back.
pub mod disputes;
/// Who may learn what, and why.
pub mod enrollment;
/// Bought by one, learnt from by another.
pub mod gifts;
/// Accounts and sessions.
pub mod identity;
/// How far a learner is.
pub mod learning;
/// Files, from promise to playback.
pub mod media;
/// Plans that are paid again and again.
pub mod memberships;
/// Letters to people.
pub mod notifications;
/// The people who run this installation.
pub mod operators;
/// Money that arrived, and the ledger.
pub mod payments;
/// The way to a creator's bank.
pub mod payouts;
/// Our book against Stripe's.
pub mod reconciliation;
/// Money back to buyers.
pub mod refunds;
/// A creator's figures as files.
pub mod reports;
/// What learners think.
pub mod reviews;
/// Finding what strangers may see, by words.
pub mod search;
/// What anybody may see of a creator.
pub mod storefront;
/// The private workspace of a creator.
pub mod studio;
/// Live workshops: dates, seats, the waitlist.
pub mod workshops;

/// The schema: how rooms appear to clients.
pub mod graphql;
/// Router, authentication, webhooks, health, pages.
pub mod http;
/// Claims jobs and runs them.
pub mod worker;

/// The commands.
pub mod cli;
/// Looks at everything that should be true.
pub mod doctor;
pub mod documents;
/// Demo and load data.
pub mod seed;
/// A listening installation.
pub mod server;
/// The composition root: live or embedded, part by part.
pub mod wiring;
