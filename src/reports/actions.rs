//! Asking for a file, writing it, handing it out, and removing it.

use media_store::Disposition;
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use crate::app::App;
use crate::creators::{Desk, Membership, Permission, desk};
use crate::events::Event;
use crate::kernel::{Denied, Error, Fault, Instant, ReportExportId, Result, Viewer};
use crate::media::actions::{Workshop, store_failed};
use crate::queue::Job;
use crate::throttle::{self, Rate};

use super::model::{Export, GIVEN_UP_AFTER, Kind, State};
use super::{jobs, store};

/// A file costs a walk through the figures: some at once, then one in two minutes.
const WISHES: Rate = Rate { burst: 10, every_seconds: 120 };
const CSV: &str = "text/csv; charset=utf-8";

/// Asks for a report over some time; a job makes it. The desk proves what the kind needs.
pub async fn request(app: &App, desk: &Desk, kind: Kind, range: (Instant, Instant)) -> Result<Export> {
    throttle::take(app, "report", &desk.creator_id.to_string(), WISHES).await?;
    let mut tx = app.begin().await?;
    let export = store::insert(&tx, desk.creator_id, desk.user_id, kind, range).await?;
    tx.record(Event::new("report.requested", export.id).of_creator(desk.creator_id).of_user(desk.user_id));
    let job = Job::new(jobs::MAKE, json!({ "export": export.id.to_string() }));
    tx.enqueue(job.once(format!("report:{}", export.id)));
    tx.commit().await?;
    Ok(export)
}

/// The exports that a member may see, newest first; FORBIDDEN for who may see none of any kind.
pub async fn exports_of(app: &App, at: &Membership) -> Result<Vec<Export>> {
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| at.role().may(kind.permission())).collect();
    if kinds.is_empty() {
        return Err(Denied::Forbidden { missing: Permission::Analytics.name() }.into());
    }
    store::exports_of(&app.db, at.creator_id(), &kinds).await
}

/// An export that the viewer may see.
pub async fn seen(app: &App, viewer: &Viewer, id: ReportExportId) -> Result<Export> {
    let export = store::export(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    desk(app, viewer, export.creator, export.kind.permission()).await?;
    Ok(export)
}

/// The address of an export's file, good for as long as the file is there; none before and after.
pub async fn address(app: &App, export: &Export) -> Result<Option<String>> {
    let now = app.now();
    let (State::Ready, Some(end)) = (export.state_at(now), export.expires_at) else { return Ok(None) };
    let lasts = (end - now).to_std().map_err(|cause| Fault::new("signing a report's address", cause))?;
    let saved = Disposition::Attachment { filename: export.file_name() };
    let signed = app.media.presign_get(&export.object_key(), &saved, CSV, lasts, now).await;
    Ok(Some(signed.map_err(|error| store_failed("signing a report's address", error))?.url))
}

/// Writes an export's file and stores it. Doing it again writes the same key again.
pub async fn make(app: &App, id: ReportExportId) -> Result<()> {
    let tx = app.begin().await?;
    if !store::set_running(&tx, id).await? {
        return Ok(());
    }
    let export = store::export(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    tx.commit().await?;
    let rows = write(app, &export).await?;
    let mut tx = app.begin().await?;
    if store::set_ready(&tx, id, rows).await? {
        tx.record(Event::new("report.ready", id).of_creator(export.creator));
        return tx.commit().await;
    }
    drop(tx);
    // Another run was faster, or it is over by now: then nobody waits for the file.
    match store::export(app.db.read(), id).await? {
        Some(other) if other.state == State::Ready => Ok(()),
        _ => remove(app, &export.object_key()).await,
    }
}

/// Page by page into a file of this machine, which is stored whole. Gives the number of rows.
async fn write(app: &App, export: &Export) -> Result<i64> {
    let workshop = Workshop::open(app).await?;
    let place = workshop.file("report.csv");
    let mut file = BufWriter::new(File::create(&place).await.map_err(on_disk)?);
    let (mut rows, mut behind) = (0, None);
    file.write_all(export.kind.header().as_bytes()).await.map_err(on_disk)?;
    loop {
        let page = store::figures(&app.db, export, behind, store::at_once(export.kind)).await?;
        for line in &page.lines {
            file.write_all(b"\r\n").await.map_err(on_disk)?;
            file.write_all(line.as_bytes()).await.map_err(on_disk)?;
            rows += 1;
        }
        behind = page.behind;
        if behind.is_none() {
            break;
        }
    }
    file.write_all(b"\r\n").await.map_err(on_disk)?;
    file.flush().await.map_err(on_disk)?;
    let stored = app.media.put_file(&export.object_key(), &place, CSV, "no-store").await;
    stored.map_err(|error| store_failed("storing a report", error))?;
    Ok(rows)
}

/// Ends exports whose time is over, and those whose job was given up. The file goes first: what cannot be removed now is
/// tried again by the next sweep.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    for export in store::overdue(&app.db, now, now - GIVEN_UP_AFTER).await? {
        remove(app, &export.object_key()).await?;
        let tx = app.begin().await?;
        store::set_over(&tx, &export).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Removes a file; well if it is not there.
async fn remove(app: &App, key: &str) -> Result<()> {
    app.media.delete(key).await.map_err(|error| store_failed("removing a report", error))
}

/// A full disk may have room again later.
fn on_disk(cause: std::io::Error) -> Error {
    Fault::away("writing a report", cause).into()
}
