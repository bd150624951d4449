//! What sent money must keep, as `atelier doctor` checks it (payments.md 5). Each query names the rows that break a rule.

use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use crate::db::Db;
use crate::kernel::{Invariant, Result};

use super::model;

/// Checked by `atelier doctor` and after every story.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "transfers_released",
        says: "what was sent to a payee for an order and not taken back is at most what was released to them",
        sql: "SELECT 'order ' || o.number || ' sent ' || s.sent || ' and released ' || COALESCE(r.released, 0) AS row
              FROM (SELECT t.order_id, t.payee_creator_id, SUM(t.amount_minor) - COALESCE((
                        SELECT SUM(v.amount_minor) FROM transfer_reversals v JOIN transfers u ON u.id = v.transfer_id
                        WHERE u.order_id = t.order_id AND u.payee_creator_id = t.payee_creator_id
                          AND v.state = 'MADE'), 0) AS sent
                    FROM transfers t WHERE t.state = 'SENT' GROUP BY t.order_id, t.payee_creator_id) s
              JOIN orders o ON o.id = s.order_id
              LEFT JOIN (SELECT j.order_id, p.payee_creator_id, -SUM(p.amount_minor) AS released
                    FROM postings p JOIN journals j ON j.id = p.journal_id
                    WHERE p.account = 'DUE' AND j.kind IN ('RELEASE', 'COMMISSION', 'COMMISSION_RETURNED', 'ADJUSTMENT')
                    GROUP BY j.order_id, p.payee_creator_id) r
                ON r.order_id = s.order_id AND r.payee_creator_id = s.payee_creator_id
              WHERE s.sent > COALESCE(r.released, 0)",
    },
    Invariant {
        name: "transfers_within_charge",
        says: "what was sent from a charge and not taken back is at most the charge, in its currency",
        sql: "SELECT 'charge ' || m.charge_id || ' paid ' || m.amount_minor || ', sent ' || s.sent AS row
              FROM (SELECT t.charge_id, t.currency, SUM(t.amount_minor) - COALESCE((
                        SELECT SUM(v.amount_minor) FROM transfer_reversals v JOIN transfers u ON u.id = v.transfer_id
                        WHERE u.charge_id = t.charge_id AND v.state = 'MADE'), 0) AS sent
                    FROM transfers t WHERE t.state <> 'REFUSED' GROUP BY t.charge_id, t.currency) s
              JOIN payments m ON m.charge_id = s.charge_id
              WHERE s.sent > m.amount_minor OR s.currency <> m.currency",
    },
    Invariant {
        name: "transfers_of_their_order",
        says: "a transfer comes from the charge that paid for its order",
        sql: "SELECT 'transfer ' || COALESCE(t.stripe_id, '?') AS row FROM transfers t
              WHERE NOT EXISTS (SELECT 1 FROM payments m WHERE m.charge_id = t.charge_id AND m.order_id = t.order_id)",
    },
    Invariant {
        name: "transfers_booked",
        says: "each transfer that was made is in the book with its amount, payee and order, and the other way round",
        sql: "SELECT 'transfer ' || t.stripe_id || ' is not booked' AS row FROM transfers t
              WHERE t.state = 'SENT' AND NOT EXISTS (
                  SELECT 1 FROM journals j JOIN postings p ON p.journal_id = j.id
                  WHERE j.kind = 'TRANSFER' AND j.external_id = t.stripe_id AND j.order_id = t.order_id
                    AND p.account = 'DUE' AND p.payee_creator_id = t.payee_creator_id
                    AND p.amount_minor = t.amount_minor AND p.currency = t.currency)
              UNION ALL SELECT 'journal ' || j.external_id || ' has no transfer' AS row FROM journals j
              WHERE j.kind = 'TRANSFER' AND NOT EXISTS (
                  SELECT 1 FROM transfers t WHERE t.stripe_id = j.external_id AND t.state = 'SENT')",
    },
    Invariant {
        name: "reversals_booked",
        says: "each reversal that was made is in the book with its amount, payee and order, and the other way round",
        sql: "SELECT 'reversal ' || r.stripe_id || ' is not booked' AS row FROM transfer_reversals r
              WHERE r.state = 'MADE' AND NOT EXISTS (
                  SELECT 1 FROM journals j JOIN postings p ON p.journal_id = j.id
                  WHERE j.kind = 'TRANSFER_REVERSAL' AND j.external_id = r.stripe_id AND j.order_id = r.order_id
                    AND p.account = 'DUE' AND p.payee_creator_id = r.payee_creator_id
                    AND p.amount_minor = -r.amount_minor AND p.currency = r.currency)
              UNION ALL SELECT 'journal ' || j.external_id || ' has no reversal' AS row FROM journals j
              WHERE j.kind = 'TRANSFER_REVERSAL' AND NOT EXISTS (
                  SELECT 1 FROM transfer_reversals r WHERE r.stripe_id = j.external_id AND r.state = 'MADE')",
    },
    Invariant {
        name: "reversals_within_transfer",
        says: "what is taken back of a transfer is at most the transfer, from the same payee and in its currency",
        sql: "SELECT 'transfer ' || t.stripe_id AS row FROM transfers t
              JOIN (SELECT transfer_id, SUM(amount_minor) AS back FROM transfer_reversals
                    WHERE state <> 'CANCELLED' GROUP BY transfer_id) r ON r.transfer_id = t.id
              WHERE r.back > t.amount_minor
              UNION ALL SELECT 'transfer ' || COALESCE(t.stripe_id, '?') AS row FROM transfers t
              JOIN transfer_reversals r ON r.transfer_id = t.id
              WHERE r.payee_creator_id <> t.payee_creator_id OR r.order_id <> t.order_id OR r.currency <> t.currency",
    },
    Invariant {
        name: "due_below_zero",
        says: "a payee owes money back on an order only after a refund or a dispute of it",
        sql: "SELECT 'order ' || o.number AS row FROM orders o
              JOIN (SELECT j.order_id, p.payee_creator_id FROM postings p JOIN journals j ON j.id = p.journal_id
                    WHERE p.account = 'DUE' GROUP BY j.order_id, p.payee_creator_id
                    HAVING SUM(p.amount_minor) > 0) b ON b.order_id = o.id
              WHERE NOT EXISTS (
                  SELECT 1 FROM journals j JOIN postings p ON p.journal_id = j.id
                  WHERE j.order_id = b.order_id AND p.account = 'DUE' AND p.payee_creator_id = b.payee_creator_id
                    AND (j.kind = 'REFUND' OR j.kind LIKE 'DISPUTE%' OR j.kind IN ('ADJUSTMENT', 'COMMISSION_RETURNED')))",
    },
    Invariant {
        name: "owed_money_is_asked_back",
        says: "what a payee owes back on an order is asked back as far as it was sent",
        sql: "SELECT 'order ' || o.number || ' owes ' || b.owed || ', asked back ' || COALESCE(w.wanted, 0) AS row
              FROM orders o
              JOIN (SELECT j.order_id, p.payee_creator_id, SUM(p.amount_minor) AS owed
                    FROM postings p JOIN journals j ON j.id = p.journal_id
                    WHERE p.account = 'DUE' GROUP BY j.order_id, p.payee_creator_id
                    HAVING SUM(p.amount_minor) > 0) b ON b.order_id = o.id
              JOIN (SELECT t.order_id, t.payee_creator_id, SUM(t.amount_minor) AS sent
                    FROM transfers t WHERE t.state = 'SENT' GROUP BY t.order_id, t.payee_creator_id) s
                ON s.order_id = b.order_id AND s.payee_creator_id = b.payee_creator_id
              LEFT JOIN (SELECT order_id, payee_creator_id,
                        SUM(CASE WHEN state IN ('INTENDED', 'WAITING') THEN amount_minor ELSE 0 END) AS wanted,
                        SUM(CASE WHEN state = 'MADE' THEN amount_minor ELSE 0 END) AS back
                    FROM transfer_reversals GROUP BY order_id, payee_creator_id) w
                ON w.order_id = b.order_id AND w.payee_creator_id = b.payee_creator_id
              WHERE COALESCE(w.wanted, 0) < CASE WHEN b.owed < s.sent - COALESCE(w.back, 0)
                                                 THEN b.owed ELSE s.sent - COALESCE(w.back, 0) END",
    },
    Invariant {
        name: "transfers_asked_for",
        says: "what is intended has a call to Stripe that is not answered; an old one is money stuck under way",
        sql: "SELECT 'transfer of order ' || o.number AS row FROM transfers t JOIN orders o ON o.id = t.order_id
              WHERE t.state = 'INTENDED' AND NOT EXISTS (SELECT 1 FROM outgoing_calls c
                  WHERE c.kind = 'transfer' AND c.subject_id = t.id AND c.state = 'INTENDED')
              UNION ALL SELECT 'reversal of order ' || o.number AS row
              FROM transfer_reversals r JOIN orders o ON o.id = r.order_id
              WHERE r.state = 'INTENDED' AND NOT EXISTS (SELECT 1 FROM outgoing_calls c
                  WHERE c.kind = 'reversal' AND c.subject_id = r.id AND c.state = 'INTENDED')",
    },
    Invariant {
        name: "second_book",
        says: "what a creator has at Stripe is what was sent, less what was taken back, less what was paid out",
        sql: "SELECT c.handle || ' has ' || m.amount || ' ' || m.currency || ' and should have ' || m.should AS row
              FROM (SELECT x.creator_id, x.currency, SUM(x.amount) AS amount, SUM(x.should) AS should FROM (
                  SELECT creator_id, currency, amount_minor AS amount, 0 AS should FROM creator_movements
                  UNION ALL SELECT payee_creator_id, currency, 0, amount_minor FROM transfers WHERE state = 'SENT'
                  UNION ALL SELECT payee_creator_id, currency, 0, -amount_minor FROM transfer_reversals
                      WHERE state = 'MADE'
                  UNION ALL SELECT creator_id, currency, 0, -amount_minor FROM payouts
                      WHERE state IN ('PENDING', 'IN_TRANSIT', 'PAID')
                  ) x GROUP BY x.creator_id, x.currency) m
              JOIN creators c ON c.id = m.creator_id WHERE m.amount <> m.should",
    },
    Invariant {
        name: "payouts_explained",
        says: "each payout that has left the balance has a statement, and its rows add up",
        sql: "SELECT 'payout ' || p.stripe_id || ' has no statement' AS row FROM payouts p
              WHERE p.state NOT IN ('INTENDED', 'REFUSED')
                AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.payout_id = p.id)
              UNION ALL SELECT 'statement ' || s.number || ' does not add up' AS row FROM statements s
              WHERE s.closing_minor - s.opening_minor <> (SELECT COALESCE(SUM(m.amount_minor), 0)
                  FROM statement_movements x JOIN creator_movements m ON m.id = x.movement_id
                  WHERE x.statement_id = s.id AND m.creator_id = s.creator_id AND m.currency = s.currency)",
    },
    Invariant {
        name: "statements_chained",
        says: "a creator's statements are numbered without a gap, each sealed with the one before",
        sql: "SELECT 'statement ' || s.number || ' of ' || c.handle AS row
              FROM statements s JOIN creators c ON c.id = s.creator_id
              LEFT JOIN statements p ON p.creator_id = s.creator_id AND p.number = s.number - 1
              WHERE (s.number = 1) <> (p.id IS NULL)
                 OR s.previous_hash <> COALESCE(p.hash, '0000000000000000000000000000000000000000000000000000000000000000')",
    },
];

/// Statements whose hash is not that of their rows, a sentence each.
pub async fn broken_seals(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let rows = entity::statements::Entity::find().order_by_asc(entity::statements::Column::Id);
    let mut pages = rows.paginate(db.read(), 200);
    while let Some(page) = pages.fetch_and_next().await? {
        let wrong = page.iter().filter(|row| model::hash(&row.previous_hash, &row.content) != row.hash);
        broken.extend(
            wrong.map(|row| format!("statement {}: its rows are not those that were sealed", row.id)),
        );
    }
    Ok(broken)
}
