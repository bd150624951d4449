//! What money and the book must keep, as `atelier doctor` checks it (payments.md 5). Each query names the rows that
//! break a rule.

use chrono::Duration;
use sea_orm::{ConnectionTrait, TryGetable, Value};

use crate::db::{self, Db};
use crate::kernel::{Instant, Invariant, Result};

/// A rule: what to say of a row that breaks it, and the query that finds such rows by a name people can look up.
type Rule = (&'static str, &'static str);

/// Every broken rule, a sentence each; empty when all is well.
pub async fn check(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (says, text) in RULES {
        for name in names(db, text, []).await? {
            broken.push(says.replace("{}", &name));
        }
    }
    Ok(broken)
}

/// What should be done by `now` and is not; empty when nothing is stuck.
pub async fn stuck(db: &Db, now: Instant) -> Result<Vec<String>> {
    let before = now - Duration::minutes(15);
    let mut stuck = Vec::new();
    for (says, text) in WAITING {
        for name in names(db, text, [before.into()]).await? {
            stuck.push(says.replace("{}", &name));
        }
    }
    Ok(stuck)
}

const RULES: [Rule; 9] = [
    (
        "journal {}: its postings do not sum to zero in each currency",
        "SELECT DISTINCT j.kind || ' ' || j.external_id AS name FROM journals j
         JOIN (SELECT journal_id FROM postings GROUP BY journal_id, currency HAVING SUM(amount_minor) <> 0) b
             ON b.journal_id = j.id LIMIT 100",
    ),
    (
        "journal {}: it has no postings",
        "SELECT j.kind || ' ' || j.external_id AS name FROM journals j
         WHERE NOT EXISTS (SELECT 1 FROM postings p WHERE p.journal_id = j.id) LIMIT 100",
    ),
    (
        "payment {}: its amount or currency is not its order's",
        "SELECT p.charge_id AS name FROM payments p JOIN orders o ON o.id = p.order_id
         WHERE p.state = 'SETTLED' AND (p.amount_minor <> o.total_minor OR p.currency <> o.currency) LIMIT 100",
    ),
    (
        "payment {}: its order is not paid",
        "SELECT p.charge_id AS name FROM payments p JOIN orders o ON o.id = p.order_id
         WHERE p.state = 'SETTLED' AND o.paid_at IS NULL LIMIT 100",
    ),
    (
        "payment {}: its sale is not in the book with the amount that arrived",
        "SELECT p.charge_id AS name FROM payments p
         WHERE p.state = 'SETTLED' AND NOT EXISTS (
             SELECT 1 FROM journals j JOIN postings s ON s.journal_id = j.id
             WHERE j.kind = 'SALE' AND j.external_id = p.charge_id AND j.order_id = p.order_id
               AND s.account = 'STRIPE' AND s.amount_minor = p.amount_minor AND s.currency = p.currency)
         LIMIT 100",
    ),
    (
        "payment {}: Stripe's fee is not in the book",
        "SELECT p.charge_id AS name FROM payments p
         WHERE p.fee_minor > 0 AND NOT EXISTS (
             SELECT 1 FROM journals j JOIN postings s ON s.journal_id = j.id
             WHERE j.kind = 'STRIPE_FEE' AND j.external_id = p.balance_transaction_id
               AND s.account = 'STRIPE_FEE' AND s.amount_minor = p.fee_minor)
         LIMIT 100",
    ),
    (
        "order {}: it is paid, but not by exactly one payment (or by none, if nothing was due)",
        "SELECT o.number AS name FROM orders o
         WHERE o.paid_at IS NOT NULL
           AND (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'SETTLED')
               <> CASE WHEN o.total_minor = 0 THEN 0 ELSE 1 END
         LIMIT 100",
    ),
    (
        "order {}: the book gives its tax, fee or shares another sum than its lines",
        "SELECT o.number AS name FROM orders o
         JOIN journals j ON j.order_id = o.id AND j.kind = 'SALE'
         JOIN (SELECT journal_id, SUM(CASE WHEN account = 'TAX' THEN -amount_minor ELSE 0 END) AS tax,
                   SUM(CASE WHEN account = 'FEE' THEN -amount_minor ELSE 0 END) AS fee
               FROM postings GROUP BY journal_id) b ON b.journal_id = j.id
         JOIN (SELECT order_id, SUM(tax_minor) AS tax, SUM(fee_minor) AS fee
               FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
         WHERE b.tax <> l.tax OR b.fee <> l.fee LIMIT 100",
    ),
    (
        "order {}: the book gives a payee another sum than their shares",
        "SELECT o.number AS name FROM orders o
         JOIN journals j ON j.order_id = o.id AND j.kind = 'SALE'
         JOIN (SELECT l.order_id, s.payee_creator_id, SUM(s.amount_minor) AS amount
               FROM order_shares s JOIN order_lines l ON l.id = s.order_line_id
               GROUP BY l.order_id, s.payee_creator_id) x ON x.order_id = o.id
         WHERE x.amount <> COALESCE((SELECT -SUM(p.amount_minor) FROM postings p
                                     WHERE p.journal_id = j.id AND p.account = 'HELD'
                                       AND p.payee_creator_id = x.payee_creator_id), 0)
         LIMIT 100",
    ),
];

/// What must hold of sales that Stripe Tax was asked about.
pub const TAX: &[Invariant] = &[
    Invariant {
        name: "tax_asked",
        says: "a line's tax was worked out for its order, is no more than its amount, and nothing else has tax",
        sql: "SELECT 'order ' || o.number || ' has tax nobody worked out' AS row FROM order_lines l
              JOIN orders o ON o.id = l.order_id
              WHERE l.tax_minor < 0 OR l.tax_minor > l.amount_minor OR (l.tax_minor > 0
                  AND NOT EXISTS (SELECT 1 FROM order_taxes t WHERE t.order_id = o.id))",
    },
    Invariant {
        name: "tax_told",
        says: "Stripe Tax is told, or being told, of every paid sale it was asked about, and of no other",
        sql: "SELECT 'order ' || o.number || ' was not told to Stripe Tax, or too early' AS row FROM order_taxes t
              JOIN orders o ON o.id = t.order_id
              WHERE (o.paid_at IS NULL AND t.transaction_id IS NOT NULL)
                 OR (o.paid_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outgoing_calls c
                         WHERE c.kind = 'tax_transaction' AND c.subject_id = o.id))",
    },
    Invariant {
        name: "tax_taken_back",
        says: "no more tax is taken back than was within the sale",
        sql: "SELECT 'order ' || o.number || ' had more tax taken back than it had' AS row FROM orders o
              JOIN (SELECT order_id, SUM(tax_minor) AS tax, SUM(amount_minor) AS amount FROM tax_reversals
                    GROUP BY order_id) r ON r.order_id = o.id
              WHERE r.tax > o.tax_minor OR r.amount > o.total_minor",
    },
];

