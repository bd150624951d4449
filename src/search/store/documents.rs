//! Writing documents, in the change that made them out of date.

use entity::{creators, offerings, search_documents};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::db::{self, Db, Tx};
use crate::kernel::{CreatorId, OfferingId, PublicId, Result};
use crate::search::model::{Document, between_blanks};

use super::{engine, spelling, truth};

/// Documents in one statement.
const AT_ONCE: usize = 100;

/// Writes what an offering can be found by, or takes it out. Its row must be locked, and this the last change to it.
pub async fn refresh_offering(tx: &Tx, creator: CreatorId, id: OfferingId) -> Result<()> {
    // Before its state is read, drafts too: whoever opens the page meanwhile may still see it as it was.
    lock(tx, creator).await?;
    let status: Option<String> = offerings::Entity::find_by_id(id.uuid())
        .select_only()
        .column(offerings::Column::Status)
        .into_tuple()
        .one(tx.conn())
        .await?;
    if status.as_deref() == Some("PUBLISHED")
        && let Some(document) = truth::offering(tx, id).await?
    {
        return write(tx, vec![document]).await;
    }
    take_out(tx, search_documents::Column::Id, id.uuid()).await
}

/// Writes what a creator can be found by, and its offerings where they are told by its name; or takes all of them out.
pub async fn refresh_creator(tx: &Tx, id: CreatorId) -> Result<()> {
    lock(tx, id).await?;
    let Some(document) = truth::creator(tx, id).await? else {
        return take_out(tx, search_documents::Column::CreatorId, id.uuid()).await;
    };
    let known: Option<String> = search_documents::Entity::find()
        .select_only()
        .column(search_documents::Column::CreatorName)
        .filter(search_documents::Column::Id.eq(id.uuid()))
        .into_tuple()
        .one(tx.conn())
        .await?;
    let same_name = known.is_some_and(|name| name == document.creator_name);
    let told_by_it = if same_name { Vec::new() } else { truth::offerings_of(tx, id).await? };
    write(tx, [vec![document], told_by_it].concat()).await
}

/// Writes everything of a creator anew, whatever was there.
pub async fn rebuild(tx: &Tx, id: CreatorId) -> Result<()> {
    lock(tx, id).await?;
    take_out(tx, search_documents::Column::CreatorId, id.uuid()).await?;
    let Some(document) = truth::creator(tx, id).await? else { return Ok(()) };
    write(tx, [vec![document], truth::offerings_of(tx, id).await?].concat()).await
}

/// Creators by key, public or not, so many behind another.
pub async fn creators_after(db: &Db, after: Option<CreatorId>, limit: u64) -> Result<Vec<CreatorId>> {
    let after = after.map_or(Uuid::nil(), PublicId::uuid);
    let keys: Vec<Uuid> = creators::Entity::find()
        .select_only()
        .column(creators::Column::Id)
        .filter(creators::Column::Id.gt(after))
        .order_by_asc(creators::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(keys.into_iter().map(CreatorId).collect())
}

/// Whoever opens a page and whoever publishes on it must see each other.
async fn lock(tx: &Tx, creator: CreatorId) -> Result<()> {
    let backend = tx.conn().get_database_backend();
    if let Some(text) = engine::one_after_the_other(backend) {
        tx.conn().execute_raw(db::sql(backend, text, [creator.uuid().into()])).await?;
    }
    Ok(())
}

async fn take_out(tx: &Tx, column: search_documents::Column, key: Uuid) -> Result<()> {
    search_documents::Entity::delete_many().filter(column.eq(key)).exec(tx.conn()).await?;
    Ok(())
}

async fn write(tx: &Tx, documents: Vec<Document>) -> Result<()> {
    use search_documents::Column as C;
    for some in documents.chunks(AT_ONCE) {
        let again = OnConflict::column(C::Id)
            .update_columns([
                C::Kind,
                C::CreatorId,
                C::Version,
                C::Label,
                C::CreatorName,
                C::Niches,
                C::Languages,
                C::Title,
                C::Byline,
                C::Body,
            ])
            .to_owned();
        search_documents::Entity::insert_many(some.iter().map(row))
            .on_conflict(again)
            .exec_without_returning(tx.conn())
            .await?;
    }
    spelling::learn(tx, documents.iter().flat_map(|one| one.title().into_iter().chain(one.byline()))).await
}

fn row(document: &Document) -> search_documents::ActiveModel {
    let slugs: Vec<&String> = document.niches.iter().map(|(slug, _)| slug).collect();
    let languages: Vec<String> = document.languages.iter().map(|tag| tag.to_ascii_lowercase()).collect();
    search_documents::ActiveModel {
        number: NotSet,
        id: Set(document.id),
        kind: Set(document.kind.name().to_owned()),
        creator_id: Set(document.creator.uuid()),
        version: Set(document.version),
        label: Set(document.label.clone()),
        creator_name: Set(document.creator_name.clone()),
        niches: Set(between_blanks(&slugs)),
        languages: Set(between_blanks(&languages)),
        title: Set(between_blanks(&document.title())),
        byline: Set(between_blanks(&document.byline())),
        body: Set(between_blanks(&document.body())),
    }
}
