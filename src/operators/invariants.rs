//! What the operators' tables must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// This room's rules.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "holds_explained",
        says: "each hold is in the audit log, with the operator and the reason",
        sql: "SELECT c.handle || ' ' || h.reason AS row FROM payout_holds h JOIN creators c ON c.id = h.creator_id
              WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.action = 'payout.hold'
                                AND a.creator_id = h.creator_id AND a.actor_id = h.by AND a.reason = h.reason)",
    },
    Invariant {
        name: "closings_explained",
        says: "a closed case was closed by an operator who said why, and is in the audit log",
        sql: "SELECT c.kind || ' ' || c.subject AS row FROM cases c
              WHERE c.closed_at IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM case_closings x JOIN audit_log a
                      ON a.actor_id = x.closed_by AND a.action = 'case.close' AND a.reason = x.note
                  WHERE x.case_id = c.id)",
    },
    Invariant {
        name: "acts_explained",
        says: "an operator's line in the audit log says where it came from",
        sql: "SELECT a.action || ' ' || a.subject AS row FROM audit_log a
              WHERE a.actor_id IS NOT NULL AND a.ip_prefix IS NULL",
    },
];