const WAITING: [Rule; 4] = [
    (
        "order {}: a guest paid for it, the address was proven, and it is nobody's",
        "SELECT o.number AS name FROM orders o JOIN users u ON u.email_folded = o.guest_email
         WHERE o.buyer_id IS NULL AND o.paid_at < $1 AND u.email_verified_at < $1 LIMIT 100",
    ),
    (
        "outgoing call {}: intended more than 15 minutes ago and not answered",
        "SELECT idempotency_key AS name FROM outgoing_calls
         WHERE state = 'INTENDED' AND created_at < $1 LIMIT 100",
    ),
    (
        "event {}: received more than 15 minutes ago and not handled",
        "SELECT stripe_id AS name FROM stripe_events WHERE state = 'RECEIVED' AND received_at < $1 LIMIT 100",
    ),
    (
        "case {}: open, a person must look",
        "SELECT kind || ' ' || subject AS name FROM cases WHERE closed_at IS NULL AND opened_at < $1 LIMIT 100",
    ),
];

async fn names<const N: usize>(db: &Db, text: &str, values: [Value; N]) -> Result<Vec<String>> {
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, values)).await?;
    let names = rows.iter().map(|row| String::try_get(row, "", "name").map_err(sea_orm::DbErr::from));
    Ok(names.collect::<std::result::Result<_, _>>()?)
}
