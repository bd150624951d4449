//! The log of what happened.

use atelier::events;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, TransactionTrait};

use crate::support::{Market, story};

const SWITCH_OFF: &str = "ALTER TABLE events DISABLE TRIGGER events_in_order";
const SWITCH_ON: &str = "ALTER TABLE events ENABLE TRIGGER events_in_order";

const WAITING: &str = "SELECT COUNT(*) AS n FROM pg_locks JOIN pg_database ON oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";

async fn begins(market: &Market, patience: &str) -> DatabaseTransaction {
    let tx = market.app().db.read().begin().await.unwrap();
    tx.execute_unprepared(&format!("SET LOCAL lock_timeout = '{patience}'")).await.unwrap();
    tx
}

/// Writes a line; its place in the log.
async fn logs(tx: &DatabaseTransaction) -> Result<i64, DbErr> {
    let line = "INSERT INTO events (id, kind, subject, data, occurred_at)
        VALUES (gen_random_uuid(), 'course.updated', 'nothing', '{}', now()) RETURNING sequence";
    let row = tx.query_one_raw(atelier::db::sql(DbBackend::Postgres, line, [])).await?;
    row.unwrap().try_get("", "sequence")
}

/// Whether somebody can log something while somebody else, who logged before, has not committed.
async fn two_log_at_once(market: &Market) -> Result<i64, DbErr> {
    let (first, second) = (begins(market, "50ms").await, begins(market, "50ms").await);
    logs(&first).await.unwrap();
    let came_through = logs(&second).await;
    first.rollback().await.unwrap();
    second.rollback().await.unwrap();
    came_through
}

story! {
    async fn a_place_in_the_log_is_taken_after_the_wait_for_it(market) {
        // SQLite has one writer.
        if market.app().db.is_sqlite() {
            return;
        }
        let (first, second) = (begins(&market, "60s").await, begins(&market, "60s").await);
        let one = logs(&first).await.unwrap();
        let second = tokio::spawn(async move {
            let place = logs(&second).await.unwrap();
            second.rollback().await.unwrap();
            place
        });
        // Until the second one stands there; the story's own limit ends this.
        while market.db_number(WAITING).await == 0 {}
        let two = logs(&first).await.unwrap();
        first.rollback().await.unwrap();
        let three = second.await.unwrap();
        assert!(one < two && two < three, "{one}, {two}, {three}");
    }

    async fn whoever_logs_waits_for_those_who_logged_before(market) {
        // SQLite has one writer.
        if market.app().db.is_sqlite() {
            return;
        }
        let waited = two_log_at_once(&market).await.unwrap_err().to_string();
        assert!(waited.contains("lock timeout"), "{waited}");
        let after = begins(&market, "50ms").await;
        logs(&after).await.unwrap();
        after.rollback().await.unwrap();

        let conn = market.app().db.read();
        conn.execute_unprepared(SWITCH_OFF).await.unwrap();
        two_log_at_once(&market).await.expect("it is the log itself that makes them wait");
        let said = events::broken(&market.app().db).await.unwrap();
        assert!(said.len() == 1 && said[0].contains("events_in_order"), "{said:?}");
        conn.execute_unprepared(SWITCH_ON).await.unwrap();
    }
}
