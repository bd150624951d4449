//! What strangers may see, read from where it is kept.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, JsonValue, Value};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::{CreatorId, Fault, OfferingId, PublicId, Result};
use crate::search::model::{Document, Kind};

#[derive(FromQueryResult)]
struct OfferingRow {
    id: Uuid,
    kind: String,
    creator_id: Uuid,
    version: i32,
    title: String,
    subtitle: Option<String>,
    description_markdown: String,
    language: String,
    display_name: String,
}

#[derive(FromQueryResult)]
struct CreatorRow {
    id: Uuid,
    handle: String,
    display_name: String,
    headline: Option<String>,
    languages: JsonValue,
}

#[derive(FromQueryResult)]
struct NicheRow {
    owner: Uuid,
    slug: String,
    name: String,
}

/// Published, on an open storefront, and of a kind that can be found.
const OFFERINGS: &str =
    "SELECT o.id, o.kind, o.creator_id, o.version, o.title, o.subtitle, o.description_markdown,
        o.language, c.display_name
    FROM offerings o
    JOIN creators c ON c.id = o.creator_id
    JOIN storefronts s ON s.creator_id = o.creator_id
    WHERE o.status = 'PUBLISHED' AND o.kind <> 'MEMBERSHIP' AND s.is_published AND ";

const OFFERING_NICHES: &str = "SELECT p.offering_id AS owner, n.slug, n.name
    FROM offering_niches p JOIN niches n ON n.id = p.niche_id JOIN offerings o ON o.id = p.offering_id WHERE ";

const CREATOR: &str = "SELECT c.id, c.handle, c.display_name, c.headline, c.languages
    FROM creators c JOIN storefronts s ON s.creator_id = c.id WHERE s.is_published AND c.id = $1";

const CREATOR_NICHES: &str = "SELECT p.creator_id AS owner, n.slug, n.name
    FROM creator_niches p JOIN niches n ON n.id = p.niche_id WHERE p.creator_id = $1";

/// An offering, if strangers may find it.
pub(super) async fn offering(tx: &Tx, id: OfferingId) -> Result<Option<Document>> {
    Ok(offerings(tx, "o.id = $1", id.uuid()).await?.pop())
}

/// All of a creator's offerings that strangers may find.
pub(super) async fn offerings_of(tx: &Tx, creator: CreatorId) -> Result<Vec<Document>> {
    offerings(tx, "o.creator_id = $1", creator.uuid()).await
}

async fn offerings(tx: &Tx, which: &str, key: Uuid) -> Result<Vec<Document>> {
    let rows: Vec<OfferingRow> = rows(tx, &format!("{OFFERINGS}{which} ORDER BY o.id"), key).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut niches = niches(tx, &format!("{OFFERING_NICHES}{which} ORDER BY n.slug"), key).await?;
    let document = |row: OfferingRow| {
        Ok(Document {
            id: row.id,
            kind: Kind::of(&row.kind).ok_or_else(|| Fault::new("reading an offering", &row.kind))?,
            creator: CreatorId(row.creator_id),
            version: row.version,
            label: row.title,
            handle: None,
            creator_name: row.display_name,
            subtitle: row.subtitle,
            description: row.description_markdown,
            niches: niches.remove(&row.id).unwrap_or_default(),
            languages: vec![row.language],
        })
    };
    rows.into_iter().map(document).collect()
}

/// A creator, if strangers may find it.
pub(super) async fn creator(tx: &Tx, id: CreatorId) -> Result<Option<Document>> {
    let Some(row) = rows::<CreatorRow>(tx, CREATOR, id.uuid()).await?.pop() else { return Ok(None) };
    let mut niches = niches(tx, &format!("{CREATOR_NICHES} ORDER BY n.slug"), id.uuid()).await?;
    let languages = serde_json::from_value(row.languages);
    Ok(Some(Document {
        id: row.id,
        kind: Kind::Creator,
        creator: id,
        version: 0,
        label: row.display_name.clone(),
        handle: Some(row.handle),
        creator_name: row.display_name,
        subtitle: row.headline,
        description: String::new(),
        niches: niches.remove(&row.id).unwrap_or_default(),
        languages: languages.map_err(|wrong| Fault::new("reading a creator", wrong))?,
    }))
}

async fn niches(tx: &Tx, text: &str, key: Uuid) -> Result<HashMap<Uuid, Vec<(String, String)>>> {
    let mut listed: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for row in rows::<NicheRow>(tx, text, key).await? {
        listed.entry(row.owner).or_default().push((row.slug, row.name));
    }
    Ok(listed)
}

async fn rows<T: FromQueryResult>(tx: &Tx, text: &str, key: Uuid) -> Result<Vec<T>> {
    let statement = db::sql(tx.conn().get_database_backend(), text, [Value::from(key)]);
    Ok(T::find_by_statement(statement).all(tx.conn()).await?)
}
