//! From a bearer token to a viewer: the only place where a [`Viewer`] is made.

use crate::app::App;
use crate::changes::Owner;
use crate::identity::model::Alive;
use crate::identity::{store, tokens};
use crate::kept_rows::{Keep, KeptRows};
use crate::kernel::{Instant, Result, Viewer};

/// The person a token speaks for, if its session is alive. `None` is all a stranger learns.
pub async fn authenticate(app: &App, rows: &KeptRows, token: &str) -> Result<Option<Viewer>> {
    let Some(speaks) = tokens::read(app, token) else { return Ok(None) };
    let whose = |found: &Option<Alive>| found.map(|alive| Owner::Person(alive.user));
    let read = store::alive(&app.db, speaks.session, app.now());
    let alive = rows.find::<Sessions, _, _>(speaks.session, whose, read).await?;
    Ok(alive.filter(|alive| alive.user == speaks.user).map(|alive| Viewer {
        user_id: alive.user,
        session_id: speaks.session,
        email_verified: alive.email_verified,
        expires_at: speaks.expires_at,
    }))
}

/// Sessions that are kept, and whose they are: whatever ends one is an event of its person.
struct Sessions;

impl Keep for Alive {
    fn weight(&self) -> usize {
        size_of::<Self>()
    }

    fn until(&self) -> Option<Instant> {
        Some(self.until)
    }
}
