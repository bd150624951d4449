//! The stored result of a mutation that must not happen twice.
//!
//! Kept per person, mutation and key, written in the transaction of the effect: the same key with the same input gives
//! the first result again, with another input it is refused. Two calls at once cannot both get through, since the
//! second waits for the first one's row. Kept 30 days.

use entity::idempotency_keys as keys;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{Code, Instant, Refusal, Result, UserId, secret};

/// One call that names itself.
#[derive(Clone, Debug)]
pub struct Call {
    actor: String,
    mutation: &'static str,
    key: Uuid,
    input_hash: String,
}

/// The key was used for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This idempotency key was used with another input. Make a new key for a new wish.")]
pub struct KeyReused;

impl Refusal for KeyReused {
    fn code(&self) -> Code {
        Code::IdempotencyKeyReused
    }
}

impl Call {
    /// `user` asks for `mutation` with this key; `input` is everything that makes two wishes the same wish.
    pub fn new(user: UserId, mutation: &'static str, key: Uuid, input: &[&str]) -> Self {
        Self { actor: user.to_string(), mutation, key, input_hash: secret::digest(input) }
    }

    /// The same for somebody without an account, known by their address alone, which is not kept.
    pub fn of_guest(email: &str, mutation: &'static str, key: Uuid, input: &[&str]) -> Self {
        let actor = format!("guest:{}", secret::digest(&[email]));
        Self { actor, mutation, key, input_hash: secret::digest(input) }
    }

    /// What the first call with this key gave.
    pub async fn earlier(&self, conn: &impl ConnectionTrait) -> Result<Option<Value>> {
        let row = keys::Entity::find()
            .filter(keys::Column::Actor.eq(&self.actor))
            .filter(keys::Column::Mutation.eq(self.mutation))
            .filter(keys::Column::Key.eq(self.key))
            .one(conn)
            .await?;
        match row {
            Some(row) if row.input_hash != self.input_hash => {
                Err(KeyReused.at(["input", "idempotencyKey"]).into())
            }
            row => Ok(row.map(|row| row.result)),
        }
    }

    /// Stores the result as part of the change. False if another call was first: drop the change and read what it
    /// gave with [`Call::earlier`].
    pub async fn settle(&self, tx: &Tx, result: Value) -> Result<bool> {
        let row = keys::ActiveModel {
            id: Set(tx.id()),
            actor: Set(self.actor.clone()),
            mutation: Set(self.mutation.to_owned()),
            key: Set(self.key),
            input_hash: Set(self.input_hash.clone()),
            result: Set(result),
            created_at: Set(tx.now()),
        };
        let written = keys::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([keys::Column::Actor, keys::Column::Mutation, keys::Column::Key])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(tx.conn())
            .await?;
        Ok(written > 0)
    }
}

/// Forgets results from before `before`.
pub async fn prune(db: &Db, before: Instant) -> Result<()> {
    keys::Entity::delete_many().filter(keys::Column::CreatedAt.lt(before)).exec(db.read()).await?;
    Ok(())
}
