//! Setting a new password: with a link when it is forgotten, with the current one when it is not.

use std::net::IpAddr;

use entity::users;
use sea_orm::ActiveValue::Set;

use crate::app::App;
use crate::events::Event;
use crate::identity::model::{self, ProofPurpose};
use crate::identity::refusals::IdentityRefusal;
use crate::identity::store::{self, Which};
use crate::identity::{letters, passwords};
use crate::kernel::secret::digest;
use crate::kernel::{Denied, Fault, Refusal, Result, UserId, Viewer};
use crate::notifications;
use crate::throttle::{self, Rate};

use super::proofs::{self, LIFETIME};

const ASKING: Rate = Rate { burst: 5, every_seconds: 120 };
const ASKING_ADDRESS: Rate = Rate { burst: 30, every_seconds: 10 };
const CHANGING: Rate = Rate { burst: 10, every_seconds: 30 };

/// Sends a reset link, if the address has an account. The answer is the same either way.
pub async fn request_reset(app: &App, from: IpAddr, email: &str) -> Result<()> {
    let email = model::email(email).map_err(|refusal| refusal.at(["email"]))?;
    throttle::take(app, "reset:address", &from.to_string(), ASKING_ADDRESS).await?;
    throttle::take(app, "reset:account", &email.folded, ASKING).await?;
    let mut tx = app.begin().await?;
    if let Some(found) = store::by_email(tx.conn(), &email.folded).await? {
        let token = app.entropy.secret();
        let id = found.account.id;
        store::insert_proof(&tx, id, ProofPurpose::Reset, None, digest(&[&token]), LIFETIME).await?;
        notifications::actions::write(&mut tx, letters::reset(app, &found.account, &token)).await?;
    }
    tx.commit().await
}

/// Sets a new password by a reset link, ends every session, and proves the address on the way.
pub async fn reset_password(app: &App, from: IpAddr, token: &str, password: String) -> Result<()> {
    throttle::take(app, "reset:use:address", &from.to_string(), ASKING_ADDRESS).await?;
    let proof = store::proof_by_token(app.db.read(), ProofPurpose::Reset, &digest(&[token])).await?;
    let proof = proofs::timely(app, proof, ["token"])?;
    let user = UserId(proof.user_id);
    let Some(known) = store::credentials(app.db.read(), user).await? else {
        return Err(Fault::new("resetting a password", "the proof's account is gone").into());
    };
    let account = known.account;
    passwords::check(&password, &[&account.email, &account.display_name])
        .map_err(|r| r.at(["newPassword"]))?;
    let hash = passwords::hash(password).await?;
    let mut tx = app.begin().await?;
    if !store::use_proof(&tx, proof.id).await? {
        return Err(IdentityRefusal::ProofInvalid.at(["token"]).into());
    }
    let change = users::ActiveModel {
        password_hash: Set(Some(hash)),
        email_verified_at: Set(account.email_verified_at.or(Some(tx.now()))),
        ..Default::default()
    };
    store::update(&tx, user, change).await?;
    if account.email_verified_at.is_none() {
        tx.enqueue(proofs::proven(&account));
    }
    store::revoke(tx.conn(), user, Which::All, tx.now()).await?;
    tx.record(Event::new("account.password_changed", user).of_user(user));
    notifications::actions::write(&mut tx, letters::changed(&account)).await?;
    tx.commit().await
}

/// Sets a new password by the current one and ends the viewer's other sessions.
pub async fn change_password(app: &App, viewer: &Viewer, current: String, new: String) -> Result<()> {
    throttle::take(app, "password:account", &viewer.user_id.to_string(), CHANGING).await?;
    let known = store::credentials(app.db.read(), viewer.user_id).await?.ok_or(Denied::NotFound)?;
    let account = known.account;
    if !passwords::verify(current, known.password_hash).await? {
        return Err(IdentityRefusal::CurrentPasswordWrong.at(["currentPassword"]).into());
    }
    passwords::check(&new, &[&account.email, &account.display_name]).map_err(|r| r.at(["newPassword"]))?;
    let hash = passwords::hash(new).await?;
    let mut tx = app.begin().await?;
    store::update(
        &tx,
        account.id,
        users::ActiveModel { password_hash: Set(Some(hash)), ..Default::default() },
    )
    .await?;
    store::revoke(tx.conn(), account.id, Which::AllBut(viewer.session_id), tx.now()).await?;
    tx.record(Event::new("account.password_changed", account.id).of_user(account.id));
    notifications::actions::write(&mut tx, letters::changed(&account)).await?;
    tx.commit().await
}
