//! Asking, and writing all documents anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::App;
use crate::events::Event;
use crate::kernel::{CreatorId, Denied, Fault, Page, PageRequest, Result};

use super::model::{Filter, Hit, Question};
use super::store;

/// Hits are counted up to here.
pub const MOST_COUNTED: u64 = 1000;
/// Creators read at once.
const CREATORS_AT_ONCE: u64 = 100;

/// Creators mended by one round; the next takes the rest.
const MENDED_AT_ONCE: u64 = 200;

/// Searches that a process makes at once: each may look at every document there is, and others need connections too.
const PLACES: usize = 3;
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(3);

/// Places at the database, one set a process.
struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

async fn place(app: &App) -> Result<OwnedSemaphorePermit> {
    let places = Arc::clone(&app.kept::<Places>().0);
    let waited = timeout(PATIENCE, places.acquire_owned()).await;
    Ok(waited
        .ok()
        .and_then(std::result::Result::ok)
        .ok_or_else(|| Fault::away("searching", "too many search at once"))?)
}

/// A page of hits, and the question they answer.
#[derive(Clone, Debug)]
pub struct Found {
    /// As it was typed, or as it may have been meant if nothing answers that.
    pub question: Question,
    /// Best first.
    pub page: Page<Hit>,
}

/// The hits for what was typed. Where nothing is found, words that are not known may have been slips. Later pages go on with
/// the question that the first one answered.
pub async fn find(app: &App, typed: Question, filter: &Filter, request: &PageRequest) -> Result<Found> {
    let _place = place(app).await?;
    let conn = app.db.read();
    if let Some(key) = &request.after {
        let (after, question) = read(key).ok_or(Denied::BadCursor)?;
        let hits = store::find(conn, &question, filter, (Some(after), request.limit()), app.now()).await?;
        return Ok(Found { question, page: Page::cut(hits, request) });
    }
    let first = (None, request.limit());
    let hits = store::find(conn, &typed, filter, first, app.now()).await?;
    if !hits.is_empty() {
        return Ok(Found { question: typed, page: Page::cut(hits, request) });
    }
    let Some(meant) = store::meant(conn, &typed).await? else {
        return Ok(Found { question: typed, page: Page::cut(hits, request) });
    };
    let hits = store::find(conn, &meant, filter, first, app.now()).await?;
    Ok(Found { question: meant, page: Page::cut(hits, request) })
}

/// What [`Hit::key`] wrote.
fn read(key: &[String]) -> Option<((i64, Uuid), Question)> {
    let [score, id, question] = key else { return None };
    Some(((score.parse().ok()?, id.parse().ok()?), Question::read(question)?))
}

/// How many hits there are, up to [`MOST_COUNTED`].
pub async fn count(app: &App, question: &Question, filter: &Filter) -> Result<i64> {
    let _place = place(app).await?;
    store::count(app.db.read(), question, filter, MOST_COUNTED, app.now()).await
}

/// Writes all documents anew, creator by creator, each in a change of its own.
pub async fn rebuild(app: &App) -> Result<()> {
    let mut after: Option<CreatorId> = None;
    loop {
        let some = store::creators_after(&app.db, after, CREATORS_AT_ONCE).await?;
        for creator in &some {
            write_anew(app, *creator).await?;
        }
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(*last);
    }
}

/// Writes anew what is missing, left over or old. There is nothing to do unless an older version of the program wrote.
pub async fn mend(app: &App) -> Result<()> {
    for creator in store::lagging(&app.db, MENDED_AT_ONCE).await? {
        tracing::info!(%creator, "documents of a creator were not as they should be; writing them anew");
        write_anew(app, creator).await?;
    }
    Ok(())
}

async fn write_anew(app: &App, creator: CreatorId) -> Result<()> {
    let mut tx = app.begin().await?;
    store::rebuild(&tx, creator).await?;
    tx.record(Event::new("search.rebuilt", creator).of_creator(creator));
    tx.commit().await
}
