//! Whether a session is over, and why: for those who are told live.

use crate::app::App;
use crate::events::{self, Whose};
use crate::identity::store;
use crate::kernel::{Result, Viewer};

/// Why a session is over, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its owner signed out, here or from another device.
    SignedOut,
    /// A new password ended it.
    PasswordChanged,
    /// A refresh token came twice: one of the two who sent it is not its owner.
    TokenCopied,
    /// The account is suspended.
    Suspended,
    /// Its time is over.
    Expired,
}

impl Ended {
    /// The events that end sessions, and what each says.
    const BY: [(&'static str, Self); 3] = [
        ("session.revoked", Self::SignedOut),
        ("account.password_changed", Self::PasswordChanged),
        ("account.token_copied", Self::TokenCopied),
    ];

    /// As the schema spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::PasswordChanged => "PASSWORD_CHANGED",
            Self::TokenCopied => "TOKEN_COPIED",
            Self::Suspended => "SUSPENDED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// Why the viewer's session is over; none while it is alive. Of what ended it the account's newest such event is believed.
pub async fn ended(app: &App, viewer: &Viewer) -> Result<Option<Ended>> {
    if store::alive(&app.db, viewer.session_id, app.now()).await?.is_some() {
        return Ok(None);
    }
    let account = store::credentials(app.db.read(), viewer.user_id).await?;
    if account.is_some_and(|found| found.account.suspended) {
        return Ok(Some(Ended::Suspended));
    }
    if !store::is_revoked(&app.db, viewer.session_id).await? {
        return Ok(Some(Ended::Expired));
    }
    let kinds = Ended::BY.map(|(kind, _)| kind);
    let newest = events::newest(&app.db, Whose::Account(viewer.user_id), &kinds).await?;
    let because = newest.and_then(|line| Ended::BY.into_iter().find(|(kind, _)| *kind == line.kind));
    Ok(Some(because.map_or(Ended::SignedOut, |(_, why)| why)))
}
