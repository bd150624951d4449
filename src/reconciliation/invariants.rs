//! What the copy of Stripe's movements must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// This room's rules. Differences are cases, and an open case is what the doctor speaks of (payments).
pub const INVARIANTS: &[Invariant] = &[Invariant {
    name: "movements_whole",
    says: "a movement's net is its amount less Stripe's fee",
    sql: "SELECT id AS row FROM stripe_movements WHERE net_minor <> amount_minor - fee_minor",
}];
