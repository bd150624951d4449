//! What orders and checkouts must keep; `atelier doctor` runs them.

use crate::kernel::Invariant;

/// This room's rules.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "order_totals",
        says: "the lines of an order add up to its total, discount and tax",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              LEFT JOIN (SELECT order_id, SUM(amount_minor) AS amount, SUM(discount_minor) AS discount,
                             SUM(tax_minor) AS tax
                         FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
              WHERE l.order_id IS NULL OR l.amount <> o.total_minor OR l.discount <> o.discount_minor
                 OR l.tax <> o.tax_minor",
    },
    Invariant {
        name: "line_shares",
        says: "tax, fee and shares of a line add up to its amount",
        sql: "SELECT 'order ' || o.number || ', line ' || l.position AS row FROM order_lines l
              JOIN orders o ON o.id = l.order_id
              LEFT JOIN (SELECT order_line_id, SUM(amount_minor) AS amount
                         FROM order_shares GROUP BY order_line_id) s ON s.order_line_id = l.id
              WHERE s.order_line_id IS NULL OR l.tax_minor + l.fee_minor + s.amount <> l.amount_minor",
    },
    Invariant {
        name: "checkout_success",
        says: "a checkout that succeeded has a paid order",
        sql: "SELECT 'order ' || o.number AS row FROM checkouts c JOIN orders o ON o.id = c.order_id
              WHERE c.status = 'SUCCEEDED' AND o.paid_at IS NULL",
    },
    Invariant {
        name: "paid_by_checkout",
        says: "a paid order has a checkout that succeeded",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              WHERE o.paid_at IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM checkouts c WHERE c.order_id = o.id AND c.status = 'SUCCEEDED')",
    },
    Invariant {
        name: "paid_is_given",
        says: "the buyer of a paid order was given all of it",
        sql: "SELECT 'order ' || o.number || ', line ' || l.position AS row FROM orders o
              JOIN order_lines l ON l.order_id = o.id
              WHERE o.status IN ('PAID', 'PARTIALLY_REFUNDED') AND o.buyer_id IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM enrollments e WHERE e.user_id = o.buyer_id AND e.offering_id = l.offering_id)",
    },
];
