//! Asking who has finished a course, or been at a session, what they think: once for each of them and each offering, the
//! next day.

use std::collections::HashMap;

use crate::app::App;
use crate::catalog::{self, model::AnyOffering};
use crate::identity::{self, model::Account};
use crate::kernel::{OfferingId, Result, UserId};
use crate::reviews::letters;
use crate::reviews::model::{ASKED_AFTER, ASKED_UNTIL};
use crate::reviews::store::{self, Invited};

const AT_ONCE: u64 = 100;

/// Writes the invitations that are due.
pub async fn invite(app: &App) -> Result<()> {
    let when = (app.now() - ASKED_UNTIL, app.now() - ASKED_AFTER);
    loop {
        let due = store::due(app.db.read(), when, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        invite_some(app, &due).await?;
    }
}

/// Everybody of these is noted, so that the next ones are others.
async fn invite_some(app: &App, due: &[Invited]) -> Result<()> {
    let users: Vec<UserId> = due.iter().map(|one| one.user).collect();
    let offerings: Vec<OfferingId> = due.iter().map(|one| one.offering).collect();
    let accounts = identity::store::accounts(app, &users).await?;
    let offerings = catalog::store::offerings(app, &offerings).await?;
    let mut tx = app.begin().await?;
    for one in due {
        let is_new = store::note_invited(&tx, *one).await?;
        let known = known(&accounts, &offerings, one).filter(|_| is_new);
        if let Some((account, offering)) = known {
            letters::invitation(&mut tx, account, offering, &app.link(&offering.path())).await?;
        }
    }
    tx.commit().await
}

/// Who is asked about what, unless the platform has closed the account or the page is closed.
fn known<'a>(
    accounts: &'a HashMap<UserId, Account>,
    offerings: &'a HashMap<OfferingId, AnyOffering>,
    one: &Invited,
) -> Option<(&'a Account, &'a AnyOffering)> {
    let account = accounts.get(&one.user).filter(|account| !account.suspended)?;
    let offering = offerings.get(&one.offering).filter(|offering| offering.is_public())?;
    Some((account, offering))
}
