//! Finding transfers and reversals whose answer never came, and those whose next try is due.

use chrono::Duration;

use crate::app::App;
use crate::kernel::Result;
use crate::outgoing::{self, Kind};

use super::super::store;
use super::note_payout::reread_payouts;
use super::pay_out::{key_of, pay};
use super::release::note;
use super::reverse::reverse;
use super::send::send_again;

/// Looks at everything that should have an answer by now.
pub async fn sweep(app: &App) -> Result<()> {
    let (mut first_failure, before) = (None, app.now() - Duration::minutes(2));
    for id in outgoing::unanswered(&app.db, Kind::Transfer, before).await? {
        if let Err(error) = send_again(app, id).await {
            note(&mut first_failure, error);
        }
    }
    let mut reversals = outgoing::unanswered(&app.db, Kind::Reversal, before).await?;
    reversals.extend(store::to_try_again(&app.db, app.now()).await?);
    for id in reversals {
        if let Err(error) = reverse(app, id).await {
            note(&mut first_failure, error);
        }
    }
    for id in outgoing::unanswered(&app.db, Kind::Payout, before).await? {
        if let Err(error) = pay(app, key_of(id)).await {
            note(&mut first_failure, error);
        }
    }
    if let Err(error) = reread_payouts(app).await {
        note(&mut first_failure, error);
    }
    first_failure.map_or(Ok(()), Err)
}
