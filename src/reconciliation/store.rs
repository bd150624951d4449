//! Stripe's movements, and the book's side of them.

use std::collections::{BTreeMap, BTreeSet};

use entity::stripe_movements as movements;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Value,
    sea_query::OnConflict,
};
use stripe_gateway::Movement;

use crate::db::{self, Db, Tx};
use crate::kernel::{CreatorId, Instant, Result};

use super::model::{Side, source_of};

/// Keeps movements; those that are there stay as they are. Gives how many are new.
pub async fn keep(tx: &Tx, found: &[Movement]) -> Result<u64> {
    if found.is_empty() {
        return Ok(0);
    }
    let rows = found.iter().map(|movement| movements::ActiveModel {
        id: Set(movement.id.clone()),
        kind: Set(movement.kind.clone()),
        source: Set(movement.source.clone().unwrap_or_else(|| movement.id.clone())),
        currency: Set(movement.currency.clone()),
        amount_minor: Set(movement.amount_minor),
        fee_minor: Set(movement.fee_minor),
        net_minor: Set(movement.net_minor),
        occurred_at: Set(movement.created),
        seen_at: Set(tx.now()),
    });
    let kept = movements::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(movements::Column::Id).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(kept)
}

/// What Stripe's movements say our balance is, by currency.
pub async fn moved(db: &Db) -> Result<BTreeMap<String, i64>> {
    sums(
        db,
        "SELECT currency, CAST(SUM(net_minor) AS BIGINT) AS amount FROM stripe_movements GROUP BY currency",
        [],
    )
    .await
}

/// What the book says our balance at Stripe is, by currency.
pub async fn booked(db: &Db) -> Result<BTreeMap<String, i64>> {
    let text = "SELECT currency, CAST(SUM(amount_minor) AS BIGINT) AS amount
         FROM postings WHERE account = 'STRIPE' GROUP BY currency";
    sums(db, text, []).await
}

/// What the book says a creator was sent, less what was taken back, by currency.
pub async fn sent(db: &Db, creator: CreatorId) -> Result<BTreeMap<String, i64>> {
    let text = "SELECT p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS amount
         FROM postings p JOIN journals j ON j.id = p.journal_id
         WHERE p.payee_creator_id = $1 AND p.account IN ('DUE', 'FROZEN')
           AND j.kind IN ('TRANSFER', 'TRANSFER_REVERSAL')
         GROUP BY p.currency";
    sums(db, text, [creator.0.into()]).await
}

#[derive(FromQueryResult)]
struct Sum {
    currency: String,
    amount: i64,
}

async fn sums<const N: usize>(db: &Db, text: &str, binds: [Value; N]) -> Result<BTreeMap<String, i64>> {
    let rows = Sum::find_by_statement(db::sql(db.backend(), text, binds)).all(db.read()).await?;
    Ok(rows.into_iter().filter(|row| row.amount != 0).map(|row| (row.currency, row.amount)).collect())
}

/// What moved from a moment on, before another: the sources, and under which names the book knows them.
pub async fn touched(db: &Db, since: Instant, until: Instant) -> Result<BTreeMap<String, Vec<String>>> {
    let moved: Vec<String> = movements::Entity::find()
        .select_only()
        .column(movements::Column::Source)
        .filter(movements::Column::OccurredAt.gte(since))
        .filter(movements::Column::OccurredAt.lt(until))
        .into_tuple()
        .all(db.read())
        .await?;
    let mut touched: BTreeMap<String, Vec<String>> =
        moved.into_iter().map(|source| (source, Vec::new())).collect();
    let ids = external_ids(db, since, until).await?;
    let of_movements = sources_of(db, &ids).await?;
    for id in ids {
        let source = of_movements.get(&id).map_or_else(|| source_of(&id), String::as_str).to_owned();
        touched.entry(source).or_default().push(id);
    }
    Ok(touched)
}

#[derive(FromQueryResult)]
struct Booked {
    kind: String,
    external_id: String,
    currency: String,
    amount: i64,
    booked_at: Instant,
}

