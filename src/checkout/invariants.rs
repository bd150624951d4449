//! What orders and checkouts must keep, as `atelier doctor` checks it. Each query names the rows that break a rule.

use sea_orm::{ConnectionTrait, TryGetable};
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{CheckoutId, OrderId, OrderLineId, Result};

/// Every broken rule, a sentence each; empty when all is well.
pub async fn check(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for id in keys(db, LINES_MISS_TOTAL).await? {
        broken.push(format!("order {}: its lines do not add up to its total, discount and tax", OrderId(id)));
    }
    for id in keys(db, SHARES_MISS_LINE).await? {
        let id = OrderLineId(id);
        broken.push(format!("order line {id}: tax, fee and shares do not add up to its amount"));
    }
    for id in keys(db, PARTS_MISS_LINE).await? {
        let id = OrderLineId(id);
        broken.push(format!("order line {id}: it is a bundle, and its parts do not add up to its amount"));
    }
    for id in keys(db, SUCCESS_UNPAID).await? {
        broken.push(format!("checkout {}: it succeeded, but its order is not paid", CheckoutId(id)));
    }
    for id in keys(db, PAID_WITHOUT_CHECKOUT).await? {
        broken.push(format!(
            "order {}: it is paid, but no checkout of it or of its membership succeeded",
            OrderId(id)
        ));
    }
    for id in keys(db, PAID_WITHOUT_RIGHT).await? {
        broken.push(format!(
            "order {}: it is paid, but its buyer was not given all of it that is theirs",
            OrderId(id)
        ));
    }
    for id in keys(db, NOBODYS).await? {
        broken.push(format!("order {}: it has no buyer, and is not a guest's with a secret", OrderId(id)));
    }
    Ok(broken)
}

/// A guest's order gives nothing until it is claimed; that is the only order without a buyer.
const NOBODYS: &str = "SELECT o.id AS id FROM orders o
     WHERE o.buyer_id IS NULL
       AND (o.guest_email IS NULL OR NOT EXISTS
            (SELECT 1 FROM checkouts c WHERE c.order_id = o.id AND c.secret_hash IS NOT NULL))
     LIMIT 100";

const LINES_MISS_TOTAL: &str = "SELECT o.id AS id FROM orders o
     LEFT JOIN (SELECT order_id, SUM(amount_minor) AS amount, SUM(discount_minor) AS discount, SUM(tax_minor) AS tax
                FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
     WHERE l.order_id IS NULL OR l.amount <> o.total_minor OR l.discount <> o.discount_minor OR l.tax <> o.tax_minor
     LIMIT 100";

const SHARES_MISS_LINE: &str = "SELECT l.id AS id FROM order_lines l
     LEFT JOIN (SELECT order_line_id, SUM(amount_minor) AS amount FROM order_shares GROUP BY order_line_id) s
         ON s.order_line_id = l.id
     WHERE s.order_line_id IS NULL OR l.tax_minor + l.fee_minor + s.amount <> l.amount_minor
     LIMIT 100";

const PARTS_MISS_LINE: &str = "SELECT l.id AS id FROM order_lines l JOIN offerings f ON f.id = l.offering_id
     LEFT JOIN (SELECT order_line_id, SUM(amount_minor) AS amount FROM order_line_parts GROUP BY order_line_id) p
         ON p.order_line_id = l.id
     WHERE (f.kind = 'BUNDLE' AND p.order_line_id IS NULL) OR p.amount <> l.amount_minor
     LIMIT 100";

const SUCCESS_UNPAID: &str = "SELECT c.id AS id FROM checkouts c JOIN orders o ON o.id = c.order_id
     WHERE c.status = 'SUCCEEDED' AND o.paid_at IS NULL LIMIT 100";

const PAID_WITHOUT_CHECKOUT: &str = "SELECT o.id AS id FROM orders o
     WHERE o.paid_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM checkouts c WHERE c.order_id = o.id AND c.status = 'SUCCEEDED')
       AND NOT EXISTS (SELECT 1 FROM membership_invoices i JOIN memberships m ON m.id = i.membership_id
                       JOIN checkouts c ON c.order_id = m.order_id AND c.status = 'SUCCEEDED'
                       WHERE i.order_id = o.id)
     LIMIT 100";

const PAID_WITHOUT_RIGHT: &str = "SELECT DISTINCT o.id AS id FROM orders o JOIN order_lines l ON l.order_id = o.id
     LEFT JOIN order_line_parts p ON p.order_line_id = l.id
     WHERE o.status IN ('PAID', 'PARTIALLY_REFUNDED') AND o.buyer_id IS NOT NULL
       AND l.gift_recipient IS NULL
       AND NOT EXISTS (SELECT 1 FROM seats s WHERE s.order_line_id = l.id)
       AND NOT EXISTS (SELECT 1 FROM enrollments e
                       WHERE e.user_id = o.buyer_id AND e.offering_id = COALESCE(p.offering_id, l.offering_id))
     LIMIT 100";

async fn keys(db: &Db, text: &str) -> Result<Vec<Uuid>> {
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, [])).await?;
    let keys = rows.iter().map(|row| Uuid::try_get(row, "", "id").map_err(sea_orm::DbErr::from));
    Ok(keys.collect::<std::result::Result<_, _>>()?)
}
