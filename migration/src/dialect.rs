//! How each database says the same table: migrations are written for PostgreSQL, SQLite's words are derived here.
//!
//! SQLite tables are `STRICT`, so that a text in a number column is refused when it is written and not found out when
//! it is read. Ids are 16-byte blobs there, instants are RFC 3339 text in UTC (which sorts as it should), truth is
//! 0 or 1.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// One database's way of running a migration.
pub struct Dialect<'m, 'c> {
    manager: &'m SchemaManager<'c>,
}

impl<'m, 'c> Dialect<'m, 'c> {
    /// The dialect of the database being migrated.
    pub fn of(manager: &'m SchemaManager<'c>) -> Self {
        Self { manager }
    }

    /// Runs statements written in PostgreSQL's words.
    pub async fn create(&self, statements: &[&str]) -> Result<(), DbErr> {
        for statement in statements {
            self.run(&self.say(statement)).await?;
        }
        Ok(())
    }

    /// Drops tables in the order given.
    pub async fn drop(&self, tables: &[&str]) -> Result<(), DbErr> {
        for table in tables {
            self.run(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }

    /// Runs `postgres` there and `sqlite` here: for what has no common wording (triggers).
    pub async fn either(&self, postgres: &[&str], sqlite: &[&str]) -> Result<(), DbErr> {
        let statements = if self.is_sqlite() { sqlite } else { postgres };
        for statement in statements {
            self.run(statement).await?;
        }
        Ok(())
    }

    fn is_sqlite(&self) -> bool {
        self.manager.get_database_backend() == DbBackend::Sqlite
    }

    async fn run(&self, sql: &str) -> Result<(), DbErr> {
        self.manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }

    fn say(&self, sql: &str) -> String {
        if self.is_sqlite() { in_sqlite(sql) } else { sql.to_owned() }
    }
}

/// Makes a file's `Migration`: statements for both ways, or statements up and tables to drop down, newest first. It runs
/// in a transaction. What needs each database's own words (`Dialect::either`) is written out instead.
macro_rules! migration {
    (up: $up:expr, down: $down:expr) => {
        $crate::dialect::migration!(@ $up, create($down));
    };
    (up: $up:expr, drop: $tables:expr) => {
        $crate::dialect::migration!(@ $up, drop($tables));
    };
    (@ $up:expr, $undo:ident($what:expr)) => {
        /// See the module's header.
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                $crate::dialect::Dialect::of(manager).create($up).await
            }

            async fn down(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                $crate::dialect::Dialect::of(manager).$undo($what).await
            }
        }
    };
}

pub(crate) use migration;

/// PostgreSQL's column types and what SQLite's strict tables call them; longer words first.
const WORDS: &[(&str, &str)] = &[
    ("BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ("TIMESTAMPTZ", "TEXT"),
    ("BOOLEAN", "INTEGER"),
    ("BIGINT", "INTEGER"),
    ("JSONB", "TEXT"),
    ("UUID", "BLOB"),
    (" INT ", " INTEGER "),
    (" INT,", " INTEGER,"),
];

fn in_sqlite(sql: &str) -> String {
    let said = WORDS.iter().fold(sql.to_owned(), |sql, (ours, theirs)| sql.replace(ours, theirs));
    if said.starts_with("CREATE TABLE") { said + " STRICT" } else { said }
}
