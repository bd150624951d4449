//! What must always hold of affiliates and their commissions.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every test.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "commission_shares",
        says: "a commission is the share of the affiliate's own profile, and they share in no other way in that order",
        sql: "SELECT 'commission of order ' || o.number || ' is not the affiliate''s only share' AS row
              FROM commissions c JOIN affiliates a ON a.id = c.affiliate_id
              JOIN order_lines l ON l.id = c.order_line_id JOIN orders o ON o.id = l.order_id
              WHERE NOT EXISTS (SELECT 1 FROM order_shares s WHERE s.order_line_id = c.order_line_id
                                AND s.position = c.position AND s.payee_creator_id = a.payee_creator_id)
                 OR EXISTS (SELECT 1 FROM order_shares s JOIN order_lines other ON other.id = s.order_line_id
                            LEFT JOIN commissions k ON k.order_line_id = s.order_line_id AND k.position = s.position
                            WHERE other.order_id = o.id AND s.payee_creator_id = a.payee_creator_id AND k.id IS NULL)",
    },
    Invariant {
        name: "commission_approval",
        says: "a commission belongs to somebody whom the seller had let in when it was sold",
        sql: "SELECT 'commission of order ' || o.number || ' is of somebody who was not let in' AS row
              FROM commissions c JOIN affiliates a ON a.id = c.affiliate_id
              JOIN affiliate_links k ON k.id = c.link_id
              JOIN order_lines l ON l.id = c.order_line_id JOIN orders o ON o.id = l.order_id
              WHERE a.creator_id <> o.creator_id OR a.approved_at IS NULL OR a.approved_at > c.created_at
                 OR k.affiliate_id <> a.id OR (k.disabled_at IS NOT NULL AND k.disabled_at < c.created_at)",
    },
    Invariant {
        name: "commission_buyers",
        says: "nobody earns by what they buy themselves",
        sql: "SELECT 'order ' || o.number || ' pays its own buyer a commission' AS row
              FROM commissions c JOIN affiliates a ON a.id = c.affiliate_id
              JOIN order_lines l ON l.id = c.order_line_id JOIN orders o ON o.id = l.order_id
              WHERE o.buyer_id = a.user_id",
    },
];
