//! What memberships must keep, as `atelier doctor` checks it. Each query names the rows that break a rule.

use crate::kernel::Invariant;

/// The room's rules.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "membership_opens_its_plan",
        says: "a live membership that is paid or on trial opens its plan at least as long",
        sql:
            "SELECT m.stripe_subscription_id AS row FROM memberships m
              WHERE m.state IN ('TRIALING', 'ACTIVE')
                AND (EXISTS (SELECT 1 FROM membership_invoices i WHERE i.membership_id = m.id)
                     OR EXISTS (SELECT 1 FROM orders o WHERE o.id = m.order_id AND o.total_minor = 0))
                AND NOT EXISTS (
                  SELECT 1 FROM enrollments e
                  WHERE e.user_id = m.user_id AND e.offering_id = m.plan_id
                    AND (e.state = 'REVOKED' OR e.membership_id <> m.id OR e.access_ends_at >= m.paid_until))",
    },
    Invariant {
        name: "membership_closes_after_itself",
        says: "nothing that a membership opened is open without an end, or beyond the membership's own end",
        sql: "SELECT m.stripe_subscription_id AS row FROM memberships m
              JOIN enrollments e ON e.membership_id = m.id
              WHERE e.state <> 'REVOKED' AND (e.access_ends_at IS NULL
                  OR (m.ended_at IS NOT NULL AND e.access_ends_at > m.ended_at)
                  OR (m.cancel_at_period_end AND e.access_ends_at > m.paid_until))",
    },
    Invariant {
        name: "membership_rights_have_one",
        says: "a right that comes of a membership names it and has an end",
        sql: "SELECT o.slug AS row FROM enrollments e JOIN offerings o ON o.id = e.offering_id
              WHERE e.source = 'MEMBERSHIP' AND e.state <> 'REVOKED'
                AND (e.membership_id IS NULL OR e.access_ends_at IS NULL)",
    },
    Invariant {
        name: "one_live_membership",
        says: "one person has at most one live membership of a plan",
        sql: "SELECT CAST(COUNT(*) AS TEXT) || ' live memberships of one plan' AS row FROM memberships
              WHERE ended_at IS NULL GROUP BY user_id, plan_id HAVING COUNT(*) > 1",
    },
    Invariant {
        name: "invoice_is_one_sale",
        says: "each paid invoice has one paid order, one settled payment and one journal of its sale",
        sql: "SELECT i.stripe_invoice_id AS row FROM membership_invoices i
              JOIN orders o ON o.id = i.order_id
              WHERE o.paid_at IS NULL
                 OR (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'SETTLED') <> 1
                 OR (SELECT COUNT(*) FROM journals j WHERE j.order_id = o.id AND j.kind = 'SALE') <> 1",
    },
    Invariant {
        name: "invoice_costs_what_was_agreed",
        says: "each paid invoice's order is over the amount its membership agreed to",
        sql: "SELECT i.stripe_invoice_id AS row FROM membership_invoices i
              JOIN memberships m ON m.id = i.membership_id JOIN orders o ON o.id = i.order_id
              WHERE o.total_minor <> m.amount_minor OR o.currency <> m.currency OR o.buyer_id <> m.user_id",
    },
];
