//! Membership plans, who is a member, and which invoice paid for which time.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What a recurring price has beyond others.
    "ALTER TABLE prices ADD COLUMN billing_interval TEXT CHECK (billing_interval IN ('MONTH', 'YEAR'))",
    "ALTER TABLE prices ADD COLUMN trial_days INT CHECK (trial_days > 0)",
    // Which membership keeps a right open.
    "ALTER TABLE enrollments ADD COLUMN membership_id UUID",
    "CREATE INDEX enrollments_by_membership ON enrollments (membership_id)",
    // What a plan has beyond other offerings.
    "CREATE TABLE membership_plans (
    offering_id  UUID PRIMARY KEY REFERENCES offerings (id),
    perks        JSONB NOT NULL,
    includes_all BOOLEAN NOT NULL
)",
    // What a plan opens, unless it opens everything.
    "CREATE TABLE membership_inclusions (
    plan_id  UUID NOT NULL REFERENCES membership_plans (offering_id),
    item_id  UUID NOT NULL REFERENCES offerings (id),
    position INT NOT NULL,
    PRIMARY KEY (plan_id, item_id)
)",
    // Whom Stripe knows a recurring price as.
    "CREATE TABLE stripe_prices (
    price_id        UUID PRIMARY KEY REFERENCES prices (id),
    stripe_price_id TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_price_id)
)",
    // One person's subscription to one plan, at the price it was bought at.
    "CREATE TABLE memberships (
    id                     UUID PRIMARY KEY,
    user_id                UUID NOT NULL REFERENCES users (id),
    plan_id                UUID NOT NULL REFERENCES offerings (id),
    price_id               UUID NOT NULL REFERENCES prices (id),
    order_id               UUID NOT NULL REFERENCES orders (id),
    stripe_subscription_id TEXT NOT NULL,
    stripe_price_id        TEXT NOT NULL,
    stripe_customer_id     TEXT NOT NULL,
    state                  TEXT NOT NULL CHECK (state IN ('TRIALING', 'ACTIVE', 'PAST_DUE', 'ENDED')),
    currency               TEXT NOT NULL,
    amount_minor           BIGINT NOT NULL,
    paid_until             TIMESTAMPTZ NOT NULL,
    cancel_at_period_end   BOOLEAN NOT NULL,
    ended_at               TIMESTAMPTZ,
    read_at                TIMESTAMPTZ NOT NULL,
    created_at             TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_subscription_id),
    UNIQUE (order_id),
    CHECK (amount_minor > 0),
    CHECK ((state = 'ENDED') = (ended_at IS NOT NULL))
)",
    "CREATE UNIQUE INDEX memberships_one_alive ON memberships (user_id, plan_id) WHERE ended_at IS NULL",
    "CREATE INDEX memberships_by_plan ON memberships (plan_id, ended_at)",
    "CREATE INDEX memberships_by_paid_until ON memberships (paid_until) WHERE ended_at IS NULL",
    // A paid invoice and the order that was made of it.
    "CREATE TABLE membership_invoices (
    stripe_invoice_id TEXT PRIMARY KEY,
    membership_id     UUID NOT NULL REFERENCES memberships (id),
    order_id          UUID NOT NULL REFERENCES orders (id),
    period_start      TIMESTAMPTZ NOT NULL,
    period_end        TIMESTAMPTZ NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (order_id)
)",
    "CREATE INDEX membership_invoices_by_membership ON membership_invoices (membership_id)",
    // What a member wants changed; written before Stripe is asked.
    "CREATE TABLE membership_changes (
    id            UUID PRIMARY KEY,
    membership_id UUID NOT NULL REFERENCES memberships (id),
    kind          TEXT NOT NULL CHECK (kind IN ('END_LATER', 'END_NOW', 'RESUME')),
    created_at    TIMESTAMPTZ NOT NULL,
    done_at       TIMESTAMPTZ
)",
    "CREATE INDEX membership_changes_by_membership ON membership_changes (membership_id, done_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &[
    "membership_changes",
    "membership_invoices",
    "memberships",
    "stripe_prices",
    "membership_inclusions",
    "membership_plans",
];

const DOWN: &[&str] = &[
    "DROP INDEX enrollments_by_membership",
    "ALTER TABLE enrollments DROP COLUMN membership_id",
    "ALTER TABLE prices DROP COLUMN trial_days",
    "ALTER TABLE prices DROP COLUMN billing_interval",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).create(UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.drop(TABLES).await?;
        dialect.create(DOWN).await
    }
}
