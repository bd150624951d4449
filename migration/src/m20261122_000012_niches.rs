//! The niches creators choose from.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Last two digits of the id, slug, name. Ids are fixed, so that every installation shows the same ones.
const NICHES: &[(&str, &str, &str)] = &[
    ("01", "cooking", "Cooking"),
    ("02", "baking", "Baking"),
    ("03", "photography", "Photography"),
    ("04", "video-editing", "Video editing"),
    ("05", "fitness", "Fitness"),
    ("06", "yoga", "Yoga"),
    ("07", "meditation", "Meditation"),
    ("08", "music", "Music"),
    ("09", "drawing", "Drawing"),
    ("0a", "design", "Design"),
    ("0b", "writing", "Writing"),
    ("0c", "languages", "Languages"),
    ("0d", "gardening", "Gardening"),
    ("0e", "crafts", "Crafts"),
    ("0f", "sewing", "Sewing"),
    ("10", "beauty", "Beauty"),
    ("11", "travel", "Travel"),
    ("12", "personal-finance", "Personal finance"),
    ("13", "business", "Business"),
    ("14", "programming", "Programming"),
    ("15", "parenting", "Parenting"),
    ("16", "pets", "Pets"),
    ("17", "home", "Home"),
    ("18", "games", "Games"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (digits, slug, name) in NICHES {
            let id = uuid::Uuid::parse_str(&format!("01900000-0000-7000-8000-0000000000{digits}"))
                .map_err(|e| DbErr::Migration(e.to_string()))?;
            let statement = Statement::from_sql_and_values(
                manager.get_database_backend(),
                "INSERT INTO niches (id, slug, name) VALUES ($1, $2, $3)",
                [id.into(), (*slug).into(), (*name).into()],
            );
            db.execute_raw(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DELETE FROM niches").await.map(|_| ())
    }
}
