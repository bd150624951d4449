//! Setting a date, and choosing one to buy.

use crate::app::App;
use crate::catalog;
use crate::catalog::model::OfferingKind;
use crate::creators::{self, Permission};
use crate::events::Event;
use crate::kernel::text::{self, Checks};
use crate::kernel::{Denied, OfferingId, Refusal, Result, UserId, Viewer, WorkshopSessionId};

use super::super::model::{LARGEST, Session, SessionWish, starting};
use super::super::refusals::{MOST_AHEAD, MOST_HOSTS, WorkshopRefusal as No};
use super::super::store;

/// How long before the start the door opens, unless the host says otherwise.
const OPENS_MINUTES: i32 = 15;

/// Sets a date of a workshop. Its wall time is what is meant; the instants follow.
pub async fn schedule(
    app: &App,
    viewer: &Viewer,
    workshop: OfferingId,
    wish: SessionWish,
) -> Result<WorkshopSessionId> {
    let known = catalog::store::offering(app.db.read(), workshop).await?;
    let known = known.filter(|known| known.kind == OfferingKind::Workshop).ok_or(Denied::NotFound)?;
    let desk = creators::desk(app, viewer, known.creator, Permission::Catalog).await?;
    let mut checks = Checks::default();
    let title = wish.title.as_deref().map(|title| text::line("A title", title, 120)).transpose();
    let title = checks.take(&["input", "title"], title).flatten().filter(|title| !title.is_empty());
    let when = starting(&wish.local_start, &wish.time_zone, wish.minutes, app.now());
    let when = match when {
        Ok(when) => Some(when),
        Err((no, field)) => {
            checks.add(no.at(["input", field]));
            None
        }
    };
    if wish.capacity.is_some_and(|places| !(1..=LARGEST).contains(&places)) {
        checks.add(No::Capacity.at(["input", "capacity"]));
    }
    let hosts = hosts(app, &wish, known.creator, desk.user_id, &mut checks).await?;
    checks.done()?;
    let Some(when) = when else { return Err(No::LocalTime.at(["input", "localStart"]).into()) };

    let mut tx = app.begin().await?;
    creators::store::lock(&tx, known.creator).await?;
    if store::count_ahead(tx.conn(), workshop, tx.now()).await? >= MOST_AHEAD {
        return Err(No::TooManyAhead.at(["workshopId"]).into());
    }
    let wish = SessionWish { title, ..wish };
    let id = store::insert(&tx, (workshop, known.creator), &when, &wish, OPENS_MINUTES).await?;
    store::set_hosts(&tx, id, &hosts).await?;
    tx.record(Event::new("session.scheduled", id).of_creator(known.creator).with("workshop", workshop));
    tx.commit().await?;
    Ok(id)
}

/// People of the team; who schedules it, if nobody is named.
async fn hosts(
    app: &App,
    wish: &SessionWish,
    creator: crate::kernel::CreatorId,
    own: UserId,
    checks: &mut Checks,
) -> Result<Vec<UserId>> {
    let Some(wanted) = &wish.hosts else { return Ok(vec![own]) };
    if wanted.len() > MOST_HOSTS {
        checks.add(No::TooManyHosts.at(["input", "hostUserIds"]));
        return Ok(Vec::new());
    }
    let pairs: Vec<_> = wanted.iter().map(|host| (*host, creator)).collect();
    let team = creators::store::roles(app, &pairs).await?;
    let mut hosts = Vec::new();
    for (at, host) in wanted.iter().enumerate() {
        if !team.contains_key(&(*host, creator)) {
            checks.add(No::HostUnknown.at(["input".to_owned(), "hostUserIds".to_owned(), at.to_string()]));
        }
        if !hosts.contains(host) {
            hosts.push(*host);
        }
    }
    Ok(hosts)
}

/// What somebody wants to buy: a workshop is bought with one of its sessions, everything else without.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// What.
    pub offering: OfferingId,
    /// Whether that is a workshop.
    pub is_workshop: bool,
    /// Which date.
    pub session: Option<WorkshopSessionId>,
}

/// The session chosen, if one must be. Says no to what has none, is another workshop's, has begun or was called off;
/// whether there is a place is found out when it is taken.
pub async fn choose(app: &App, choice: Choice) -> Result<std::result::Result<Option<Session>, No>> {
    let id = match (choice.is_workshop, choice.session) {
        (false, None) => return Ok(Ok(None)),
        (false, Some(_)) => return Ok(Err(No::SessionNotWanted)),
        (true, None) => return Ok(Err(No::SessionMissing)),
        (true, Some(id)) => id,
    };
    let found =
        store::session(app.db.read(), id).await?.filter(|session| session.workshop == choice.offering);
    let Some(session) = found else { return Ok(Err(No::SessionUnknown)) };
    Ok(session.open_for_seats(app.now()).map(|()| Some(session)))
}
