//! What membership plans have beyond other offerings: their perks and what they open.

use std::collections::HashMap;

use entity::{membership_inclusions as inclusions, membership_plans as plans, offerings};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{AnyOffering, Included, OfferingKind, OfferingStatus, PlanContents, PlanText};
use crate::db::{self, Tx};
use crate::kernel::{CreatorId, OfferingId, PlanId, PublicId, Result};

use super::drafts::{draft, edited};
use super::offerings::{all, select};

/// Plans of one creator that are shown.
const MOST_SHOWN: usize = 20;

/// Writes a draft.
pub async fn insert_plan(tx: &Tx, creator: CreatorId, slug: String, words: PlanText) -> Result<PlanId> {
    let id = PlanId(tx.id());
    let whose = (OfferingKind::Membership, creator, slug);
    let offering = draft(tx, id.uuid(), whose, words.title.unwrap_or_default());
    let offering = offerings::ActiveModel {
        description_markdown: Set(words.description.unwrap_or_default()),
        cover_asset_id: Set(words.cover.flatten().map(PublicId::uuid)),
        ..offering
    };
    offerings::Entity::insert(offering).exec_without_returning(tx.conn()).await?;
    let row = plans::ActiveModel {
        offering_id: Set(id.uuid()),
        perks: Set(json!(words.perks.unwrap_or_default())),
        includes_all: Set(false),
    };
    plans::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    set_included(tx, id, &words.included.unwrap_or_default()).await?;
    Ok(id)
}

/// Changes the words and the contents; what is absent stays.
pub async fn update_plan(tx: &Tx, id: PlanId, words: PlanText) -> Result<()> {
    let offering = edited(tx, id.uuid(), words.title, words.description, words.cover);
    offerings::Entity::update(offering).exec(tx.conn()).await?;
    if let Some(perks) = words.perks {
        let row = plans::ActiveModel {
            offering_id: Set(id.uuid()),
            perks: Set(json!(perks)),
            ..Default::default()
        };
        plans::Entity::update(row).exec(tx.conn()).await?;
    }
    match words.included {
        Some(included) => set_included(tx, id, &included).await,
        None => Ok(()),
    }
}

async fn set_included(tx: &Tx, id: PlanId, included: &Included) -> Result<()> {
    inclusions::Entity::delete_many()
        .filter(inclusions::Column::PlanId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let (all, items) = match included {
        Included::Everything => (true, &[][..]),
        Included::These(items) => (false, items.as_slice()),
    };
    let row =
        plans::ActiveModel { offering_id: Set(id.uuid()), includes_all: Set(all), ..Default::default() };
    plans::Entity::update(row).exec(tx.conn()).await?;
    let rows = (0_i32..).zip(items).map(|(position, item)| inclusions::ActiveModel {
        plan_id: Set(id.uuid()),
        item_id: Set(item.uuid()),
        position: Set(position),
    });
    if !items.is_empty() {
        inclusions::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What plans have beyond other offerings.
pub async fn plan_contents(app: &App, ids: &[PlanId]) -> Result<HashMap<PlanId, PlanContents>> {
    let keys: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = plans::Entity::find()
        .filter(plans::Column::OfferingId.is_in(keys.iter().copied()))
        .all(app.db.read())
        .await?;
    let named = inclusions::Entity::find()
        .filter(inclusions::Column::PlanId.is_in(keys))
        .order_by_asc(inclusions::Column::Position)
        .all(app.db.read())
        .await?;
    let contents = rows.into_iter().map(|row| {
        let items = named.iter().filter(|one| one.plan_id == row.offering_id);
        let included = if row.includes_all {
            Included::Everything
        } else {
            Included::These(items.map(|one| OfferingId(one.item_id)).collect())
        };
        let perks = row.perks.as_array().into_iter().flatten();
        let perks = perks.filter_map(|perk| perk.as_str().map(str::to_owned)).collect();
        (PlanId(row.offering_id), PlanContents { perks, included })
    });
    Ok(contents.collect())
}

/// Creators' published plans, the oldest first.
pub async fn plans_of(app: &App, creators: &[CreatorId]) -> Result<HashMap<CreatorId, Vec<AnyOffering>>> {
    let found = select()
        .filter(offerings::Column::CreatorId.is_in(creators.iter().map(|creator| creator.uuid())))
        .filter(offerings::Column::Kind.eq(OfferingKind::Membership.name()))
        .filter(offerings::Column::Status.eq(OfferingStatus::Published.name()))
        .order_by_asc(offerings::Column::Id);
    let mut plans: HashMap<CreatorId, Vec<AnyOffering>> = HashMap::new();
    for plan in all(app.db.read(), found).await?.into_iter().filter(|plan| plan.is_public()) {
        let theirs = plans.entry(plan.creator).or_default();
        if theirs.len() < MOST_SHOWN {
            theirs.push(plan);
        }
    }
    Ok(plans)
}

/// The courses a plan opens now: those it names, also those of bundles it names, or all its creator has published.
pub async fn included_offerings(conn: &impl ConnectionTrait, plan: Uuid) -> Result<Vec<Uuid>> {
    let text = "SELECT o.id AS id FROM offerings o
         WHERE o.kind = 'COURSE' AND o.status IN ('PUBLISHED', 'UNLISTED')
           AND (EXISTS (SELECT 1 FROM membership_plans p JOIN offerings q ON q.id = p.offering_id
                        WHERE p.offering_id = $1 AND p.includes_all AND q.creator_id = o.creator_id)
             OR o.id IN (SELECT i.item_id FROM membership_inclusions i WHERE i.plan_id = $1)
             OR o.id IN (SELECT b.item_id FROM membership_inclusions i
                         JOIN bundle_items b ON b.bundle_id = i.item_id WHERE i.plan_id = $1))
         ORDER BY o.id";
    ids(conn, text, plan).await
}

/// The plans that open an offering, by itself or in a bundle.
pub async fn plans_with(conn: &impl ConnectionTrait, offering: Uuid) -> Result<Vec<Uuid>> {
    let text = "SELECT p.offering_id AS id FROM membership_plans p JOIN offerings q ON q.id = p.offering_id
         WHERE (p.includes_all AND q.creator_id = (SELECT o.creator_id FROM offerings o
                                                WHERE o.id = $1 AND o.kind = 'COURSE'))
            OR p.offering_id IN (SELECT i.plan_id FROM membership_inclusions i WHERE i.item_id = $1)
            OR p.offering_id IN (SELECT i.plan_id FROM membership_inclusions i
                                 JOIN bundle_items b ON b.bundle_id = i.item_id WHERE b.item_id = $1)
         ORDER BY p.offering_id";
    ids(conn, text, offering).await
}

async fn ids(conn: &impl ConnectionTrait, text: &str, bind: Uuid) -> Result<Vec<Uuid>> {
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [bind.into()])).await?;
    let ids = rows.iter().map(|row| row.try_get("", "id"));
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}

/// What an offering is called; empty when it is gone.
pub async fn title_of(conn: &impl ConnectionTrait, offering: Uuid) -> Result<String> {
    let title: Option<String> = offerings::Entity::find_by_id(offering)
        .select_only()
        .column(offerings::Column::Title)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(title.unwrap_or_default())
}
