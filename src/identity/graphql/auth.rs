//! Signing up, in and out. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer};
use crate::identity::actions::{self, CodeGiven, NewAccount, ProfileChange, Proof};
use crate::identity::refusals::IdentityRefusal;
use crate::kernel::{Refusal, Result, SessionId};

use super::*;

/// Identity's mutations.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Makes an account and sends a code to its address. Tells nobody whether the address had one.
    async fn auth_sign_up(&self, ctx: &Context<'_>, input: SignUpInput) -> Fallible<AuthSignUpPayload> {
        let new = NewAccount {
            email: input.email,
            password: input.password,
            display_name: input.display_name,
            language: input.language.map(|tag| tag.0),
            time_zone: input.time_zone.map(|zone| zone.0),
            terms_version: input.terms_version,
            is_of_age: input.is_of_age,
            marketing_opt_in: input.marketing_opt_in,
        };
        let done = actions::sign_up(ctx.app(), ctx.requester().address, new).await;
        answer(done.map(|()| AuthSignUpPayload { accepted: true, user_errors: Vec::new() }))
    }

    /// Proves an address by the code or the link in the letter, and opens the first session.
    async fn auth_email_verify(
        &self,
        ctx: &Context<'_>,
        input: EmailVerifyInput,
    ) -> Fallible<AuthEmailVerifyPayload> {
        let proof = match input {
            EmailVerifyInput::LinkToken(token) => Proof::Link(token),
            EmailVerifyInput::Code(given) => Proof::Code(CodeGiven {
                email: given.email,
                code: given.code,
                device: given.device.map(Into::into).unwrap_or_default(),
            }),
        };
        let done = actions::verify_email(ctx.app(), ctx.requester().address, proof).await;
        answer(
            done.map(|session| AuthEmailVerifyPayload {
                session: Some(session.into()),
                user_errors: Vec::new(),
            }),
        )
    }

    /// Sends another code.
    async fn auth_email_verification_send(
        &self,
        ctx: &Context<'_>,
        email: String,
    ) -> Fallible<AuthEmailVerificationSendPayload> {
        let done = actions::send_verification(ctx.app(), ctx.requester().address, &email).await;
        answer(done.map(|()| AuthEmailVerificationSendPayload { accepted: true, user_errors: Vec::new() }))
    }

    /// Opens a session with a password.
    async fn auth_sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Fallible<AuthSignInPayload> {
        let device = input.device.map(Into::into).unwrap_or_default();
        let done =
            actions::sign_in(ctx.app(), ctx.requester().address, &input.email, input.password, device).await;
        answer(
            done.map(|session| AuthSignInPayload { session: Some(session.into()), user_errors: Vec::new() }),
        )
    }

    /// Exchanges a refresh token for the next pair; each works once, a second use ends the session.
    async fn auth_token_refresh(
        &self,
        ctx: &Context<'_>,
        refresh_token: Option<String>,
    ) -> Fallible<AuthTokenRefreshPayload> {
        let done = async {
            let ended = || IdentityRefusal::SessionEnded.at(["refreshToken"]);
            actions::refresh(ctx.app(), &refresh_token.ok_or_else(ended)?).await
        };
        let done: Result<_> = done.await;
        answer(done.map(|session| AuthTokenRefreshPayload {
            session: Some(session.into()),
            user_errors: Vec::new(),
        }))
    }

    /// Ends this session, or all of the viewer's.
    async fn auth_sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = false)] all_devices: bool,
    ) -> Fallible<AuthSignOutPayload> {
        let done = async { actions::sign_out(ctx.app(), ctx.viewer()?, all_devices).await };
        answer(done.await.map(|ended| AuthSignOutPayload {
            revoked_session_count: i32::try_from(ended).unwrap_or(i32::MAX),
            user_errors: Vec::new(),
        }))
    }

    /// Ends one of the viewer's sessions.
    async fn auth_session_revoke(
        &self,
        ctx: &Context<'_>,
        session_id: ID,
    ) -> Fallible<AuthSessionRevokePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let session: SessionId = id(&["sessionId"], &session_id)?;
            actions::revoke_session(ctx.app(), viewer, session).await.missing_at(&["sessionId"])
        };
        answer(done.await.map(|session| AuthSessionRevokePayload {
            revoked_id: Some(session.to_string().into()),
            user_errors: Vec::new(),
        }))
    }

    /// Sends a link to set a new password. Tells nobody whether the address has an account.
    async fn auth_password_reset_request(
        &self,
        ctx: &Context<'_>,
        email: String,
    ) -> Fallible<AuthPasswordResetRequestPayload> {
        let done = actions::request_reset(ctx.app(), ctx.requester().address, &email).await;
        answer(done.map(|()| AuthPasswordResetRequestPayload { accepted: true, user_errors: Vec::new() }))
    }

    /// Sets a new password with the token of the link. Ends every session; sign in afterwards.
    async fn auth_password_reset(
        &self,
        ctx: &Context<'_>,
        token: String,
        new_password: String,
    ) -> Fallible<AuthPasswordResetPayload> {
        let done = actions::reset_password(ctx.app(), ctx.requester().address, &token, new_password).await;
        answer(done.map(|()| AuthPasswordResetPayload { changed: true, user_errors: Vec::new() }))
    }

    /// Sets a new password with the current one. Ends the viewer's other sessions.
    async fn auth_password_change(
        &self,
        ctx: &Context<'_>,
        current_password: String,
        new_password: String,
    ) -> Fallible<AuthPasswordChangePayload> {
        let done = async {
            actions::change_password(ctx.app(), ctx.viewer()?, current_password, new_password).await
        };
        answer(done.await.map(|()| AuthPasswordChangePayload { changed: true, user_errors: Vec::new() }))
    }

    /// Changes the viewer's profile.
    async fn viewer_update(
        &self,
        ctx: &Context<'_>,
        input: ViewerUpdateInput,
    ) -> Fallible<ViewerUpdatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let avatar = avatar(ctx, &input.avatar_asset_id).await?;
            let change = ProfileChange {
                display_name: input.display_name,
                language: input.language.map(|tag| tag.0),
                time_zone: input.time_zone.map(|zone| zone.0),
                marketing_opt_in: input.marketing_opt_in,
                avatar,
            };
            actions::update_profile(ctx.app(), viewer, change).await?;
            Ok(Viewer::of(viewer.user_id, Some(viewer.session_id)))
        };
        answer(done.await.map(|viewer| ViewerUpdatePayload { viewer: Some(viewer), user_errors: Vec::new() }))
    }
}

/// The new portrait, re-checked by media to be a ready image that the viewer uploaded as one.
async fn avatar(
    ctx: &Context<'_>,
    given: &MaybeUndefined<ID>,
) -> Result<Option<Option<crate::kernel::AssetId>>> {
    let path = ["input", "avatarAssetId"];
    Ok(match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => {
            let asset = id(&path, given)?;
            crate::media::actions::own_avatar(ctx.app(), ctx.viewer()?, asset).await.missing_at(&path)?;
            Some(Some(asset))
        }
    })
}
