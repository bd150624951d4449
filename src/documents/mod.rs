//! Trusted documents: what an app may ask, registered when the app is built; then it sends a number instead of a text.
//!
//! A number is the SHA-256 of the text, so it means the same everywhere and for ever: registering is harmless when done
//! twice, nothing registered is ever changed, and every instance may remember what it has read. With `DOCUMENTS=registered`
//! nothing else is answered. Not here: what a document may contain (`graphql::limits`, as for any), and what of its answers
//! is kept (`http::answers`).

mod manifest;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use entity::trusted_documents as rows;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, PaginatorTrait};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::kernel::Result;

pub use manifest::{Unregistrable, read};

/// Bytes of a document, as for any that is sent (`graphql::limits`).
const LONGEST: usize = 32 * 1024;
/// Documents remembered by a process; beyond, they are read from the database each time.
const REMEMBERED: usize = 10_000;

/// A document with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// 64 hexadecimal digits.
    pub id: String,
    /// GraphQL.
    pub text: String,
}

/// What this process remembers of them. Kept once (`App::kept`).
#[derive(Default)]
pub struct Known(RwLock<HashMap<String, Arc<str>>>);

/// The number of a text.
pub fn number_of(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// The number in `sha256:…`, or in the digits alone; none if it is no SHA-256.
pub fn parse(given: &str) -> Option<String> {
    let digits = given.strip_prefix("sha256:").unwrap_or(given);
    let is_number = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| digits.to_ascii_lowercase())
}

/// Registers documents; gives how many are new.
pub async fn register(app: &App, documents: &[Document]) -> Result<u64> {
    let tx = app.begin().await?;
    let mut new = 0;
    for some in documents.chunks(200) {
        let rows = some.iter().map(|document| rows::ActiveModel {
            id: Set(document.id.clone()),
            text: Set(document.text.clone()),
            registered_at: Set(tx.now()),
        });
        let again = OnConflict::column(rows::Column::Id).do_nothing().to_owned();
        let insert = rows::Entity::insert_many(rows).on_conflict(again);
        new += insert.exec_without_returning(tx.conn()).await?;
    }
    tx.commit().await?;
    Ok(new)
}

/// How many are registered.
pub async fn count(app: &App) -> Result<u64> {
    Ok(rows::Entity::find().count(app.db.read()).await?)
}

/// The text of a number that this process has looked up before.
pub fn remembered(app: &App, id: &str) -> Option<Arc<str>> {
    app.kept::<Known>().0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
}

/// The text of a number that was registered.
pub async fn text(app: &App, id: &str) -> Result<Option<Arc<str>>> {
    if let Some(text) = remembered(app, id) {
        return Ok(Some(text));
    }
    let known = app.kept::<Known>();
    let row = rows::Entity::find_by_id(id.to_owned()).one(app.db.read()).await?;
    let Some(text) = row.map(|row| Arc::<str>::from(row.text)) else { return Ok(None) };
    let mut all = known.0.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() < REMEMBERED {
        all.insert(id.to_owned(), Arc::clone(&text));
    }
    Ok(Some(text))
}
