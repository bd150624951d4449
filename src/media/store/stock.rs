//! Which rows own objects in the bucket, and which of them somebody is shown.
//!
//! Kept true: every table with a column `object_key` is named in [`OWNERS`]; an object that no owner names is thrown
//! away in the end. Statements only; the bucket is read by `actions::stock`.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Value};

use crate::db::{self, Db};
use crate::kernel::{Instant, Result};

/// A table whose rows own objects by `object_key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    table: &'static str,
    /// Which rows still own theirs; `$1` is when a deleted row's time is over.
    keeps: &'static str,
    /// Which rows somebody is shown, so that their object must be there; `$1` is since when.
    shows: &'static str,
}

/// Every table that owns objects.
pub const OWNERS: &[Owner] = &[
    Owner {
        table: "assets",
        keeps: "(deleted_at IS NULL OR deleted_at > $1)",
        shows: "state = 'READY' AND deleted_at IS NULL AND ready_at <= $1",
    },
    Owner {
        table: "renditions",
        keeps: "EXISTS (SELECT 1 FROM assets a WHERE a.id = renditions.asset_id
                    AND (a.deleted_at IS NULL OR a.deleted_at > $1))",
        shows: "EXISTS (SELECT 1 FROM assets a WHERE a.id = renditions.asset_id
                    AND a.state = 'READY' AND a.deleted_at IS NULL AND a.ready_at <= $1)",
    },
];

/// Which of these keys have an owner; one that was deleted before `deleted_before` is none any more.
pub async fn owned(db: &Db, keys: &[&str], deleted_before: Instant) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    if keys.is_empty() {
        return Ok(found);
    }
    let places: Vec<String> = (2..keys.len() + 2).map(|number| format!("${number}")).collect();
    for Owner { table, keeps, .. } in OWNERS {
        let places = places.join(", ");
        let text = format!("SELECT object_key FROM {table} WHERE object_key IN ({places}) AND {keeps}");
        let binds = std::iter::once(deleted_before.into()).chain(keys.iter().map(|key| Value::from(*key)));
        found.extend(read(db, &text, binds).await?);
    }
    Ok(found)
}

/// The next keys of this owner after `after` whose objects were there to be shown at `since`, in the database's order.
pub async fn shown(db: &Db, owner: &Owner, after: &str, since: Instant, limit: u64) -> Result<Vec<String>> {
    let Owner { table, shows, .. } = owner;
    let text = format!(
        "SELECT object_key FROM {table} WHERE object_key > $2 AND {shows} ORDER BY object_key LIMIT {limit}"
    );
    read(db, &text, [since.into(), after.into()]).await
}

async fn read(db: &Db, text: &str, binds: impl IntoIterator<Item = Value>) -> Result<Vec<String>> {
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, binds)).await?;
    let keys = rows.iter().map(|row| row.try_get::<String>("", "object_key"));
    Ok(keys.collect::<std::result::Result<_, _>>()?)
}
