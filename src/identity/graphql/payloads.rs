//! What identity's mutations answer.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};

use crate::identity::actions::SignedIn;
use crate::payload;

use super::Viewer;

/// A session's tokens; shown once.
#[derive(SimpleObject)]
pub struct AuthSession {
    /// Send it as `Authorization: Bearer …`; 15 minutes.
    pub access_token: Option<String>,
    /// When the access token ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Exchange it once with `authTokenRefresh`.
    pub refresh_token: Option<String>,
    /// When the session ends at the latest.
    pub refresh_token_expires_at: DateTime<Utc>,
    /// The person.
    pub viewer: Viewer,
}

impl From<SignedIn> for AuthSession {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: Some(signed_in.access_token),
            access_token_expires_at: signed_in.access_expires_at,
            refresh_token: Some(signed_in.refresh_token),
            refresh_token_expires_at: signed_in.refresh_expires_at,
            viewer: Viewer::of(signed_in.user, Some(signed_in.session)),
        }
    }
}

payload! {
    /// Answer of `authSignUp`.
    AuthSignUpPayload {} always {
        /// True for every well-formed request, whether or not the address had an account.
        accepted: bool = false,
    }
}

payload! {
    /// Answer of `authEmailVerify`.
    AuthEmailVerifyPayload {
        /// The first session.
        session: AuthSession,
    }
}

payload! {
    /// Answer of `authEmailVerificationSend`.
    AuthEmailVerificationSendPayload {} always {
        /// True for every well-formed address, whether or not it has an account.
        accepted: bool = false,
    }
}

payload! {
    /// Answer of `authSignIn`.
    AuthSignInPayload {
        /// The new session.
        session: AuthSession,
    }
}

payload! {
    /// Answer of `authTokenRefresh`.
    AuthTokenRefreshPayload {
        /// The same session with a new pair of tokens.
        session: AuthSession,
    }
}

payload! {
    /// Answer of `authSignOut`.
    AuthSignOutPayload {} always {
        /// How many sessions ended.
        revoked_session_count: i32 = 0,
    }
}

payload! {
    /// Answer of `authSessionRevoke`.
    AuthSessionRevokePayload {
        /// The session that ended.
        revoked_id: ID,
    }
}

payload! {
    /// Answer of `authPasswordResetRequest`.
    AuthPasswordResetRequestPayload {} always {
        /// True for every well-formed address, whether or not it has an account.
        accepted: bool = false,
    }
}

payload! {
    /// Answer of `authPasswordReset`.
    AuthPasswordResetPayload {} always {
        /// Whether the new password is set; every session has ended then.
        changed: bool = false,
    }
}

payload! {
    /// Answer of `authPasswordChange`.
    AuthPasswordChangePayload {} always {
        /// Whether the new password is set; the other sessions have ended then.
        changed: bool = false,
    }
}

payload! {
    /// Answer of `viewerUpdate`.
    ViewerUpdatePayload {
        /// The viewer, changed.
        viewer: Viewer,
    }
}
