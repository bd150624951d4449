//! Teams: until people can be invited, a story puts them in a studio past the API.

use atelier::creators::TeamRole;
use atelier::kernel::{CreatorId, UserId};
use entity::team_members;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::Person;

impl Person {
    /// Their account's id, as others see it.
    pub async fn user_id(&self) -> String {
        let seen = self.sees("{ viewer { user { id } } }", json!({})).await;
        seen["viewer"]["user"]["id"].as_str().unwrap().to_owned()
    }

    /// Works in the creator's studio from now on.
    pub async fn db_joins(&self, creator: &str, role: TeamRole) {
        let app = self.market.app();
        let creator: CreatorId = creator.parse().unwrap();
        let user: UserId = self.user_id().await.parse().unwrap();
        let tx = app.begin().await.unwrap();
        let row = team_members::ActiveModel {
            id: Set(tx.id()),
            creator_id: Set(creator.0),
            user_id: Set(user.0),
            role: Set(role.name().to_owned()),
            joined_at: Set(tx.now()),
        };
        team_members::Entity::insert(row).exec_without_returning(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }
}
