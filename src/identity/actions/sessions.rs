//! Sessions: opened at sign-in, kept alive by refreshing, ended by the person, by a reset, or by a stolen token.

use chrono::Duration;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::identity::model::{Device, Session};
use crate::identity::refusals::IdentityRefusal;
use crate::identity::store::{self, Which};
use crate::identity::tokens;
use crate::kernel::secret::digest;
use crate::kernel::{Denied, Instant, Refusal, Result, SessionId, UserId, Viewer};

/// How long a session lives at most; refreshing does not lengthen it.
pub const LIFETIME: Duration = Duration::days(60);

/// A session and its tokens, shown once.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub session: SessionId,
    /// For the next 15 minutes.
    pub access_token: String,
    /// Until then.
    pub access_expires_at: Instant,
    /// For the next pair.
    pub refresh_token: String,
    /// Until then.
    pub refresh_expires_at: Instant,
}

/// Opens a session as part of a change.
pub(super) async fn open(app: &App, tx: &Tx, user: UserId, device: Device) -> Result<SignedIn> {
    let session = store::insert_session(tx, user, device, LIFETIME).await?;
    pair(app, tx, user, session, tx.now() + LIFETIME).await
}

async fn pair(app: &App, tx: &Tx, user: UserId, session: SessionId, until: Instant) -> Result<SignedIn> {
    let refresh_token = app.entropy.secret();
    store::insert_refresh(tx, session, digest(&[&refresh_token]), until).await?;
    let (access_token, access_expires_at) = tokens::issue(app, user, session)?;
    Ok(SignedIn { user, session, access_token, access_expires_at, refresh_token, refresh_expires_at: until })
}

/// Exchanges a refresh token for the next pair. A token that was used before was copied: its session ends.
pub async fn refresh(app: &App, token: &str) -> Result<SignedIn> {
    let ended = || IdentityRefusal::SessionEnded.at(["refreshToken"]);
    let mut tx = app.begin().await?;
    let Some((token, session)) = store::refresh_token(tx.conn(), &digest(&[token])).await? else {
        return Err(ended().into());
    };
    let (user, id) = (UserId(session.user_id), SessionId(session.id));
    if !store::use_refresh(&tx, token.id).await? {
        store::revoke(tx.conn(), user, Which::Only(id), tx.now()).await?;
        tx.record(Event::new("account.token_copied", id).of_user(user));
        tx.commit().await?;
        tracing::warn!(session = %id, "a refresh token came twice; its session was ended");
        return Err(ended().into());
    }
    let suspended = store::credentials(tx.conn(), user).await?.is_none_or(|found| found.account.suspended);
    if session.revoked_at.is_some() || session.expires_at <= tx.now() || suspended {
        return Err(ended().into());
    }
    store::touch(&tx, id).await?;
    let signed_in = pair(app, &tx, user, id, session.expires_at).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Ends this session, or all of the viewer's; how many.
pub async fn sign_out(app: &App, viewer: &Viewer, all: bool) -> Result<u64> {
    let mut tx = app.begin().await?;
    let which = if all { Which::All } else { Which::Only(viewer.session_id) };
    let ended = store::revoke(tx.conn(), viewer.user_id, which, tx.now()).await?;
    tx.record(Event::new("session.revoked", viewer.session_id).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(ended)
}

/// Ends one of the viewer's sessions.
pub async fn revoke_session(app: &App, viewer: &Viewer, session: SessionId) -> Result<SessionId> {
    let mut tx = app.begin().await?;
    let ended = store::revoke(tx.conn(), viewer.user_id, Which::Only(session), tx.now()).await?;
    if ended == 0 {
        return Err(Denied::NotFound.into());
    }
    tx.record(Event::new("session.revoked", session).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(session)
}

/// The viewer's sessions that are alive.
pub async fn sessions_of(app: &App, viewer: &Viewer) -> Result<Vec<Session>> {
    store::sessions_of(&app.db, viewer.user_id, app.now()).await
}
