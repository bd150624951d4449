//! The audit log in the database: written once, in the transaction of what it tells of.

use entity::audit_log;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Db, Tx};
use crate::kernel::{AuditEntryId, CreatorId, Page, PageRequest, PublicId, Result, UserId};

use super::super::actions::Operator;
use super::super::model::AuditEntry;
use super::behind;

/// What is written down of an act.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// `payout.hold`.
    pub action: &'static str,
    /// Our id, or Stripe's.
    pub subject: String,
    /// The creator it concerns.
    pub creator: Option<CreatorId>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Writes down what an operator does, in the transaction that does it.
pub async fn audit(tx: &Tx, operator: &Operator, act: Act<'_>) -> Result<()> {
    write(tx, Some(operator.user_id.uuid()), Some(operator.ip_prefix.clone()), act).await
}

/// Writes down what was done on the command line.
pub async fn audit_command_line(tx: &Tx, act: Act<'_>) -> Result<()> {
    write(tx, None, None, act).await
}

async fn write(tx: &Tx, actor: Option<uuid::Uuid>, ip_prefix: Option<String>, act: Act<'_>) -> Result<()> {
    let row = audit_log::ActiveModel {
        id: Set(tx.id()),
        actor_id: Set(actor),
        action: Set(act.action.to_owned()),
        subject: Set(act.subject),
        creator_id: Set(act.creator.map(PublicId::uuid)),
        reason: Set(act.reason.map(str::to_owned)),
        ip_prefix: Set(ip_prefix),
        occurred_at: Set(tx.now()),
    };
    audit_log::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The log, newest first; of one person or of all.
pub async fn log(db: &Db, actor: Option<UserId>, page: &PageRequest) -> Result<Page<AuditEntry>> {
    let mut query = audit_log::Entity::find();
    if let Some(actor) = actor {
        query = query.filter(audit_log::Column::ActorId.eq(actor.uuid()));
    }
    if let Some(after) = behind::<AuditEntryId>(page) {
        query = query.filter(audit_log::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(audit_log::Column::Id).limit(page.limit()).all(db.read()).await?;
    Ok(Page::cut(rows.into_iter().map(AuditEntry::from).collect(), page))
}

/// One line.
pub async fn entry(conn: &impl ConnectionTrait, id: AuditEntryId) -> Result<Option<AuditEntry>> {
    Ok(audit_log::Entity::find_by_id(id.uuid()).one(conn).await?.map(AuditEntry::from))
}

impl From<audit_log::Model> for AuditEntry {
    fn from(row: audit_log::Model) -> Self {
        Self {
            id: AuditEntryId(row.id),
            actor: row.actor_id.map(UserId),
            action: row.action,
            subject: row.subject,
            reason: row.reason,
            ip_prefix: row.ip_prefix,
            occurred_at: row.occurred_at,
        }
    }
}
