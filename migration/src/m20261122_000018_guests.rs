//! Guests: under which address an order was placed without an account, until somebody proves that address.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE orders ADD COLUMN guest_email TEXT",
    "CREATE INDEX orders_by_guest_email ON orders (guest_email) WHERE guest_email IS NOT NULL",
];

const DOWN: &[&str] = &["DROP INDEX orders_by_guest_email", "ALTER TABLE orders DROP COLUMN guest_email"];

crate::dialect::migration!(up: UP, down: DOWN);
