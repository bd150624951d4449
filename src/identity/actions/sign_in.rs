//! Signing in with a password. Unknown address and wrong password answer alike, after the same work.

use std::net::IpAddr;

use crate::app::App;
use crate::identity::model::{self, Device};
use crate::identity::refusals::IdentityRefusal;
use crate::identity::{passwords, store};
use crate::kernel::{Refusal, Result};
use crate::throttle::{self, Rate};

use super::proofs;
use super::sessions::{self, SignedIn};

const PER_ACCOUNT: Rate = Rate { burst: 10, every_seconds: 30 };
/// Wide, since a whole school may share one address.
const PER_ADDRESS: Rate = Rate { burst: 300, every_seconds: 1 };

/// Opens a session for the right password.
pub async fn sign_in(
    app: &App,
    from: IpAddr,
    email: &str,
    password: String,
    device: Device,
) -> Result<SignedIn> {
    let wrong = || IdentityRefusal::CredentialsWrong.at(["input"]);
    throttle::take(app, "signin:address", &from.to_string(), PER_ADDRESS).await?;
    let email = model::email(email).map_err(|_| wrong())?;
    throttle::take(app, "signin:account", &email.folded, PER_ACCOUNT).await?;
    let found = store::by_email(app.db.read(), &email.folded).await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = passwords::verify(password, hash).await?;
    let Some(found) = found.filter(|_| right) else { return Err(wrong().into()) };
    let account = found.account;
    if account.suspended {
        return Err(IdentityRefusal::Suspended.at(["input"]).into());
    }
    let mut tx = app.begin().await?;
    if account.email_verified_at.is_none() {
        proofs::send(app, &mut tx, &account).await?;
        tx.commit().await?;
        return Err(IdentityRefusal::EmailNotVerified.at(["input", "email"]).into());
    }
    let signed_in = sessions::open(app, &tx, account.id, device).await?;
    tx.commit().await?;
    Ok(signed_in)
}
