//! One file a table: the columns as they are, no behaviour, no GraphQL.
//!
//! What a state means and which changes are allowed is said in the room's `model.rs`; the constraints that the
//! database itself keeps are in `migration/`.

pub mod assets;
pub mod audit_log;
pub mod case_closings;
pub mod cases;
pub mod checkouts;
pub mod consents;
pub mod courses;
pub mod creator_links;
pub mod creator_niches;
pub mod creators;
pub mod email_proofs;
pub mod enrollments;
pub mod events;
pub mod follows;
pub mod former_slugs;
pub mod idempotency_keys;
pub mod jobs;
pub mod journals;
pub mod lesson_attachments;
pub mod lesson_progress;
pub mod lessons;
pub mod letters;
pub mod niches;
pub mod offering_niches;
pub mod offering_payees;
pub mod offerings;
pub mod order_lines;
pub mod order_shares;
pub mod orders;
pub mod outgoing_calls;
pub mod payments;
pub mod payout_accounts;
pub mod payout_holds;
pub mod playback_grants;
pub mod postings;
pub mod prices;
pub mod progress_events;
pub mod refresh_tokens;
pub mod sections;
pub mod sessions;
pub mod staff_roles;
pub mod storefronts;
pub mod stripe_customers;
pub mod stripe_events;
pub mod team_members;
pub mod throttles;
pub mod transfer_reversals;
pub mod transfers;
pub mod uploads;
pub mod users;
