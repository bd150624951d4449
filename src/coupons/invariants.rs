//! What must always hold of coupons.

use crate::kernel::Invariant;

/// Checked by `atelier doctor` and after every test.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "coupon_counts",
        says: "a coupon keeps how many of its uses were taken and not released",
        sql: "SELECT 'coupon ' || c.code || ' keeps ' || c.redemption_count || ' uses' AS row FROM coupons c
              WHERE c.redemption_count <> (SELECT COUNT(*) FROM coupon_redemptions r
                                           WHERE r.coupon_id = c.id AND r.state <> 'RELEASED')",
    },
    Invariant {
        name: "coupon_limits",
        says: "a coupon is used no more often than it may be, except by money that came late",
        sql: "SELECT 'coupon ' || c.code || ' was used more often than ' || c.max_redemptions || ' times' AS row
              FROM coupons c
              WHERE c.max_redemptions < (SELECT COUNT(*) FROM coupon_redemptions r
                                         WHERE r.coupon_id = c.id AND r.state <> 'RELEASED' AND NOT r.is_late)",
    },
    Invariant {
        name: "coupon_customers",
        says: "a customer uses a coupon no more often than one may, except by money that came late",
        sql: "SELECT 'coupon ' || c.code || ' was used ' || COUNT(*) || ' times by one customer' AS row
              FROM coupon_redemptions r JOIN coupons c ON c.id = r.coupon_id
              WHERE r.state <> 'RELEASED' AND NOT r.is_late AND c.per_customer_limit IS NOT NULL
              GROUP BY c.id, c.code, c.per_customer_limit, r.email_folded
              HAVING COUNT(*) > c.per_customer_limit",
    },
    Invariant {
        name: "coupon_orders",
        says: "a use counts exactly when its order was paid, and is released exactly when its order is void; it is \
               worth the order's discount, and the order is its creator's",
        sql: "SELECT 'order ' || o.number || ' is ' || o.status || ' and its use of ' || c.code || ' is ' || r.state AS row
              FROM coupon_redemptions r JOIN orders o ON o.id = r.order_id JOIN coupons c ON c.id = r.coupon_id
              WHERE (r.state = 'COUNTED') <> (o.paid_at IS NOT NULL) OR (r.state = 'RELEASED') <> (o.status = 'VOID')
                 OR r.amount_minor <> o.discount_minor OR r.currency <> o.currency
                 OR c.creator_id <> o.creator_id",
    },
    Invariant {
        name: "coupon_discounts",
        says: "an order that costs less than its things has used a coupon",
        sql: "SELECT 'order ' || o.number || ' has a discount and no coupon' AS row FROM orders o
              WHERE o.discount_minor > 0 AND NOT EXISTS
                    (SELECT 1 FROM coupon_redemptions r WHERE r.order_id = o.id)",
    },
];
