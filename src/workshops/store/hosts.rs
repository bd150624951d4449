//! Who hosts which session.

use std::collections::HashMap;

use entity::session_hosts::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{PublicId, Result, UserId, WorkshopSessionId};

/// Writes the hosts of a new session, in order.
pub async fn set_hosts(tx: &Tx, session: WorkshopSessionId, hosts: &[UserId]) -> Result<()> {
    let rows = (0_i32..).zip(hosts).map(|(position, host)| ActiveModel {
        session_id: Set(session.uuid()),
        user_id: Set(host.uuid()),
        position: Set(position),
    });
    if !hosts.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The hosts of many sessions, in order.
pub async fn hosts(
    app: &App,
    sessions: &[WorkshopSessionId],
) -> Result<HashMap<WorkshopSessionId, Vec<UserId>>> {
    let rows = Entity::find()
        .filter(Column::SessionId.is_in(sessions.iter().map(|id| id.uuid())))
        .order_by_asc(Column::Position)
        .all(app.db.read())
        .await?;
    let mut found: HashMap<_, Vec<UserId>> = HashMap::new();
    for row in rows {
        found.entry(WorkshopSessionId(row.session_id)).or_default().push(UserId(row.user_id));
    }
    Ok(found)
}
