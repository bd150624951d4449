//! Permissions to play, as they were given: to whom, on which device, until when.

use entity::playback_grants::{self, Column};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};

use crate::db::{Db, Tx};
use crate::kernel::{
    AssetId, GrantId, Instant, LessonId, PublicId, Result, SessionId, UserId, WorkshopSessionId,
};

/// What a permission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantUse {
    /// To watch or hear.
    Play,
    /// To save a file.
    Save,
}

/// Why a permission was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The right behind it was lost.
    Right,
    /// The same person plays on more other devices than they may.
    Device,
}

impl EndedBy {
    fn name(self) -> &'static str {
        match self {
            Self::Right => "RIGHT",
            Self::Device => "DEVICE",
        }
    }
}

/// Who is given a permission, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grantee {
    /// None = anybody, for a lesson that is open to all.
    pub user: Option<UserId>,
    /// The device that asked.
    pub session: Option<SessionId>,
    /// The lesson, if it is for one.
    pub lesson: Option<LessonId>,
    /// The date of a workshop, if it is for its recording.
    pub replay: Option<WorkshopSessionId>,
}

/// A permission to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Key.
    pub id: GrantId,
    /// To whom.
    pub to: Grantee,
    /// What.
    pub asset: AssetId,
    /// Until when, unless it was taken back.
    pub expires_at: Instant,
    /// Why it was taken back.
    pub ended_by: Option<EndedBy>,
}

impl From<playback_grants::Model> for Grant {
    fn from(row: playback_grants::Model) -> Self {
        let ended_by = row.ended_at.map(|_| match row.ended_by.as_deref() {
            Some("DEVICE") => EndedBy::Device,
            _ => EndedBy::Right,
        });
        Self {
            id: row.id.into(),
            to: Grantee {
                user: row.user_id.map(UserId),
                session: row.session_id.map(SessionId),
                lesson: row.lesson_id.map(LessonId),
                replay: row.replay_session_id.map(WorkshopSessionId),
            },
            asset: row.asset_id.into(),
            expires_at: row.expires_at,
            ended_by,
        }
    }
}

impl Grant {
    /// Whether it stands at `now`.
    pub fn is_live_at(&self, now: Instant) -> bool {
        self.ended_by.is_none() && now < self.expires_at
    }
}

/// Writes down that somebody may play or save an asset for a while.
pub async fn insert_grant(
    tx: &Tx,
    to: Grantee,
    asset: AssetId,
    for_use: GrantUse,
    expires_at: Instant,
) -> Result<GrantId> {
    let id = tx.id();
    let row = playback_grants::ActiveModel {
        id: Set(id),
        user_id: Set(to.user.map(PublicId::uuid)),
        asset_id: Set(asset.uuid()),
        lesson_id: Set(to.lesson.map(PublicId::uuid)),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        session_id: Set(to.session.map(PublicId::uuid)),
        purpose: Set(if for_use == GrantUse::Play { "PLAY" } else { "SAVE" }.to_owned()),
        ended_at: Set(None),
        ended_by: Set(None),
        replay_session_id: Set(to.replay.map(PublicId::uuid)),
    };
    playback_grants::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(GrantId(id))
}

/// A permission to play, whatever became of it.
pub async fn grant(conn: &impl ConnectionTrait, id: GrantId) -> Result<Option<Grant>> {
    let row =
        playback_grants::Entity::find_by_id(id.uuid()).filter(Column::Purpose.eq("PLAY")).one(conn).await?;
    Ok(row.map(Grant::from))
}

/// A person's permissions to play that stand, oldest first.
pub async fn live_grants(tx: &Tx, user: UserId) -> Result<Vec<Grant>> {
    let rows = playback_grants::Entity::find()
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Purpose.eq("PLAY"))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(tx.now()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(Grant::from).collect())
}

/// Lets a permission last until `expires_at`, even if it was taken back: the caller has decided anew.
pub async fn extend_grant(tx: &Tx, id: GrantId, expires_at: Instant) -> Result<()> {
    playback_grants::Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .col_expr(Column::EndedAt, Expr::value(None::<Instant>))
        .col_expr(Column::EndedBy, Expr::value(None::<String>))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Takes permissions back that still stand.
pub async fn end_grants(tx: &Tx, ids: &[GrantId], by: EndedBy) -> Result<()> {
    playback_grants::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(tx.now()))
        .col_expr(Column::EndedBy, Expr::value(by.name()))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(Column::EndedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Forgets grants that have been over since before `before`.
pub async fn prune_grants(db: &Db, before: Instant) -> Result<()> {
    playback_grants::Entity::delete_many().filter(Column::ExpiresAt.lt(before)).exec(db.read()).await?;
    Ok(())
}
