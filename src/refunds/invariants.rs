//! What refunds must keep, as `atelier doctor` checks it (payments.md 5: 2, 3). The book's side of it is with payments.

use crate::kernel::Invariant;

use super::store::pays;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "refunded_is_the_sum",
        says: "what an order says was given back is the sum of its refunds that succeeded",
        sql: "SELECT o.number AS row FROM orders o
              WHERE o.refunded_minor <> COALESCE((SELECT SUM(r.amount_minor) FROM refunds r
                                                  WHERE r.order_id = o.id AND r.state = 'SUCCEEDED'), 0)",
    },
    Invariant {
        name: "refunded_within_paid",
        says: "what was given back and what is on its way never exceeds what was paid",
        sql: "SELECT o.number AS row FROM orders o
              JOIN (SELECT order_id, SUM(amount_minor) AS amount FROM refunds WHERE state <> 'FAILED'
                    GROUP BY order_id) r ON r.order_id = o.id
              WHERE r.amount > o.total_minor",
    },
    Invariant {
        name: "refund_is_its_lines",
        says: "a refund is the sum of its lines",
        sql: "SELECT o.number AS row FROM refunds r JOIN orders o ON o.id = r.order_id
              WHERE r.amount_minor <> COALESCE((SELECT SUM(l.amount_minor) FROM refund_lines l
                                                WHERE l.refund_id = r.id), 0)",
    },
    Invariant {
        name: "refund_took_its_lines",
        says: "a booked refund took exactly its lines' amounts, and one that failed took nothing",
        sql: "SELECT r.stripe_id AS row FROM refunds r JOIN refund_lines l ON l.refund_id = r.id
              WHERE CASE WHEN r.state = 'SUCCEEDED' THEN l.amount_minor ELSE 0 END <>
                  COALESCE((SELECT SUM(t.amount_minor) FROM taken_parts t
                            WHERE t.cause_id = r.id AND t.order_line_id = l.order_line_id
                              AND t.undone_at IS NULL), 0)",
    },
    Invariant {
        name: "shares_not_overdrawn",
        says: "nobody gives back more than their share of a line, and no line more than its tax and fee",
        sql: "SELECT o.number AS row FROM orders o JOIN order_lines l ON l.order_id = o.id
              JOIN (SELECT order_line_id, place, SUM(amount_minor) AS amount FROM taken_parts
                    WHERE undone_at IS NULL GROUP BY order_line_id, place) t ON t.order_line_id = l.id
              LEFT JOIN order_shares s ON s.order_line_id = l.id AND s.position = t.place - 2
              WHERE t.amount > CASE t.place WHEN 0 THEN l.tax_minor WHEN 1 THEN l.fee_minor
                               ELSE COALESCE(s.amount_minor, 0) END",
    },
    Invariant {
        name: "refunds_are_booked",
        says: "each refund that succeeded is in the book with its amount, and nothing else is there as a refund",
        sql: "SELECT COALESCE(r.stripe_id, j.external_id) AS row
              FROM (SELECT * FROM refunds WHERE booked_at IS NOT NULL) r
              FULL JOIN (SELECT j.external_id, -p.amount_minor AS amount FROM journals j
                         JOIN postings p ON p.journal_id = j.id AND p.account = 'STRIPE'
                         WHERE j.kind = 'REFUND') j ON j.external_id = r.stripe_id
              WHERE r.id IS NULL OR j.external_id IS NULL OR j.amount <> r.amount_minor",
    },
    Invariant {
        name: "failed_refunds_are_reversed",
        says: "a booked refund that failed is reversed in the book",
        sql: "SELECT r.stripe_id AS row FROM refunds r
              WHERE r.state = 'FAILED' AND r.booked_at IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM journals j WHERE j.kind = 'REFUND_FAILED' AND j.external_id = r.stripe_id)",
    },
    Invariant {
        name: "status_tells_what_was_refunded",
        says: "an order is REFUNDED, PARTIALLY_REFUNDED or neither as its refunds say",
        sql: "SELECT o.number AS row FROM orders o
              WHERE (o.status = 'REFUNDED' AND o.refunded_minor < o.total_minor)
                 OR (o.status = 'PARTIALLY_REFUNDED' AND o.refunded_minor = 0)
                 OR (o.status = 'PAID' AND o.refunded_minor > 0)",
    },
    Invariant {
        name: "taken_rights_stay_taken",
        says: "a right that went with a refund or a dispute is revoked, or was given again for another reason",
        sql: "SELECT o.number AS row FROM taken_rights t JOIN enrollments e ON e.id = t.enrollment_id
              JOIN order_lines l ON l.id = e.order_line_id JOIN orders o ON o.id = l.order_id
              JOIN taken_parts p ON p.cause_id = t.cause_id AND p.order_line_id = e.order_line_id
              WHERE t.returned_at IS NULL AND e.state <> 'REVOKED'",
    },
    Invariant {
        name: "no_right_rests_on_what_was_given_back",
        says: "where access was to end with the money, no right rests on that line",
        sql: "SELECT o.number AS row FROM refunds r JOIN refund_lines i ON i.refund_id = r.id
              JOIN enrollments e ON e.order_line_id = i.order_line_id AND e.state <> 'REVOKED'
              JOIN orders o ON o.id = r.order_id
              WHERE r.state = 'SUCCEEDED' AND r.revoke_access AND e.source IN ('PURCHASE', 'BUNDLE', 'GIFT')",
    },
    Invariant {
        name: "who_paid_has_it",
        says: "a right that went with one payment is there if another pays for it",
        sql: concat!(
            "SELECT DISTINCT o.number AS row FROM enrollments e
              JOIN (SELECT a.buyer_id AS holder, b.id AS line FROM orders a
                    JOIN order_lines b ON b.order_id = a.id AND b.gift_recipient IS NULL
                    UNION ALL SELECT g.redeemed_by, g.order_line_id FROM gifts g) theirs ON theirs.holder = e.user_id
              JOIN order_lines l ON l.id = theirs.line JOIN orders o ON o.id = l.order_id
              LEFT JOIN order_line_parts p ON p.order_line_id = l.id AND p.offering_id = e.offering_id
              WHERE e.state = 'REVOKED'
                AND EXISTS (SELECT 1 FROM taken_rights t WHERE t.enrollment_id = e.id AND t.returned_at IS NULL)
                AND ",
            pays!()
        ),
    },
];
