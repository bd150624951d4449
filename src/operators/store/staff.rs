//! Roles in the database.

use entity::{staff_roles, users};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use crate::db::{Db, Tx};
use crate::kernel::{Error, Fault, PublicId, Result, UserId};

use super::super::model::{Role, StaffMember};

/// The roles of an account.
pub async fn roles_of(conn: &impl ConnectionTrait, user: UserId) -> Result<Vec<Role>> {
    let rows = staff_roles::Entity::find().filter(staff_roles::Column::UserId.eq(user.uuid())).all(conn);
    rows.await?.iter().map(|row| role(&row.role)).collect()
}

/// Gives a role; false if they have it.
pub async fn grant(tx: &Tx, user: UserId, role: Role) -> Result<bool> {
    let row = staff_roles::ActiveModel {
        user_id: Set(user.uuid()),
        role: Set(role.name().to_owned()),
        granted_at: Set(tx.now()),
    };
    let given = staff_roles::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(given > 0)
}

/// Takes a role; false if they do not have it.
pub async fn revoke(tx: &Tx, user: UserId, role: Role) -> Result<bool> {
    let key = (user.uuid(), role.name().to_owned());
    let gone = staff_roles::Entity::delete_by_id(key).exec(tx.conn()).await?;
    Ok(gone.rows_affected > 0)
}

/// Everybody with a role, by address.
pub async fn staff(db: &Db) -> Result<Vec<StaffMember>> {
    let roles = staff_roles::Entity::find().order_by_asc(staff_roles::Column::Role).all(db.read()).await?;
    let people = users::Entity::find()
        .filter(users::Column::Id.is_in(roles.iter().map(|row| row.user_id)))
        .all(db.read())
        .await?;
    let mut staff = Vec::new();
    for row in roles {
        let Some(person) = people.iter().find(|person| person.id == row.user_id) else { continue };
        staff.push(StaffMember {
            email: person.email.clone(),
            is_proven: person.email_verified_at.is_some(),
            role: role(&row.role)?,
            granted_at: row.granted_at,
        });
    }
    staff.sort_by(|a, b| (&a.email, a.role).cmp(&(&b.email, b.role)));
    Ok(staff)
}

fn role(name: &str) -> Result<Role> {
    Role::of(name).ok_or_else(|| Error::Fault(Fault::new("reading a role", name)))
}
