//! From a bearer token to a viewer: the only place where a [`Viewer`] is made.

use crate::app::App;
use crate::identity::{store, tokens};
use crate::kernel::{Result, Viewer};

/// The person a token speaks for, if its session is alive. `None` is all a stranger learns.
pub async fn authenticate(app: &App, token: &str) -> Result<Option<Viewer>> {
    let Some(speaks) = tokens::read(app, token) else { return Ok(None) };
    let account = store::alive(&app.db, speaks.session, app.now()).await?;
    Ok(account.filter(|account| account.id == speaks.user).map(|account| Viewer {
        user_id: account.id,
        session_id: speaks.session,
        email_verified: account.email_verified_at.is_some(),
        expires_at: speaks.expires_at,
    }))
}
