//! Who had which seat at which session, and was there: one line for each seat.

use crate::db::Db;
use crate::kernel::csv::cell;
use crate::kernel::{Instant, Result};
use crate::reports::model::Export;
use crate::workshops::model::Attendance;
use crate::workshops::store::{attendance_behind, attendance_start};

use super::figures::{Figures, Place, at};

/// Sessions that begin in the export's days. Names of people, and no addresses: those are in CUSTOMERS.
pub(super) async fn attendance(
    db: &Db,
    export: &Export,
    behind: Option<Place>,
    most: u64,
) -> Result<Figures> {
    let behind = behind.unwrap_or_else(|| attendance_start(export.from));
    let rows = attendance_behind(db, export.creator, (export.from, export.until), behind, most).await?;
    let lines = rows.iter().map(line).collect();
    let key = |row: &Attendance| {
        let (start, session, seat) = row.key();
        vec![start.into(), session.into(), seat.into()]
    };
    Ok(Figures::of(&rows, most, lines, key))
}

fn line(row: &Attendance) -> String {
    let time = |instant: Option<Instant>| instant.map(at).unwrap_or_default();
    let seen = row.presence;
    let cells = [
        row.session.to_string(),
        cell(&row.workshop),
        cell(row.title.as_deref().unwrap_or_default()),
        at(row.starts_at),
        cell(&row.local_start),
        cell(&row.time_zone),
        row.seat.to_string(),
        cell(row.holder.as_deref().unwrap_or_default()),
        row.status().to_owned(),
        row.origin.name().to_owned(),
        time(seen.checked_in_at),
        time(seen.joined_at),
        time(seen.left_at),
        seen.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
    ];
    cells.join(",")
}
