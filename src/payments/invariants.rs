//! What money and the book must keep (payments.md 5); `atelier doctor` runs them.

use crate::kernel::Invariant;

/// This room's rules.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "journals_balance",
        says: "the postings of a journal sum to zero in each currency",
        sql: "SELECT DISTINCT 'journal ' || j.kind || ' ' || j.external_id AS row FROM journals j
              JOIN (SELECT journal_id FROM postings GROUP BY journal_id, currency HAVING SUM(amount_minor) <> 0) b
              ON b.journal_id = j.id",
    },
    Invariant {
        name: "journals_have_postings",
        says: "a journal has postings",
        sql: "SELECT 'journal ' || j.kind || ' ' || j.external_id AS row FROM journals j
              WHERE NOT EXISTS (SELECT 1 FROM postings p WHERE p.journal_id = j.id)",
    },
    Invariant {
        name: "payment_is_the_quote",
        says: "the amount and currency of a payment are its order's",
        sql: "SELECT 'payment ' || p.charge_id AS row FROM payments p JOIN orders o ON o.id = p.order_id
              WHERE p.state = 'SETTLED' AND (p.amount_minor <> o.total_minor OR p.currency <> o.currency)",
    },
    Invariant {
        name: "payment_pays",
        says: "a settled payment has a paid order",
        sql: "SELECT 'payment ' || p.charge_id AS row FROM payments p JOIN orders o ON o.id = p.order_id
              WHERE p.state = 'SETTLED' AND o.paid_at IS NULL",
    },
    Invariant {
        name: "sale_is_booked",
        says: "a sale is in the book with the amount that arrived",
        sql: "SELECT 'payment ' || p.charge_id AS row FROM payments p
              WHERE p.state = 'SETTLED' AND NOT EXISTS
                  (SELECT 1 FROM journals j JOIN postings s ON s.journal_id = j.id
              WHERE j.kind = 'SALE' AND j.external_id = p.charge_id AND j.order_id = p.order_id
              AND s.account = 'STRIPE' AND s.amount_minor = p.amount_minor AND s.currency = p.currency)",
    },
    Invariant {
        name: "stripe_fee_is_booked",
        says: "Stripe's fee is in the book",
        sql: "SELECT 'payment ' || p.charge_id AS row FROM payments p
              WHERE p.fee_minor > 0 AND NOT EXISTS
                  (SELECT 1 FROM journals j JOIN postings s ON s.journal_id = j.id
              WHERE j.kind = 'STRIPE_FEE' AND j.external_id = p.balance_transaction_id
              AND s.account = 'STRIPE_FEE' AND s.amount_minor = p.fee_minor)",
    },
    Invariant {
        name: "one_payment_each",
        says: "a paid order has one settled payment, or none if nothing was due",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              WHERE o.paid_at IS NOT NULL
              AND (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'SETTLED')
              <> CASE WHEN o.total_minor = 0 THEN 0 ELSE 1 END",
    },
    Invariant {
        name: "book_agrees_with_lines",
        says: "the book gives tax and fee of an order the same sum as its lines",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              JOIN journals j ON j.order_id = o.id AND j.kind = 'SALE'
              JOIN (SELECT journal_id, SUM(CASE WHEN account = 'TAX' THEN -amount_minor ELSE 0 END) AS tax,
              SUM(CASE WHEN account = 'FEE' THEN -amount_minor ELSE 0 END) AS fee
              FROM postings GROUP BY journal_id) b ON b.journal_id = j.id
              JOIN (SELECT order_id, SUM(tax_minor) AS tax, SUM(fee_minor) AS fee
              FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
              WHERE b.tax <> l.tax OR b.fee <> l.fee",
    },
    Invariant {
        name: "book_agrees_with_shares",
        says: "the book gives each payee of an order the sum of their shares",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              JOIN journals j ON j.order_id = o.id AND j.kind = 'SALE'
              JOIN (SELECT l.order_id, s.payee_creator_id, SUM(s.amount_minor) AS amount
                    FROM order_shares s JOIN order_lines l ON l.id = s.order_line_id
                    GROUP BY l.order_id, s.payee_creator_id) x ON x.order_id = o.id
              WHERE x.amount <> COALESCE((SELECT -SUM(p.amount_minor) FROM postings p
                                          WHERE p.journal_id = j.id AND p.account = 'HELD'
                                            AND p.payee_creator_id = x.payee_creator_id), 0)",
    },
];
