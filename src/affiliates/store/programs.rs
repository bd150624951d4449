//! What creators offer.

use std::collections::HashMap;

use entity::affiliate_programs as table;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};

use crate::affiliates::model::{Model, Program};
use crate::app::App;
use crate::db::Tx;
use crate::kernel::{CreatorId, Error, PublicId, Result};

use super::unreadable;

/// A creator's program, open or not.
pub async fn program(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Option<Program>> {
    table::Entity::find_by_id(creator.uuid()).one(conn).await?.map(Program::try_from).transpose()
}

/// Many creators' programs, open or not.
pub async fn programs(app: &App, creators: &[CreatorId]) -> Result<HashMap<CreatorId, Program>> {
    let keys = creators.iter().map(|id| id.uuid());
    let rows = table::Entity::find().filter(table::Column::CreatorId.is_in(keys)).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((CreatorId(row.creator_id), Program::try_from(row)?))).collect()
}

/// Writes a program, new or changed.
pub async fn put_program(tx: &Tx, program: &Program) -> Result<()> {
    use table::Column;
    let row = table::ActiveModel {
        creator_id: Set(program.creator.uuid()),
        is_open: Set(program.is_open),
        commission_basis_points: Set(program.commission_basis_points),
        attribution_days: Set(program.attribution_days),
        model: Set(program.model.name().to_owned()),
        terms_markdown: Set(program.terms.clone()),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let changed = [
        Column::IsOpen,
        Column::CommissionBasisPoints,
        Column::AttributionDays,
        Column::Model,
        Column::TermsMarkdown,
        Column::UpdatedAt,
    ];
    table::Entity::insert(row)
        .on_conflict(OnConflict::column(Column::CreatorId).update_columns(changed).to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

impl TryFrom<table::Model> for Program {
    type Error = Error;

    fn try_from(row: table::Model) -> Result<Self> {
        Ok(Self {
            creator: CreatorId(row.creator_id),
            is_open: row.is_open,
            commission_basis_points: row.commission_basis_points,
            attribution_days: row.attribution_days,
            model: Model::of(&row.model).ok_or_else(|| unreadable(&row.model))?,
            terms: row.terms_markdown,
        })
    }
}
