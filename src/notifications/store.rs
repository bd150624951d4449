//! Letters in the database.

use entity::letters;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::gateways::mailer::CalendarPart;
use crate::kernel::{Instant, PublicId, Result};

use super::model::{Draft, Letter};

/// Keeps a letter; `None` if one with the same unique key is there already.
pub async fn insert(tx: &Tx, draft: Draft, calendar: Option<CalendarPart>) -> Result<Option<Uuid>> {
    let id = tx.id();
    let (method, calendar) = calendar.map(|part| (part.method, part.text)).unzip();
    let row = letters::ActiveModel {
        id: Set(id),
        user_id: Set(draft.user.map(PublicId::uuid)),
        recipient: Set(draft.recipient.clone()),
        kind: Set(draft.kind.to_owned()),
        subject: Set(draft.subject.clone()),
        body_text: Set(draft.text()),
        body_html: Set(draft.html()),
        unique_key: Set(draft.unique_key),
        created_at: Set(tx.now()),
        sent_at: Set(None),
        calendar_method: Set(method),
        calendar: Set(calendar),
    };
    let written = letters::Entity::insert(row)
        .on_conflict(OnConflict::column(letters::Column::UniqueKey).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok((written > 0).then_some(id))
}

/// A letter that is not out yet.
pub async fn unsent(db: &Db, id: Uuid) -> Result<Option<Letter>> {
    let row = letters::Entity::find_by_id(id).one(db.read()).await?;
    Ok(row.filter(|row| row.sent_at.is_none()).map(|row| Letter {
        kind: row.kind,
        recipient: row.recipient,
        subject: row.subject,
        text: row.body_text,
        html: row.body_html,
        calendar: row.calendar_method.zip(row.calendar).map(|(method, text)| CalendarPart { method, text }),
    }))
}

/// Notes that a letter is out, and erases its text.
pub async fn mark_sent(conn: &impl ConnectionTrait, id: Uuid, now: Instant) -> Result<()> {
    let sent = letters::ActiveModel {
        id: Set(id),
        body_text: Set(String::new()),
        body_html: Set(String::new()),
        calendar: Set(None),
        sent_at: Set(Some(now)),
        ..Default::default()
    };
    letters::Entity::update(sent).exec(conn).await?;
    Ok(())
}
