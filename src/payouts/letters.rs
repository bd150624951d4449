//! What we write to creators about their money.

use crate::app::App;
use crate::creators;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{CreatorId, Result, UserId};
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{Payout, PayoutAccount, State};

/// A payout has arrived.
pub async fn paid(app: &App, tx: &mut Tx, payout: &Payout) -> Result<()> {
    let paragraphs = vec![
        format!("{} is at your bank now, or will be today.", payout.amount),
        "Its statement in your studio says which sales it is made of, purchase by purchase.".to_owned(),
    ];
    let subject = format!("Your payout of {}", payout.amount);
    write(app, tx, payout.creator, "payout_paid", subject, paragraphs, format!("payout-paid:{}", payout.id))
        .await
}

/// A payout came back, and what to do.
pub async fn failed(app: &App, tx: &mut Tx, payout: &Payout) -> Result<()> {
    let why = payout.failure.as_deref().unwrap_or("The bank did not say why.");
    let paragraphs = vec![
        format!("Your bank sent {} back. It says: {why}", payout.amount),
        "The money is yours and safe: it is on your balance again.".to_owned(),
        "Check your bank account in the payout form, which opens from your studio. The money goes out again with the \
         next payout."
            .to_owned(),
    ];
    let subject = format!("Your payout of {} came back", payout.amount);
    write(
        app,
        tx,
        payout.creator,
        "payout_failed",
        subject,
        paragraphs,
        format!("payout-failed:{}", payout.id),
    )
    .await
}

/// The payment service wants to know something; once for each list of things and date.
pub async fn something_is_wanted(app: &App, tx: &mut Tx, account: &PayoutAccount) -> Result<()> {
    let is_wanted = !account.requirements.is_empty()
        && matches!(account.state, State::ActionRequired | State::Restricted);
    if !is_wanted {
        return Ok(());
    }
    let by = account.due_by.map_or_else(
        || "Until then your money waits with us.".to_owned(),
        |by| format!("Please give it by {}, or payouts stop.", by.format("%-d %B %Y")),
    );
    let paragraphs = vec![
        "The payment service needs something from you before it sends you more money.".to_owned(),
        by,
        "Open the payout form from your studio: it asks for what is missing.".to_owned(),
    ];
    let day = account.due_by.map(|by| by.timestamp()).unwrap_or_default();
    let key = format!("payout-wanted:{}:{day}:{}", account.creator, account.requirements.join(","));
    let subject = "Your payout account needs something from you".to_owned();
    write(app, tx, account.creator, "payout_wanted", subject, paragraphs, key).await
}

/// To the owner of the studio.
async fn write(
    app: &App,
    tx: &mut Tx,
    creator: CreatorId,
    kind: &'static str,
    subject: String,
    paragraphs: Vec<String>,
    unique_key: String,
) -> Result<()> {
    let owner: Option<UserId> = creators::store::owners(app, &[creator]).await?.remove(&creator);
    let Some(owner) = owner else { return Ok(()) };
    let Some(account) = identity::store::accounts(app, &[owner]).await?.remove(&owner) else { return Ok(()) };
    let draft = Draft {
        kind,
        recipient: account.email.clone(),
        user: Some(owner),
        subject,
        paragraphs,
        unique_key: Some(unique_key),
    };
    notifications::actions::write(tx, draft).await
}
