//! What is said in the room of a live session: a counter, a log without holes, messages, reactions, who is muted.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A date's room, written when something first happens in it. Its row is the lock, and counts what has happened.
    "CREATE TABLE chat_rooms (
    session_id        UUID PRIMARY KEY REFERENCES workshop_sessions (id),
    state             TEXT NOT NULL CHECK (state IN ('OPEN', 'HOSTS_ONLY', 'CLOSED')),
    slow_mode_seconds INT NOT NULL CHECK (slow_mode_seconds >= 0),
    last_sequence     BIGINT NOT NULL CHECK (last_sequence >= 0),
    created_at        TIMESTAMPTZ NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL
)",
    // The words of a message that was removed are gone; its row stays, so that a retry does not bring it back.
    "CREATE TABLE chat_messages (
    id                UUID PRIMARY KEY,
    room_id           UUID NOT NULL REFERENCES chat_rooms (session_id),
    sequence          BIGINT NOT NULL,
    client_message_id UUID NOT NULL,
    author_id         UUID NOT NULL REFERENCES users (id),
    is_host           BOOLEAN NOT NULL,
    body              TEXT NOT NULL,
    reply_to_id       UUID REFERENCES chat_messages (id),
    sent_at           TIMESTAMPTZ NOT NULL,
    removed_at        TIMESTAMPTZ,
    removed_by        UUID REFERENCES users (id),
    UNIQUE (room_id, author_id, client_message_id),
    UNIQUE (room_id, sequence),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
    CHECK (removed_at IS NULL OR body = '')
)",
    "CREATE INDEX chat_messages_of_author ON chat_messages (room_id, author_id, sequence)",
    // What has happened, in order: which message, never what it says.
    "CREATE TABLE chat_events (
    room_id     UUID NOT NULL REFERENCES chat_rooms (session_id),
    sequence    BIGINT NOT NULL CHECK (sequence > 0),
    kind        TEXT NOT NULL
                CHECK (kind IN ('MESSAGE_ADDED', 'MESSAGE_REMOVED', 'REACTIONS_CHANGED', 'ROOM_CHANGED')),
    message_id  UUID REFERENCES chat_messages (id),
    occurred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (room_id, sequence),
    CHECK ((kind = 'ROOM_CHANGED') = (message_id IS NULL))
)",
    "CREATE TABLE chat_reactions (
    message_id UUID NOT NULL REFERENCES chat_messages (id),
    user_id    UUID NOT NULL REFERENCES users (id),
    emoji      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (message_id, user_id, emoji)
)",
    "CREATE TABLE chat_mutes (
    room_id     UUID NOT NULL REFERENCES chat_rooms (session_id),
    user_id     UUID NOT NULL REFERENCES users (id),
    muted_until TIMESTAMPTZ NOT NULL,
    muted_by    UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (room_id, user_id)
)",
];

const LOG_POSTGRES: &[&str] =
    &["CREATE TRIGGER chat_events_append_only BEFORE UPDATE OR DELETE ON chat_events
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"];

const LOG_SQLITE: &[&str] = &[
    "CREATE TRIGGER chat_events_no_update BEFORE UPDATE ON chat_events BEGIN SELECT RAISE(ABORT, 'chat_events is append-only'); END",
    "CREATE TRIGGER chat_events_no_delete BEFORE DELETE ON chat_events BEGIN SELECT RAISE(ABORT, 'chat_events is append-only'); END",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["chat_mutes", "chat_reactions", "chat_events", "chat_messages", "chat_rooms"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(UP).await?;
        dialect.either(LOG_POSTGRES, LOG_SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).drop(TABLES).await
    }
}
