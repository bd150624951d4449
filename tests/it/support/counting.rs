//! Counting rows past the API: what a story's end looks like in the database.

use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::Market;

impl Market {
    /// How many rows a table has; a condition may follow its name.
    pub async fn db_count(&self, table: &str) -> i64 {
        self.db_number(&format!("SELECT COUNT(*) AS n FROM {table}")).await
    }

    /// The kinds of the events that were kept, in the order of their coming.
    pub async fn db_events(&self) -> Vec<String> {
        let query = entity::stripe_events::Entity::find().order_by_asc(entity::stripe_events::Column::Id);
        let rows = query.all(self.app().db.read()).await.unwrap();
        rows.into_iter().map(|event| event.kind).collect()
    }

    /// The number that a query calls `n`.
    pub async fn db_number(&self, query: &str) -> i64 {
        let app = self.app();
        let statement = Statement::from_string(app.db.backend(), query.to_owned());
        app.db.read().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// The kinds of the cases that are open, oldest first.
    pub async fn db_open_cases(&self) -> Vec<String> {
        use sea_orm::ColumnTrait;
        let rows = entity::cases::Entity::find()
            .filter(entity::cases::Column::ClosedAt.is_null())
            .order_by_asc(entity::cases::Column::OpenedAt)
            .all(self.app().db.read())
            .await
            .unwrap();
        rows.into_iter().map(|case| case.kind).collect()
    }
}

impl Market {
    /// Removes every case past the API: for stories whose end is that a person is called.
    pub async fn db_forgets_cases(&self) {
        self.app().db.read().execute_unprepared("DELETE FROM cases").await.unwrap();
    }
}
