//! What disputes must keep, as `atelier doctor` checks it (payments.md 5: 2, 3, 8, 10).

use crate::kernel::Invariant;

/// The rules of this room.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "frozen_is_what_is_disputed",
        says: "what is frozen of an order is its payees' parts of its open disputes",
        sql: "SELECT o.number AS row FROM orders o
              LEFT JOIN (SELECT j.order_id, -SUM(p.amount_minor) AS amount FROM postings p
                         JOIN journals j ON j.id = p.journal_id WHERE p.account = 'FROZEN'
                         GROUP BY j.order_id) f ON f.order_id = o.id
              LEFT JOIN (SELECT d.order_id, SUM(t.amount_minor) AS amount FROM disputes d
                         JOIN taken_parts t ON t.cause_id = d.id AND t.undone_at IS NULL AND t.place >= 2
                         WHERE d.state NOT IN ('WON', 'LOST') GROUP BY d.order_id) t ON t.order_id = o.id
              WHERE COALESCE(f.amount, 0) <> COALESCE(t.amount, 0)",
    },
    Invariant {
        name: "open_is_what_banks_took",
        says: "the book's open disputes are what banks took and have not decided",
        sql: "SELECT d.stripe_id AS row FROM disputes d
              LEFT JOIN (SELECT j.order_id, SUM(p.amount_minor) AS amount FROM postings p
                         JOIN journals j ON j.id = p.journal_id WHERE p.account = 'DISPUTE_OPEN'
                         GROUP BY j.order_id) b ON b.order_id = d.order_id
              WHERE COALESCE(b.amount, 0) <>
                  (SELECT COALESCE(SUM(x.withdrawn_minor), 0) FROM disputes x
                   WHERE x.order_id = d.order_id AND x.state NOT IN ('WON', 'LOST'))",
    },
    Invariant {
        name: "dispute_took_its_parts",
        says: "a dispute holds exactly the parts it took; one that was won holds none",
        sql: "SELECT d.stripe_id AS row FROM disputes d
              WHERE CASE WHEN d.state = 'WON' THEN 0 ELSE d.taken_minor END <>
                  COALESCE((SELECT SUM(t.amount_minor) FROM taken_parts t
                            WHERE t.cause_id = d.id AND t.undone_at IS NULL), 0)",
    },
    Invariant {
        name: "disputed_orders_say_so",
        says: "an order with an open dispute is DISPUTED",
        sql: "SELECT o.number AS row FROM orders o JOIN disputes d ON d.order_id = o.id
              WHERE d.opened_at IS NOT NULL AND d.state NOT IN ('WON', 'LOST') AND o.status <> 'DISPUTED'",
    },
    Invariant {
        name: "everybody_has_their_part",
        says: "tax, fee and payees have together what was paid less what went back to the buyer and what was lost",
        sql: "SELECT o.number AS row FROM orders o
              JOIN (SELECT j.order_id, -SUM(p.amount_minor) AS amount FROM postings p
                    JOIN journals j ON j.id = p.journal_id
                    WHERE p.account IN ('TAX', 'FEE', 'HELD', 'DUE', 'FROZEN')
                      AND j.kind IN ('SALE', 'RELEASE', 'REFUND', 'REFUND_FAILED', 'COMMISSION',
                          'COMMISSION_RETURNED', 'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST')
                    GROUP BY j.order_id) b ON b.order_id = o.id
              WHERE o.paid_at IS NOT NULL AND b.amount <> o.total_minor - o.refunded_minor -
                  COALESCE((SELECT SUM(d.taken_minor) FROM disputes d
                            WHERE d.order_id = o.id AND d.state = 'LOST'), 0)",
    },
    Invariant {
        name: "payees_within_their_share",
        says: "what a payee has of an order is never below zero nor above their share",
        sql: "SELECT o.number AS row FROM orders o
              JOIN (SELECT j.order_id, p.payee_creator_id, -SUM(p.amount_minor) AS amount FROM postings p
                    JOIN journals j ON j.id = p.journal_id
                    WHERE p.account IN ('HELD', 'DUE', 'FROZEN')
                      AND j.kind IN ('SALE', 'RELEASE', 'REFUND', 'REFUND_FAILED', 'DISPUTE_OPENED',
                          'DISPUTE_WON', 'DISPUTE_LOST')
                    GROUP BY j.order_id, p.payee_creator_id) b ON b.order_id = o.id
              LEFT JOIN (SELECT l.order_id, s.payee_creator_id, SUM(s.amount_minor) AS amount
                         FROM order_shares s JOIN order_lines l ON l.id = s.order_line_id
                         GROUP BY l.order_id, s.payee_creator_id) s
                  ON s.order_id = o.id AND s.payee_creator_id = b.payee_creator_id
              WHERE b.amount < 0 OR b.amount > COALESCE(s.amount, 0)",
    },
];