const BOOKED: &str = "SELECT j.kind, j.external_id, p.currency, j.booked_at,
             CAST(SUM(p.amount_minor) AS BIGINT) AS amount
         FROM journals j JOIN postings p ON p.journal_id = j.id AND p.account = 'STRIPE'";
const EACH: &str = "GROUP BY j.id, j.kind, j.external_id, p.currency, j.booked_at";

async fn external_ids(db: &Db, since: Instant, until: Instant) -> Result<Vec<String>> {
    let text = format!("{BOOKED} WHERE j.booked_at >= $1 AND j.booked_at < $2 {EACH}");
    let statement = db::sql(db.backend(), &text, [since.into(), until.into()]);
    let rows = Booked::find_by_statement(statement).all(db.read()).await?;
    Ok(rows.into_iter().map(|row| row.external_id).collect())
}

/// The sources of those ids that are movements' own.
async fn sources_of(db: &Db, ids: &[String]) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(500) {
        let some = some.iter().filter(|id| id.starts_with("txn_"));
        let rows: Vec<(String, String)> = movements::Entity::find()
            .select_only()
            .column(movements::Column::Id)
            .column(movements::Column::Source)
            .filter(movements::Column::Id.is_in(some))
            .into_tuple()
            .all(db.read())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Both sides of these sources: Stripe's, then the book's. The book knows a source by its own id, by the ids of its
/// movements, and by the further names given here.
pub async fn sides(db: &Db, sources: &[(String, Vec<String>)]) -> Result<(Vec<Side>, Vec<Side>)> {
    let asked = sources.iter().map(|(source, _)| source.as_str());
    let rows = movements::Entity::find()
        .filter(movements::Column::Source.is_in(asked.clone()))
        .all(db.read())
        .await?;
    let of_movement: BTreeMap<&str, &str> =
        rows.iter().map(|row| (row.id.as_str(), row.source.as_str())).collect();
    let further = sources.iter().flat_map(|(_, names)| names.iter().map(String::as_str));
    let names: BTreeSet<&str> = asked.chain(of_movement.keys().copied()).chain(further).collect();
    let book = booked_as(db, &names).await?.into_iter().map(|row| Side {
        source: of_movement
            .get(row.external_id.as_str())
            .copied()
            .unwrap_or_else(|| source_of(&row.external_id))
            .to_owned(),
        currency: row.currency,
        net_minor: row.amount,
        name: format!("{} {}", row.kind, row.external_id),
        at: row.booked_at,
    });
    let book = book.collect();
    let stripe = rows.iter().map(|row| Side {
        source: row.source.clone(),
        currency: row.currency.clone(),
        net_minor: row.net_minor,
        name: format!("{} {}", row.kind, row.id),
        at: row.occurred_at,
    });
    Ok((stripe.collect(), book))
}

async fn booked_as(db: &Db, names: &BTreeSet<&str>) -> Result<Vec<Booked>> {
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let text = format!("{BOOKED} WHERE j.external_id IN ({}) {EACH}", places.join(", "));
    let binds = names.iter().map(|name| Value::from(*name));
    Ok(Booked::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?)
}

/// Creators in whose book something was sent or taken back from a moment on, before another.
pub async fn paid_since(db: &Db, since: Instant, until: Instant) -> Result<Vec<CreatorId>> {
    #[derive(FromQueryResult)]
    struct Payee {
        payee: uuid::Uuid,
    }
    let text = "SELECT DISTINCT p.payee_creator_id AS payee FROM postings p
         JOIN journals j ON j.id = p.journal_id
         WHERE j.kind IN ('TRANSFER', 'TRANSFER_REVERSAL') AND p.payee_creator_id IS NOT NULL
           AND j.booked_at >= $1 AND j.booked_at < $2";
    let statement = db::sql(db.backend(), text, [since.into(), until.into()]);
    let rows = Payee::find_by_statement(statement).all(db.read()).await?;
    Ok(rows.into_iter().map(|row| CreatorId(row.payee)).collect())
}
