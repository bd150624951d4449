//! A refusal that names the session without a place.

use async_graphql::{Context, Object};

use crate::graphql::{UserErrorCode, required};
use crate::kernel::WorkshopSessionId;

use super::{WorkshopSession, its_session};

/// Every place of a session is taken.
#[derive(Clone, Debug)]
pub struct SeatsUnavailableError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// Which session.
    pub session: WorkshopSessionId,
    /// Whether one can wait.
    pub waitlist_open: bool,
}

/// Every place of the session is taken. Offer the waitlist, if it is open.
#[Object]
impl SeatsUnavailableError {
    /// What a program branches on.
    pub async fn code(&self) -> &UserErrorCode {
        &self.code
    }

    /// A sentence to show.
    pub async fn message(&self) -> &String {
        &self.message
    }

    /// The argument it is about, from the outside in.
    pub async fn path(&self) -> &Vec<String> {
        &self.path
    }

    /// The session.
    async fn session(&self, ctx: &Context<'_>) -> async_graphql::Result<WorkshopSession> {
        required(its_session(ctx, self.session).await)
    }

    /// Whether one can wait for a place.
    async fn waitlist_open(&self) -> bool {
        self.waitlist_open
    }
}
