//! The tables, step by step, for both databases.
//!
//! A migration is small, runs in a transaction, and is never edited once it has landed: a later one changes what an
//! earlier one made. The SQL is PostgreSQL's; `dialect` is the one file that knows how SQLite says it.

mod dialect;
mod m20261122_000001_identity;
mod m20261122_000002_platform;
mod m20261122_000003_notifications;
mod m20261122_000004_creators;
mod m20261122_000005_media;
mod m20261122_000006_catalog;
mod m20261122_000007_enrollment;
mod m20261122_000008_checkout;
mod m20261122_000009_payments;
mod m20261122_000010_payouts;
mod m20261122_000011_learning;
mod m20261122_000012_niches;
mod m20261122_000013_append_only;
mod m20261122_000014_refund_window;
mod m20261122_000015_coupons;
mod m20261122_000016_bundles;
mod m20261122_000017_payment_sheet;
mod m20261122_000018_guests;
mod m20261122_000019_gifts;
mod m20261122_000020_transfers;
mod m20261122_000021_statements;
mod m20261122_000022_refunds;
mod m20261122_000023_disputes;
mod m20261122_000024_memberships;
mod m20261122_000025_operators;
mod m20261122_000026_reconciliation;
mod m20261122_000027_splits;
mod m20261122_000028_affiliates;
mod m20261122_000029_tax;
mod m20261122_000030_upload_parts;
mod m20261122_000031_renditions;
mod m20261122_000032_pictures;
mod m20261122_000034_object_keys;
mod m20261122_000038_reports;
mod m20261122_000040_workshops;
mod m20261122_000041_seats;
mod m20261122_000050_documents;
mod m20261122_000051_chapters;
mod m20261122_000055_receipts;
mod m20261122_000056_invitations;
mod m20261122_000060_replays;
mod m20261122_000061_live_rooms;
mod m20261122_000062_chat;
mod m20261122_000070_trusted_documents;
mod m20261122_000071_search;
mod m20261122_000075_waitlist_purchases;
mod m20261122_000080_attendance;
mod m20261122_000081_thanks;
mod m20261123_000082_redeemed_gifts;
mod m20261123_000083_moved_rights;
mod m20261123_000084_reviews;
mod m20261123_000090_companions;
mod m20261123_000091_waiting_for_several;
mod m20261123_000092_hosts_in_rooms;
mod m20261123_000093_events_in_order;

pub use sea_orm_migration::{MigrationStatus, MigrationTrait, MigratorTrait};

/// Every migration, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_identity::Migration),
            Box::new(m20261122_000002_platform::Migration),
            Box::new(m20261122_000003_notifications::Migration),
            Box::new(m20261122_000004_creators::Migration),
            Box::new(m20261122_000005_media::Migration),
            Box::new(m20261122_000006_catalog::Migration),
            Box::new(m20261122_000007_enrollment::Migration),
            Box::new(m20261122_000008_checkout::Migration),
            Box::new(m20261122_000009_payments::Migration),
            Box::new(m20261122_000010_payouts::Migration),
            Box::new(m20261122_000011_learning::Migration),
            Box::new(m20261122_000012_niches::Migration),
            Box::new(m20261122_000013_append_only::Migration),
            Box::new(m20261122_000014_refund_window::Migration),
            Box::new(m20261122_000015_coupons::Migration),
            Box::new(m20261122_000016_bundles::Migration),
            Box::new(m20261122_000017_payment_sheet::Migration),
            Box::new(m20261122_000018_guests::Migration),
            Box::new(m20261122_000019_gifts::Migration),
            Box::new(m20261122_000020_transfers::Migration),
            Box::new(m20261122_000021_statements::Migration),
            Box::new(m20261122_000022_refunds::Migration),
            Box::new(m20261122_000023_disputes::Migration),
            Box::new(m20261122_000024_memberships::Migration),
            Box::new(m20261122_000025_operators::Migration),
            Box::new(m20261122_000026_reconciliation::Migration),
            Box::new(m20261122_000027_splits::Migration),
            Box::new(m20261122_000028_affiliates::Migration),
            Box::new(m20261122_000029_tax::Migration),
            Box::new(m20261122_000030_upload_parts::Migration),
            Box::new(m20261122_000031_renditions::Migration),
            Box::new(m20261122_000032_pictures::Migration),
            Box::new(m20261122_000034_object_keys::Migration),
            Box::new(m20261122_000038_reports::Migration),
            Box::new(m20261122_000040_workshops::Migration),
            Box::new(m20261122_000041_seats::Migration),
            Box::new(m20261122_000050_documents::Migration),
            Box::new(m20261122_000051_chapters::Migration),
            Box::new(m20261122_000055_receipts::Migration),
            Box::new(m20261122_000056_invitations::Migration),
            Box::new(m20261122_000060_replays::Migration),
            Box::new(m20261122_000061_live_rooms::Migration),
            Box::new(m20261122_000062_chat::Migration),
            Box::new(m20261122_000070_trusted_documents::Migration),
            Box::new(m20261122_000071_search::Migration),
            Box::new(m20261122_000075_waitlist_purchases::Migration),
            Box::new(m20261122_000080_attendance::Migration),
            Box::new(m20261122_000081_thanks::Migration),
            Box::new(m20261123_000082_redeemed_gifts::Migration),
            Box::new(m20261123_000083_moved_rights::Migration),
            Box::new(m20261123_000084_reviews::Migration),
            Box::new(m20261123_000090_companions::Migration),
            Box::new(m20261123_000091_waiting_for_several::Migration),
            Box::new(m20261123_000092_hosts_in_rooms::Migration),
            Box::new(m20261123_000093_events_in_order::Migration),
        ]
    }
}
