//! Who works where.

use std::collections::HashMap;

use entity::team_members;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::app::App;
use crate::creators::model::{Member, Membership, TeamRole};
use crate::db::Db;
use crate::kernel::{CreatorId, Fault, MemberId, PublicId, Result, UserId};

/// The most members one studio shows.
const MOST_MEMBERS: u64 = 100;

fn read(row: team_members::Model) -> Result<Member> {
    let role =
        TeamRole::named(&row.role).ok_or_else(|| Fault::new("reading a team member's role", &row.role))?;
    Ok(Member {
        id: MemberId(row.id),
        creator_id: CreatorId(row.creator_id),
        user_id: UserId(row.user_id),
        role,
        joined_at: row.joined_at,
    })
}

/// What somebody is in a studio, if anything.
pub async fn member(conn: &impl ConnectionTrait, creator: CreatorId, user: UserId) -> Result<Option<Member>> {
    let row = team_members::Entity::find()
        .filter(team_members::Column::CreatorId.eq(creator.uuid()))
        .filter(team_members::Column::UserId.eq(user.uuid()))
        .one(conn)
        .await?;
    row.map(read).transpose()
}

/// Everybody in the caller's studio, longest first; at most 100.
pub async fn members(db: &Db, at: &Membership) -> Result<Vec<Member>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::CreatorId.eq(at.creator_id().uuid()))
        .order_by_asc(team_members::Column::JoinedAt)
        .order_by_asc(team_members::Column::Id)
        .limit(MOST_MEMBERS)
        .all(db.read())
        .await?;
    rows.into_iter().map(read).collect()
}

/// Many members by key; the caller decides who may see them.
pub async fn members_by_id(app: &App, ids: &[MemberId]) -> Result<HashMap<MemberId, Member>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(app.db.read())
        .await?;
    rows.into_iter().map(|row| read(row).map(|one| (one.id, one))).collect()
}

/// Every studio a person works in, longest first; at most 100.
pub async fn memberships_of(db: &Db, user: UserId) -> Result<Vec<Member>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::UserId.eq(user.uuid()))
        .order_by_asc(team_members::Column::JoinedAt)
        .order_by_asc(team_members::Column::Id)
        .limit(MOST_MEMBERS)
        .all(db.read())
        .await?;
    rows.into_iter().map(read).collect()
}

/// What people are in studios, many at once; outsiders are absent.
pub async fn roles(
    app: &App,
    pairs: &[(UserId, CreatorId)],
) -> Result<HashMap<(UserId, CreatorId), TeamRole>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::UserId.is_in(pairs.iter().map(|(user, _)| user.uuid())))
        .filter(team_members::Column::CreatorId.is_in(pairs.iter().map(|(_, creator)| creator.uuid())))
        .all(app.db.read())
        .await?;
    rows.into_iter().map(|row| read(row).map(|one| ((one.user_id, one.creator_id), one.role))).collect()
}

/// Everybody in a studio, and as what.
pub async fn team(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<HashMap<UserId, TeamRole>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::CreatorId.eq(creator.uuid()))
        .all(conn)
        .await?;
    rows.into_iter().map(|row| read(row).map(|one| (one.user_id, one.role))).collect()
}

/// The first creator each of these people made.
pub async fn owned(app: &App, users: &[UserId]) -> Result<HashMap<UserId, CreatorId>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::UserId.is_in(users.iter().map(|user| user.uuid())))
        .filter(team_members::Column::Role.eq(TeamRole::Owner.name()))
        .order_by_desc(team_members::Column::JoinedAt)
        .order_by_desc(team_members::Column::Id)
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), CreatorId(row.creator_id))).collect())
}

/// Who owns these creators.
pub async fn owners(app: &App, creators: &[CreatorId]) -> Result<HashMap<CreatorId, UserId>> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::CreatorId.is_in(creators.iter().map(|creator| creator.uuid())))
        .filter(team_members::Column::Role.eq(TeamRole::Owner.name()))
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (CreatorId(row.creator_id), UserId(row.user_id))).collect())
}

/// How many creators a person owns.
pub async fn owned_count(conn: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let count = team_members::Entity::find()
        .filter(team_members::Column::UserId.eq(user.uuid()))
        .filter(team_members::Column::Role.eq(TeamRole::Owner.name()))
        .count(conn)
        .await?;
    Ok(count)
}
