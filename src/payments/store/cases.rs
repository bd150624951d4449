//! What a person must look at.

use entity::cases;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use serde_json::Value;

use crate::db::Tx;
use crate::kernel::Result;

/// Opens a case about `subject`, once for each kind and subject.
pub async fn open_case(tx: &Tx, kind: &str, subject: &str, detail: Value) -> Result<()> {
    let row = cases::ActiveModel {
        id: Set(tx.id()),
        kind: Set(kind.to_owned()),
        subject: Set(subject.to_owned()),
        detail: Set(detail),
        opened_at: Set(tx.now()),
        closed_at: Set(None),
    };
    cases::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([cases::Column::Kind, cases::Column::Subject]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    tracing::error!(kind, subject, "a case about money is open: a person must look");
    Ok(())
}

/// Whether there is such a case, open or closed.
pub async fn is_case_known(conn: &impl ConnectionTrait, kind: &str, subject: &str) -> Result<bool> {
    let same =
        cases::Entity::find().filter(cases::Column::Kind.eq(kind)).filter(cases::Column::Subject.eq(subject));
    Ok(same.one(conn).await?.is_some())
}
