//! What strangers can find: a document of words for everything public, each database's own index over them, and the
//! spellings that a slip of the finger is recognised by.
//!
//! Words are made by the application (`src/search/model`), the same for both databases. What is public already is written
//! by a job, so that there is one way to make a document.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "CREATE TABLE search_documents (
    number       BIGSERIAL PRIMARY KEY,
    id           UUID NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('CREATOR', 'COURSE', 'WORKSHOP', 'BUNDLE')),
    creator_id   UUID NOT NULL REFERENCES creators (id),
    version      INT NOT NULL,
    label        TEXT NOT NULL,
    creator_name TEXT NOT NULL,
    niches       TEXT NOT NULL,
    languages    TEXT NOT NULL,
    title        TEXT NOT NULL,
    byline       TEXT NOT NULL,
    body         TEXT NOT NULL,
    UNIQUE (id)
)",
    "CREATE INDEX search_documents_of_creator ON search_documents (creator_id)",
    "CREATE TABLE search_spellings (
    spelling TEXT NOT NULL,
    word     TEXT NOT NULL,
    PRIMARY KEY (spelling, word)
)",
];

/// The words are the lexemes: PostgreSQL's parser and dictionaries, which depend on its locale, have no say. Nothing waits in
/// the index's pending list: documents are read far more often than written.
const INDEX_POSTGRES: &[&str] = &[
    "ALTER TABLE search_documents ADD COLUMN words TSVECTOR NOT NULL GENERATED ALWAYS AS (
         array_to_tsvector(array_remove(string_to_array(title || byline || body, ' '), ''))) STORED",
    "CREATE INDEX search_documents_by_word ON search_documents USING GIN (words) WITH (fastupdate = off)",
];

/// An index beside the table, kept by triggers as SQLite's manual says (FTS5, 4.4.3).
const INDEX_SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE search_index USING fts5(
         title, byline, body, content = 'search_documents', content_rowid = 'number', columnsize = 0,
         tokenize = 'unicode61 remove_diacritics 0', prefix = '3 4')",
    "CREATE TRIGGER search_documents_indexed AFTER INSERT ON search_documents BEGIN
         INSERT INTO search_index (rowid, title, byline, body) VALUES (new.number, new.title, new.byline, new.body);
     END",
    "CREATE TRIGGER search_documents_forgotten AFTER DELETE ON search_documents BEGIN
         INSERT INTO search_index (search_index, rowid, title, byline, body)
         VALUES ('delete', old.number, old.title, old.byline, old.body);
     END",
    "CREATE TRIGGER search_documents_indexed_again AFTER UPDATE ON search_documents BEGIN
         INSERT INTO search_index (search_index, rowid, title, byline, body)
         VALUES ('delete', old.number, old.title, old.byline, old.body);
         INSERT INTO search_index (rowid, title, byline, body) VALUES (new.number, new.title, new.byline, new.body);
     END",
];

/// `search.rebuild`, where there is anybody to be found.
const FILL: &str = "INSERT INTO jobs
    (id, kind, payload, unique_key, state, attempts, max_attempts, run_at, created_at)
    SELECT ID, 'search.rebuild', '{}', 'search.rebuild@000070', 'QUEUED', 0, 12,
           '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'
    WHERE EXISTS (SELECT 1 FROM creators)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(UP).await?;
        dialect.either(INDEX_POSTGRES, INDEX_SQLITE).await?;
        let postgres = FILL
            .replace("ID,", "'01900000-0000-7000-8000-000000000070'::uuid,")
            .replace("'{}'", "'{}'::jsonb")
            .replace("+00:00'", "+00:00'::timestamptz");
        let sqlite = FILL.replace("ID,", "X'01900000000070008000000000000070',");
        dialect.either(&[&postgres], &[&sqlite]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.either(&[], &["DROP TABLE search_index"]).await?;
        dialect.drop(&["search_spellings", "search_documents"]).await
    }
}
