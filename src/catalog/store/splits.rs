//! Who shares in what an offering earns.

use std::collections::HashMap;

use entity::offering_payees as table;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{Part, PartState, Payee};
use crate::db::Tx;
use crate::kernel::{CreatorId, Error, OfferingId, PublicId, Result};

use super::impossible;

/// The most parts a studio is shown of others' offerings.
const MOST_SHOWN: u64 = 100;

/// The parts of many offerings, whoever may see them, the largest first.
pub async fn parts_of(app: &App, offerings: &[OfferingId]) -> Result<HashMap<OfferingId, Vec<Part>>> {
    let keys = offerings.iter().map(|id| id.uuid());
    let mut parts: HashMap<OfferingId, Vec<Part>> = HashMap::new();
    for row in rows(app.db.read(), table::Column::OfferingId.is_in(keys)).await? {
        let part = Part::try_from(row)?;
        parts.entry(part.offering).or_default().push(part);
    }
    Ok(parts)
}

/// The parts of one offering.
pub async fn parts(conn: &impl ConnectionTrait, offering: OfferingId) -> Result<Vec<Part>> {
    let found = rows(conn, table::Column::OfferingId.eq(offering.uuid())).await?;
    found.into_iter().map(Part::try_from).collect()
}

/// What others share with a creator, latest offer first; at most 100.
pub async fn parts_for(conn: &impl ConnectionTrait, payee: CreatorId) -> Result<Vec<Part>> {
    let found = table::Entity::find()
        .filter(table::Column::PayeeCreatorId.eq(payee.uuid()))
        .order_by_desc(table::Column::InvitedAt)
        .order_by_desc(table::Column::Id)
        .limit(MOST_SHOWN)
        .all(conn)
        .await?;
    found.into_iter().map(Part::try_from).collect()
}

/// Who counts at a sale of these offerings: what was accepted, the largest first.
pub async fn payees(conn: &impl ConnectionTrait, offerings: &[Uuid]) -> Result<HashMap<Uuid, Vec<Payee>>> {
    let mut payees: HashMap<Uuid, Vec<Payee>> = HashMap::new();
    for row in rows(conn, table::Column::OfferingId.is_in(offerings.iter().copied())).await? {
        let offering = row.offering_id;
        let part = Part::try_from(row)?;
        if let Some(basis_points) = part.accepted {
            payees.entry(offering).or_default().push(Payee { creator: part.payee, basis_points });
        }
    }
    Ok(payees)
}

async fn rows(
    conn: &impl ConnectionTrait,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<table::Model>> {
    let all = table::Entity::find().filter(which).order_by_asc(table::Column::OfferingId);
    let largest_first = all.order_by_desc(table::Column::OfferedBasisPoints);
    Ok(largest_first.order_by_asc(table::Column::Id).all(conn).await?)
}

/// Makes these the parts of an offering. The caller holds the offering's lock. Sales made before keep their shares.
pub async fn set_parts(tx: &Tx, offering: OfferingId, parts: &[Part]) -> Result<()> {
    let kept = parts.iter().map(|part| part.payee.uuid());
    table::Entity::delete_many()
        .filter(table::Column::OfferingId.eq(offering.uuid()))
        .filter(table::Column::PayeeCreatorId.is_not_in(kept))
        .exec(tx.conn())
        .await?;
    for part in parts {
        if !set_part(tx, part).await? {
            insert(tx, part).await?;
        }
    }
    Ok(())
}

/// Writes a part that is there already; false if it is not.
pub async fn set_part(tx: &Tx, part: &Part) -> Result<bool> {
    let decided = (part.state != PartState::Invited).then(|| tx.now());
    let change = table::ActiveModel {
        offered_basis_points: Set(points(part.offered)),
        accepted_basis_points: Set(part.accepted.map(points)),
        state: Set(part.state.name().to_owned()),
        invited_at: Set(part.invited_at),
        decided_at: Set(decided),
        ..Default::default()
    };
    let changed = table::Entity::update_many()
        .set(change)
        .filter(table::Column::OfferingId.eq(part.offering.uuid()))
        .filter(table::Column::PayeeCreatorId.eq(part.payee.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected == 1)
}

async fn insert(tx: &Tx, part: &Part) -> Result<()> {
    let row = table::ActiveModel {
        id: Set(tx.id()),
        offering_id: Set(part.offering.uuid()),
        payee_creator_id: Set(part.payee.uuid()),
        offered_basis_points: Set(points(part.offered)),
        accepted_basis_points: Set(part.accepted.map(points)),
        state: Set(part.state.name().to_owned()),
        invited_at: Set(part.invited_at),
        decided_at: Set(None),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// At most 10,000, which the table checks.
fn points(points: u32) -> i32 {
    i32::try_from(points).unwrap_or(i32::MAX)
}

impl TryFrom<table::Model> for Part {
    type Error = Error;

    fn try_from(row: table::Model) -> Result<Self> {
        let points =
            |points: i32| u32::try_from(points).map_err(|_| impossible("a part", &points.to_string()));
        Ok(Self {
            offering: OfferingId(row.offering_id),
            payee: CreatorId(row.payee_creator_id),
            offered: points(row.offered_basis_points)?,
            accepted: row.accepted_basis_points.map(points).transpose()?,
            state: PartState::of(&row.state).ok_or_else(|| impossible("an offer's state", &row.state))?,
            invited_at: row.invited_at,
        })
    }
}
