//! Proving an address: by the six-digit code in the letter, or by its link.

use std::net::IpAddr;

use chrono::Duration;
use entity::{email_proofs, users};
use sea_orm::ActiveValue::Set;
use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::identity::model::{self, Account, Device, ProofPurpose};
use crate::identity::refusals::IdentityRefusal;
use crate::identity::{letters, store};
use crate::kernel::secret::{digest, same};
use crate::kernel::{Fault, Refusal, Result, UserId};
use crate::notifications;
use crate::queue::Job;
use crate::throttle::{self, Rate};

use super::sessions::{self, SignedIn};

/// How long a proof is good.
pub const LIFETIME: Duration = Duration::minutes(30);
const WRONG_CODES: i32 = 5;
const SENDING: Rate = Rate { burst: 5, every_seconds: 120 };
const TRYING: Rate = Rate { burst: 10, every_seconds: 30 };
const TRYING_ADDRESS: Rate = Rate { burst: 300, every_seconds: 2 };

/// What somebody proves an address with.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The link's token.
    Link(String),
    /// The code.
    Code(CodeGiven),
}

/// A code and whose it is.
#[derive(Clone, Debug)]
pub struct CodeGiven {
    /// The address it was sent to.
    pub email: String,
    /// Six digits.
    pub code: String,
    /// What the new session is for.
    pub device: Device,
}

/// Writes the letter with a new code and link.
pub(super) async fn send(app: &App, tx: &mut Tx, account: &Account) -> Result<()> {
    let (code, token) = (app.entropy.six_digits(), app.entropy.secret());
    let code_hash = code_hash(account.id, &code);
    store::insert_proof(tx, account.id, ProofPurpose::Verify, Some(code_hash), digest(&[&token]), LIFETIME)
        .await?;
    notifications::actions::write(tx, letters::verify(app, account, &code, &token)).await
}

fn code_hash(user: UserId, code: &str) -> String {
    digest(&[&user.to_string(), code])
}

/// Sends another code, if the address has an account that needs one. The answer is the same either way.
pub async fn send_verification(app: &App, from: IpAddr, email: &str) -> Result<()> {
    let email = model::email(email).map_err(|refusal| refusal.at(["email"]))?;
    throttle::take(app, "verify:send:address", &from.to_string(), TRYING_ADDRESS).await?;
    throttle::take(app, "verify:send:account", &email.folded, SENDING).await?;
    let mut tx = app.begin().await?;
    if let Some(found) = store::by_email(tx.conn(), &email.folded).await?
        && found.account.email_verified_at.is_none()
    {
        send(app, &mut tx, &found.account).await?;
    }
    tx.commit().await
}

/// Proves an address and opens its first session.
pub async fn verify_email(app: &App, from: IpAddr, proof: Proof) -> Result<SignedIn> {
    throttle::take(app, "verify:address", &from.to_string(), TRYING_ADDRESS).await?;
    let (found, device) = match proof {
        Proof::Link(token) => (by_link(app, &token).await?, Device::default()),
        Proof::Code(given) => (by_code(app, &given).await?, given.device),
    };
    let mut tx = app.begin().await?;
    if !store::use_proof(&tx, found.id).await? {
        return Err(IdentityRefusal::ProofInvalid.at(["input"]).into());
    }
    let user = UserId(found.user_id);
    let Some(known) = store::credentials(tx.conn(), user).await? else {
        return Err(Fault::new("proving an address", "the proof's account is gone").into());
    };
    if known.account.suspended {
        return Err(IdentityRefusal::Suspended.at(["input"]).into());
    }
    if known.account.email_verified_at.is_none() {
        let verified = users::ActiveModel { email_verified_at: Set(Some(tx.now())), ..Default::default() };
        store::update(&tx, user, verified).await?;
        tx.record(Event::new("account.verified", user).of_user(user));
        tx.enqueue(proven(&known.account));
    }
    let signed_in = sessions::open(app, &tx, user, device).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// What somebody bought as a guest with this address is theirs from now on: told in the transaction of the proof.
pub(super) fn proven(account: &Account) -> Job {
    Job::new("payments.claim_guest_orders", json!({ "email": account.email.to_lowercase() }))
}

async fn by_link(app: &App, token: &str) -> Result<email_proofs::Model> {
    let path = ["input", "linkToken"];
    let proof = store::proof_by_token(app.db.read(), ProofPurpose::Verify, &digest(&[token])).await?;
    timely(app, proof, path)
}

async fn by_code(app: &App, given: &CodeGiven) -> Result<email_proofs::Model> {
    let path = ["input", "code", "code"];
    let email = model::email(&given.email).map_err(|refusal| refusal.at(["input", "code", "email"]))?;
    throttle::take(app, "verify:account", &email.folded, TRYING).await?;
    let found = store::by_email(app.db.read(), &email.folded).await?;
    let Some(found) = found else { return Err(IdentityRefusal::ProofInvalid.at(path).into()) };
    let proof = store::latest_code(app.db.read(), found.account.id).await?;
    let proof = timely(app, proof, path)?;
    let right = proof
        .code_hash
        .as_deref()
        .is_some_and(|hash| same(hash, &code_hash(found.account.id, given.code.trim())));
    if right && proof.attempts < WRONG_CODES {
        return Ok(proof);
    }
    store::count_wrong_code(&app.db, proof.id).await?;
    Err(IdentityRefusal::ProofInvalid.at(path).into())
}

/// The proof if it is there and in time.
pub(super) fn timely<const N: usize>(
    app: &App,
    proof: Option<email_proofs::Model>,
    path: [&str; N],
) -> Result<email_proofs::Model> {
    match proof {
        None => Err(IdentityRefusal::ProofInvalid.at(path).into()),
        Some(proof) if proof.expires_at <= app.now() => Err(IdentityRefusal::ProofExpired.at(path).into()),
        Some(proof) => Ok(proof),
    }
}
