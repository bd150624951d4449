//! What gifts must keep, as `atelier doctor` checks it.

use crate::kernel::Invariant;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "gift_lines_have_gifts",
        says: "a line that is for somebody else and no seat has one gift once its order is paid, and no other line has one",
        sql: "SELECT o.number AS row FROM order_lines l JOIN orders o ON o.id = l.order_id
              WHERE (SELECT COUNT(*) FROM gifts g WHERE g.order_line_id = l.id)
                  <> CASE WHEN l.gift_recipient IS NOT NULL AND o.paid_at IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM seats p WHERE p.order_line_id = l.id) THEN 1 ELSE 0 END",
    },
    Invariant {
        name: "gifts_cost_something",
        says: "what is for somebody else, a gift or a seat, costs something",
        sql: "SELECT o.number AS row FROM order_lines l JOIN orders o ON o.id = l.order_id
              WHERE l.gift_recipient IS NOT NULL AND l.amount_minor <= 0",
    },
    Invariant {
        name: "redeemed_gifts_gave_all",
        says: "who redeemed a gift was given all of it",
        sql: "SELECT DISTINCT o.number AS row FROM gifts g JOIN order_lines l ON l.id = g.order_line_id
              JOIN orders o ON o.id = l.order_id LEFT JOIN order_line_parts p ON p.order_line_id = l.id
              WHERE g.redeemed_by IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM enrollments e WHERE e.user_id = g.redeemed_by
                    AND e.offering_id = COALESCE(p.offering_id, l.offering_id))",
    },
    Invariant {
        name: "gifts_give_redeemers_alone",
        says: "a right that came of a gift is its redeemer's, for what was given; the buyer has none by having paid",
        sql: "SELECT COALESCE(o.number, 'a right without an order') AS row FROM enrollments e
              LEFT JOIN order_lines l ON l.id = e.order_line_id LEFT JOIN orders o ON o.id = l.order_id
              LEFT JOIN gifts g ON g.order_line_id = l.id
              WHERE (e.source = 'GIFT' OR l.gift_recipient IS NOT NULL)
                AND (e.source <> 'GIFT' OR g.redeemed_by IS NULL OR g.redeemed_by <> e.user_id
                     OR (e.offering_id <> l.offering_id AND NOT EXISTS (
                             SELECT 1 FROM order_line_parts p
                             WHERE p.order_line_id = l.id AND p.offering_id = e.offering_id)))",
    },
    Invariant {
        name: "void_gifts_are_not_redeemed",
        says: "a gift that is void was not redeemed, and of an order that was given back whole no gift is open",
        sql: "SELECT o.number AS row FROM gifts g JOIN order_lines l ON l.id = g.order_line_id
              JOIN orders o ON o.id = l.order_id
              LEFT JOIN (SELECT DISTINCT gift_id FROM gift_voids WHERE lifted_at IS NULL) v ON v.gift_id = g.id
              WHERE (v.gift_id IS NOT NULL AND g.redeemed_by IS NOT NULL)
                 OR (v.gift_id IS NULL AND g.redeemed_by IS NULL AND o.status = 'REFUNDED')",
    },
];
