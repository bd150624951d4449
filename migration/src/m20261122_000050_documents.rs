//! How many pages a PDF has, and what hinders its readers.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE assets ADD COLUMN page_count INT CHECK (page_count > 0)",
    "ALTER TABLE assets ADD COLUMN document_problem TEXT CHECK (document_problem IN ('ENCRYPTED', 'UNREADABLE'))",
];

const DOWN: &[&str] =
    &["ALTER TABLE assets DROP COLUMN document_problem", "ALTER TABLE assets DROP COLUMN page_count"];

crate::dialect::migration!(up: UP, down: DOWN);
