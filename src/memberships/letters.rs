//! What we write to members.

use crate::catalog;
use crate::db::Tx;
use crate::identity;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{GRACE, Membership};

/// The trial is over soon and the first payment is due.
pub async fn trial_ends(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let plan = plan(tx, membership).await?;
    let day = membership.paid_until.format("%-d %B %Y");
    let paragraphs = vec![
        format!("Your trial of {plan} ends on {day}."),
        format!("Then {} is due, and again with each period, until you end it.", membership.terms.amount),
        "If you do not want to go on, end the membership in your library before that day. Nothing is due then."
            .to_owned(),
    ];
    let subject = format!("Your trial of {plan} ends on {day}");
    write(tx, membership, "membership_trial_ends", subject, paragraphs).await
}

/// A payment failed, and what to do.
pub async fn payment_failed(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let plan = plan(tx, membership).await?;
    let day = (membership.paid_until + GRACE).format("%-d %B %Y");
    let paragraphs = vec![
        format!("We could not collect {} for {plan}.", membership.terms.amount),
        format!("Everything stays open until {day}. We try the card again a few times until then."),
        "To be sure, change the card: open your account and choose billing.".to_owned(),
    ];
    write(tx, membership, "membership_payment_failed", format!("Your payment for {plan} failed"), paragraphs)
        .await
}

/// The membership is over.
pub async fn ended(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let plan = plan(tx, membership).await?;
    let paragraphs = vec![
        format!("Your membership {plan} has ended. Nothing more will be charged."),
        "What you bought on its own stays yours, and what you learned stays noted.".to_owned(),
        "You are welcome back at any time.".to_owned(),
    ];
    write(tx, membership, "membership_ended", format!("Your membership {plan} has ended"), paragraphs).await
}

async fn plan(tx: &Tx, membership: &Membership) -> Result<String> {
    catalog::store::title_of(tx.conn(), membership.plan).await
}

/// At most one letter of a kind for each paid period.
async fn write(
    tx: &mut Tx,
    membership: &Membership,
    kind: &'static str,
    subject: String,
    paragraphs: Vec<String>,
) -> Result<()> {
    let known = identity::store::credentials(tx.conn(), membership.user).await?;
    let Some(recipient) = known.map(|known| known.account.email) else { return Ok(()) };
    let key = format!("{kind}:{}:{}", membership.id, membership.paid_until.timestamp());
    let draft =
        Draft { kind, recipient, user: Some(membership.user), subject, paragraphs, unique_key: Some(key) };
    notifications::actions::write(tx, draft).await
}
