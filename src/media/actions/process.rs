//! Processing a film or recording: from its original to everything that players need.
//!
//! The asset waits as PROCESSING, its original in place; a job makes one rendition after the other. Each is stored and
//! written down as soon as it is finished, so a retry goes on with what is missing. What cannot be processed FAILED and
//! leaves no bytes. Whoever runs this may be dropped at any moment: programs end, folders go, and objects that were
//! stored for nothing are removed by a job that was written down before.

use std::sync::LazyLock;

use serde_json::json;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::config::Processing;
use crate::db::Tx;
use crate::events::Event;
use crate::gateways::ffmpeg::Programs;
use crate::kernel::{AssetId, Error, Fault, Result};
use crate::media::chapters;
use crate::media::film::ladder::{Wanted, ladder};
use crate::media::film::probe::Source;
use crate::media::film::progress::Efforts;
use crate::media::jobs;
use crate::media::model::{Asset, Failure, Kind, Purpose, State, topic};
use crate::media::rendition::Rendition;
use crate::media::store::{self, Measured, Verified};
use crate::queue::Job;

use super::package::{self, Run};
use super::workshop::Workshop;

/// A film's poster and preview, compared with the effort of encoding one frame's pixels.
const PICTURES: u64 = 30_000;

/// One at a time in this process: a second one would only make both slower.
static TURN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// Why a run did not come to its end.
pub(super) enum Stop {
    /// The file is to blame.
    Failed(Failure),
    /// We are, or somebody outside: another try may help.
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(Error::Fault(fault))
    }
}

/// Takes a verified original in: PROCESSING if something is to be made of it, else READY. Gives the event's name;
/// none if the asset did not wait any more.
pub(super) async fn take_in(
    app: &App,
    tx: &mut Tx,
    asset: &Asset,
    key: &str,
    verified: &Verified,
) -> Result<Option<&'static str>> {
    if !is_wanted(app, asset) {
        return Ok(store::set_ready(tx, asset.id, key, verified).await?.then_some("asset.ready"));
    }
    if !store::set_processing(tx, asset.id, key, verified).await? {
        return Ok(None);
    }
    let job = Job::new(jobs::PROCESS, json!({ "asset": asset.id.to_string() }));
    tx.enqueue(job.once(format!("{}:{}", jobs::PROCESS, asset.id)));
    Ok(Some("asset.processing"))
}

fn is_wanted(app: &App, asset: &Asset) -> bool {
    matches!(app.settings.media_processing, Processing::On(_))
        && matches!(asset.kind, Kind::Video | Kind::Audio)
        && asset.purpose != Purpose::Attachment
}

/// Makes what is missing of a PROCESSING asset, then READY.
pub async fn process(app: &App, id: AssetId) -> Result<()> {
    let found = store::asset(app.db.read(), id).await?;
    let Some(asset) = found.filter(|asset| asset.state == State::Processing) else { return Ok(()) };
    let Processing::On(programs) = &app.settings.media_processing else {
        // It was switched off meanwhile.
        return finish(app, &asset, Measured::default()).await;
    };
    match make_all(app, programs, &asset).await {
        Ok(measured) => finish(app, &asset, measured).await,
        Err(Stop::Failed(failure)) => give_up(app, &asset, failure).await,
        Err(Stop::Fault(error)) => Err(error),
    }
}

async fn make_all(app: &App, programs: &Programs, asset: &Asset) -> std::result::Result<Measured, Stop> {
    let _turn = TURN.acquire().await.map_err(|closed| Fault::away("processing", closed))?;
    let workshop = Workshop::open(app).await?;
    let run = Run { app, programs, asset, workshop: &workshop, format: package::format_of(asset)? };
    run.fetch().await?;
    let (source, seconds) = run.look().await?;
    let made = store::renditions(app.db.read(), asset.id).await?;
    let wanted = ladder(&source, seconds);
    let mut efforts = planned(&source, &wanted, &made);
    let mut cuts: Option<Vec<f64>> = None;
    for one in &wanted {
        let known = made.iter().find(|rendition| rendition.is_stream() && rendition.name == one.name);
        cuts = match known {
            Some(known) => cuts.or_else(|| package::cuts_of(known)),
            None => {
                let rendition = run.stream(one, cuts.as_deref(), seconds, &efforts).await?;
                efforts.finish(one.effort());
                cuts.or_else(|| package::cuts_of(&rendition))
            }
        };
    }
    if let Some(picture) = &source.picture {
        run.pictures((picture.width, picture.height), seconds, &made).await?;
    }
    let size = source.picture.as_ref().map(|picture| (picture.width, picture.height));
    // Encoders of sound add a little at the end; that is no second more.
    let whole = (seconds - 0.1).ceil().max(1.0);
    let chapters = chapters::found(source.chapters, whole as i32);
    Ok(Measured { size, duration_seconds: Some(whole as i32), chapters })
}

fn planned(source: &Source, wanted: &[Wanted], made: &[Rendition]) -> Efforts {
    let mut efforts = Efforts::default();
    wanted.iter().for_each(|one| efforts.plan(one.effort()));
    if source.picture.is_some() {
        efforts.plan(PICTURES);
    }
    let done = wanted.iter().filter(|one| made.iter().any(|made| made.is_stream() && made.name == one.name));
    done.for_each(|one| efforts.finish(one.effort()));
    efforts
}

async fn finish(app: &App, asset: &Asset, measured: Measured) -> Result<()> {
    let mut tx = app.begin().await?;
    if store::set_processed(&tx, asset.id, measured).await? {
        tx.record(event("asset.ready", asset));
        tx.wake(topic(asset.id));
        tx.commit().await?;
    }
    Ok(())
}

/// FAILED, and every byte goes.
async fn give_up(app: &App, asset: &Asset, failure: Failure) -> Result<()> {
    let mut tx = app.begin().await?;
    if !store::set_unprocessable(&tx, asset.id, failure).await? {
        return Ok(());
    }
    for made in store::renditions(tx.conn(), asset.id).await? {
        tx.enqueue(Job::new(jobs::SETTLE_RENDITION, json!({ "key": made.object_key })));
    }
    store::forget_renditions(tx.conn(), asset.id).await?;
    if let Some(key) = &asset.object_key {
        let settle = json!({ "asset": asset.id.to_string(), "key": key });
        tx.enqueue(Job::new(jobs::SETTLE_OBJECT, settle));
    }
    tx.record(event("asset.failed", asset));
    tx.wake(topic(asset.id));
    tx.commit().await
}

fn event(kind: &'static str, asset: &Asset) -> Event {
    let event = Event::new(kind, asset.id).of_user(asset.uploader);
    asset.creator.into_iter().fold(event, Event::of_creator)
}
