//! Who is asking. Holding a [`Viewer`] is the proof that somebody is signed in.

use super::{Denied, Instant, SessionId, UserId};

/// The caller of one request.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody we know.
    Anonymous,
    /// A signed-in person.
    Known(Viewer),
}

/// A signed-in person whose session was alive when the request began. Made only by `identity`.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account.
    pub user_id: UserId,
    /// The device.
    pub session_id: SessionId,
    /// Whether the e-mail address is proven.
    pub email_verified: bool,
    /// When the access token ends; sockets close then.
    pub expires_at: Instant,
}

impl Viewer {
    /// Whether the access token is still good: what goes on for long asks again.
    pub fn holds_at(&self, now: Instant) -> Result<(), Denied> {
        if self.expires_at <= now { Err(Denied::Unauthenticated) } else { Ok(()) }
    }
}

impl Actor {
    /// The signed-in person, or UNAUTHENTICATED.
    pub fn viewer(&self) -> Result<&Viewer, Denied> {
        match self {
            Actor::Known(viewer) => Ok(viewer),
            Actor::Anonymous => Err(Denied::Unauthenticated),
        }
    }

    /// The signed-in person, if any.
    pub fn known(&self) -> Option<&Viewer> {
        match self {
            Actor::Known(viewer) => Some(viewer),
            Actor::Anonymous => None,
        }
    }

    /// The account, if any.
    pub fn user_id(&self) -> Option<UserId> {
        self.known().map(|viewer| viewer.user_id)
    }
}
