//! Which niches offerings are listed under.

use std::collections::HashMap;

use entity::{niches, offering_niches};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::app::App;
use crate::creators::model::Niche;
use crate::db::Tx;
use crate::kernel::{NicheId, OfferingId, PublicId, Result};

/// Lists an offering under these niches and no others.
pub async fn set_niches(tx: &Tx, id: OfferingId, niches: Vec<NicheId>) -> Result<()> {
    offering_niches::Entity::delete_many()
        .filter(offering_niches::Column::OfferingId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let rows: Vec<_> = niches
        .into_iter()
        .map(|niche| offering_niches::ActiveModel {
            offering_id: Set(id.uuid()),
            niche_id: Set(niche.uuid()),
        })
        .collect();
    if !rows.is_empty() {
        offering_niches::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The niches of many offerings, by name.
pub async fn niches_of(app: &App, ids: &[OfferingId]) -> Result<HashMap<OfferingId, Vec<Niche>>> {
    let rows = offering_niches::Entity::find()
        .filter(offering_niches::Column::OfferingId.is_in(ids.iter().map(|id| id.uuid())))
        .select_also(niches::Entity)
        .join(
            JoinType::InnerJoin,
            offering_niches::Entity::belongs_to(niches::Entity)
                .from(offering_niches::Column::NicheId)
                .to(niches::Column::Id)
                .into(),
        )
        .order_by_asc(niches::Column::Name)
        .all(app.db.read())
        .await?;
    let mut listed: HashMap<OfferingId, Vec<Niche>> = HashMap::new();
    for (place, niche) in rows {
        let niche = niche.map(|row| Niche { id: row.id.into(), slug: row.slug, name: row.name });
        listed.entry(OfferingId(place.offering_id)).or_default().extend(niche);
    }
    Ok(listed)
}
