//! Cases as operators see them.

use entity::{case_closings, cases};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Db, Tx};
use crate::kernel::{CaseId, Page, PageRequest, PublicId, Result, UserId};

use super::super::actions::Operator;
use super::super::model::{Case, Closing};
use super::behind;

/// Which cases to list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Open ones, closed ones, or both.
    pub open: Option<bool>,
    /// Only of this kind.
    pub kind: Option<String>,
}

/// Cases, newest first.
pub async fn cases(db: &Db, filter: &CaseFilter, page: &PageRequest) -> Result<Page<Case>> {
    let mut query = cases::Entity::find();
    query = match filter.open {
        Some(true) => query.filter(cases::Column::ClosedAt.is_null()),
        Some(false) => query.filter(cases::Column::ClosedAt.is_not_null()),
        None => query,
    };
    if let Some(kind) = &filter.kind {
        query = query.filter(cases::Column::Kind.eq(kind));
    }
    if let Some(after) = behind::<CaseId>(page) {
        query = query.filter(cases::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(cases::Column::Id).limit(page.limit()).all(db.read()).await?;
    Ok(Page::cut(with_closings(db.read(), rows).await?, page))
}

/// One case.
pub async fn case(conn: &impl ConnectionTrait, id: CaseId) -> Result<Option<Case>> {
    let rows = cases::Entity::find_by_id(id.uuid()).all(conn).await?;
    Ok(with_closings(conn, rows).await?.pop())
}

/// One case, taken until the commit.
pub async fn lock_case(tx: &Tx, id: CaseId) -> Result<Option<Case>> {
    let rows = cases::Entity::find_by_id(id.uuid()).lock_exclusive().all(tx.conn()).await?;
    Ok(with_closings(tx.conn(), rows).await?.pop())
}

/// Ends a case that the caller holds the lock of.
pub async fn close(tx: &Tx, case: CaseId, operator: &Operator, note: &str) -> Result<()> {
    let change =
        cases::ActiveModel { id: Set(case.uuid()), closed_at: Set(Some(tx.now())), ..Default::default() };
    cases::Entity::update(change).exec(tx.conn()).await?;
    let closing = case_closings::ActiveModel {
        case_id: Set(case.uuid()),
        closed_by: Set(operator.user_id.uuid()),
        note: Set(note.to_owned()),
        closed_at: Set(tx.now()),
    };
    case_closings::Entity::insert(closing).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn with_closings(conn: &impl ConnectionTrait, rows: Vec<cases::Model>) -> Result<Vec<Case>> {
    let closed: Vec<_> = rows.iter().filter(|row| row.closed_at.is_some()).map(|row| row.id).collect();
    let closings = if closed.is_empty() {
        Vec::new()
    } else {
        case_closings::Entity::find().filter(case_closings::Column::CaseId.is_in(closed)).all(conn).await?
    };
    let cases = rows.into_iter().map(|row| {
        let said = closings.iter().find(|closing| closing.case_id == row.id);
        let closing = row.closed_at.map(|at| Closing {
            at,
            by: said.map(|closing| UserId(closing.closed_by)),
            note: said.map(|closing| closing.note.clone()),
        });
        let (kind, subject, detail) = (row.kind, row.subject, row.detail);
        Case { id: CaseId(row.id), kind, subject, detail, opened_at: row.opened_at, closing }
    });
    Ok(cases.collect())
}
